/** Which attributes of the entry request the hops of a path can see between them. */
import type { Attribute, EnforcementPointType } from "../access/attribute.ts";
import { catalogue } from "../access/catalogue.ts";
import type { HopBranch } from "../access/hop.ts";
import { rewriteOf } from "../access/transfer.ts";

export interface SeeingHop {
  readonly type: EnforcementPointType;
  readonly branches: readonly HopBranch[];
}

/** Opaque atoms count as seen: what they stand for is not known, so nothing may be said of its visibility. */
export function visibleOn(hops: readonly SeeingHop[]): (attribute: Attribute) => boolean {
  return (attribute) => {
    if (attribute.sort === "opaque") return true;
    const definition = catalogue.get(attribute.id);
    for (const hop of hops) {
      if (definition?.visible[hop.type] !== undefined) return true;
      if (!hop.branches.some((branch) => survives(attribute, branch))) return false;
    }
    return false;
  };
}

/** Whether the next hop can still tell something of the attribute. */
export function survives(attribute: Attribute, branch: HopBranch): boolean {
  const { rewrite } = rewriteOf(attribute, branch.transfer);
  return rewrite === "pass" || rewrite === "stripPrefix";
}
