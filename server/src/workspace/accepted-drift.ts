/** Drift that waivers and comments accept, taken out of a report. */
import type { DriftFinding, DriftReport } from "../drift/report.ts";
import type { Finding } from "./finding.ts";
import type { ControlPlaneSnapshot, Snapshot } from "./snapshot.ts";

export interface JudgedDrift {
  /** What is left of the report; the comparisons still say how the paths compare. */
  readonly report: DriftReport;
  /** The differences that are accepted. */
  readonly accepted: readonly DriftFinding[];
  /** Whether policy and deployed config are equal but for what is accepted. */
  readonly isClean: boolean;
}

/** `report`: one of the control plane's own. */
export function withoutAccepted(
  report: DriftReport,
  { acceptedDrift }: Pick<ControlPlaneSnapshot, "acceptedDrift">,
): JudgedDrift {
  const findings = report.findings.filter((one) => !acceptedDrift.has(one.id));
  const accepted = report.findings.filter((one) => acceptedDrift.has(one.id));
  const isSettled = ({ resource, path, verdict }: DriftReport["comparisons"][number]): boolean =>
    verdict === "equal" ||
    accepted.some((one) => one.resource === resource && one.path.join("\n") === path.join("\n"));
  return {
    report: { ...report, findings },
    accepted,
    isClean: findings.length === 0 && report.comparisons.every(isSettled),
  };
}

/** The findings of settings that nobody accepts. */
export function withoutAcceptedPosture(
  posture: readonly Finding[],
  { accepted }: Pick<Snapshot, "accepted">,
): readonly Finding[] {
  const keys = new Set(accepted.map(({ finding }) => keyOf(finding)));
  return posture.filter((one) => !keys.has(keyOf(one)));
}

function keyOf({ code, uri, range, message }: Finding): string {
  return JSON.stringify([code, uri, range, message]);
}
