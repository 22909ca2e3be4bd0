/** Drift that waivers and comments accept, taken out of a report. */
import type { DriftReport } from "../drift/report.ts";
import type { Finding } from "../workspace/finding.ts";
import type { Snapshot } from "../workspace/snapshot.ts";

export interface JudgedDrift {
  /** What is left of the report; the comparisons still say how the paths compare. */
  readonly report: DriftReport;
  /** How many differences and settings are accepted. */
  readonly accepted: number;
  /** Whether policy and deployed config are equal but for what is accepted. */
  readonly isClean: boolean;
}

/** `posture`: the findings of the settings of the report. */
export function withoutAccepted(
  report: DriftReport,
  posture: readonly Finding[],
  snapshot: Snapshot,
): JudgedDrift & { readonly posture: readonly Finding[] } {
  const ids = new Set(snapshot.accepted.map(({ finding }) => finding.data.drift));
  const settings = new Set(snapshot.accepted.map(({ finding }) => keyOf(finding)));
  const findings = report.findings.filter((one) => !ids.has(one.id));
  const gone = report.findings.filter((one) => ids.has(one.id));
  const left = posture.filter((one) => !settings.has(keyOf(one)));
  const isSettled = ({ resource, path, verdict }: DriftReport["comparisons"][number]): boolean =>
    verdict === "equal" ||
    gone.some((one) => one.resource === resource && one.path.join("\n") === path.join("\n"));
  return {
    report: { ...report, findings },
    posture: left,
    accepted: gone.length + posture.length - left.length,
    isClean: findings.length === 0 && report.comparisons.every(isSettled),
  };
}

function keyOf({ code, uri, range, message }: Finding): string {
  return JSON.stringify([code, uri, range, message]);
}
