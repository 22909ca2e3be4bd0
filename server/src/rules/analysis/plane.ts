import type { Environment, PolicySet } from "../../policy/model.ts";

/** One control plane in all its environments. */
export interface Plane {
  /** As declared, `${var}` not substituted. */
  readonly set: PolicySet;
  /** Each environment with the policy set as it is there (`policy/in-environment.ts`). */
  readonly environments: readonly { readonly environment: Environment; readonly set: PolicySet }[];
  /** Resources of which nothing certain can be said, since a part that speaks of them has an error. */
  readonly isBroken: (resource: string) => boolean;
}
