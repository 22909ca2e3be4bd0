/** Whether a version of a control plane may say more than what could be read of it. */
import type { Finding } from "./finding.ts";
import type { ControlPlaneSnapshot, Snapshot } from "./snapshot.ts";

/** A file that cannot be read may hold any rule; and errors may be why a control plane seems to have gone. */
export function isUnread(plane: ControlPlaneSnapshot | undefined, snapshot: Snapshot): boolean {
  const errors = errorsOfPolicy(snapshot);
  return (
    errors.some((one) => one.code === "workspace/not-readable") || (plane === undefined && errors.length > 0)
  );
}

/** Findings of scenarios and of what is deployed say nothing of the policy itself. */
export function errorsOfPolicy({ findings }: Snapshot): readonly Finding[] {
  return [...findings.values()]
    .flat()
    .filter((one) => one.severity === "error" && !/^(scenario|drift|deployed)\//.test(one.code));
}
