import type { SourceLayout } from "../../text/layout.ts";
import type { ControlPlaneSnapshot } from "../../workspace/snapshot.ts";

/** What descriptions are made of. */
export interface Known {
  readonly plane: ControlPlaneSnapshot;
  readonly layouts: ReadonlyMap<string, SourceLayout>;
}
