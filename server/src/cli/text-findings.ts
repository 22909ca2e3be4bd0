/** Findings as a terminal shows them: `file:line:column  severity code  message`, one-based, ending in a count line. */
import type { Finding } from "../workspace/finding.ts";
import { count, type Style } from "./style.ts";

export interface FindingSummary {
  readonly errors: number;
  readonly warnings: number;
  readonly information: number;
  readonly hints: number;
}

export function summarise(findings: readonly Finding[]): FindingSummary {
  const of = (severity: Finding["severity"]): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return {
    errors: of("error"),
    warnings: of("warning"),
    information: of("information"),
    hints: of("hint"),
  };
}

export function findingLines(
  finding: Finding,
  name: (uri: string) => string,
  { bad, doubtful, quiet }: Style,
): readonly string[] {
  const colour = finding.severity === "error" ? bad : finding.severity === "warning" ? doubtful : quiet;
  const where = finding.environments.length === 0 ? "" : quiet(` (${finding.environments.join(", ")})`);
  return [
    `${position(finding, name)} ${colour(finding.severity)} ${quiet(finding.code)}`,
    `  ${finding.message}${where}`,
    ...finding.related.map((one) => `  ${quiet(`${position(one, name)} ${one.message}`)}`),
  ];
}

export function position(
  { uri, range }: Pick<Finding, "uri" | "range">,
  name: (uri: string) => string,
): string {
  return `${name(uri)}:${range.start.line + 1}:${range.start.character + 1}`;
}

/** `2 errors, 1 warning in 7 files`; `no findings in 7 files`. */
export function findingCount(summary: FindingSummary, files: number): string {
  const counts = [
    ...(summary.errors > 0 ? [count(summary.errors, "error")] : []),
    ...(summary.warnings > 0 ? [count(summary.warnings, "warning")] : []),
    ...(summary.information > 0 ? [`${summary.information} for information`] : []),
    ...(summary.hints > 0 ? [count(summary.hints, "hint")] : []),
  ];
  return `${counts.join(", ") || "no findings"} in ${count(files, "file")}`;
}

/** `3 accepted: 1 by waivers, 2 by comments`; nothing where nothing is. */
export function acceptedLine({
  waivers,
  comments,
}: {
  readonly waivers: number;
  readonly comments: number;
}): readonly string[] {
  const by = [
    ...(waivers > 0 ? [`${waivers} by waivers`] : []),
    ...(comments > 0 ? [`${comments} by comments`] : []),
  ];
  return by.length === 0 ? [] : [`${waivers + comments} accepted: ${by.join(", ")}`];
}
