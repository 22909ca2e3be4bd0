/** Drift as a terminal or a document shows it: grouped by resource, ending in a count line. */

import type { Origin } from "../access/predicate.ts";
import { requestInWords } from "../simulate/words.ts";
import type { SourceLayout } from "../text/layout.ts";
import { shown } from "../text/shown.ts";
import type { DriftFinding, DriftKind, DriftReport, PathComparison } from "./report.ts";

type Layouts = ReadonlyMap<string, SourceLayout>;

const order: readonly DriftKind[] = ["wider", "bypass", "unenforced", "narrower", "unknown"];

/** What was taken out of reports because somebody accepts it. */
export interface AcceptedDrift {
  readonly differences: readonly DriftFinding[];
  /** How many findings of settings. */
  readonly settings: number;
}

/** The lines as one text that may be shown. */
export function driftText(...args: Parameters<typeof driftLines>): string {
  return `${driftLines(...args)
    .map(shown)
    .join("\n")}\n`;
}

/**
 * `name` says a URI as the reader knows it; lines and columns are one-based here. Each path says how many of its
 * differences are accepted, and the last line how many are in all.
 */
export function driftLines(
  reports: readonly DriftReport[],
  layouts: Layouts,
  name: (uri: string) => string,
  accepted: AcceptedDrift = { differences: [], settings: 0 },
): readonly string[] {
  const findings = reports.flatMap((report) => report.findings);
  const comparisons = reports.flatMap((report) => report.comparisons);
  const where = (origin: Origin): string => {
    const layout = origin.place && layouts.get(origin.place.block.uri);
    if (origin.place === undefined || layout === undefined) return origin.label;
    const { start } = layout.range(origin.place);
    return `${origin.label}  ${name(layout.uri)}:${start.line + 1}:${start.character + 1}`;
  };
  const lines: string[] = [];
  for (const { resource, environment } of groups(comparisons)) {
    lines.push(`${resource} (${environment})`);
    for (const one of comparisons.filter((c) => c.resource === resource && c.environment === environment)) {
      const hops = one.hops.map((hop) => `${hop.enforcementPoint} ${hop.verdict}`).join(", ");
      const gone = accepted.differences.filter((finding) => isOn(finding, one)).length;
      const verdict = gone === 0 ? one.verdict : `${one.verdict}, ${gone} accepted`;
      lines.push(`  ${one.path.join(" → ")}: ${verdict}${hops === "" ? "" : `   (each alone: ${hops})`}`);
    }
    const own = findings.filter((one) => one.resource === resource && one.environment === environment);
    for (const finding of [...own].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)))
      lines.push(...findingLines(finding, where));
    lines.push("");
  }
  const notCompared = new Set(reports.flatMap((report) => report.notCompared)).size;
  const equal = comparisons.filter((one) => one.verdict === "equal").length;
  lines.push(countLine(findings, equal, notCompared, accepted.differences.length + accepted.settings));
  return lines;
}

function isOn({ environment, resource, path }: DriftFinding, one: PathComparison): boolean {
  return (
    environment === one.environment && resource === one.resource && path.join("\n") === one.path.join("\n")
  );
}

function groups(
  comparisons: DriftReport["comparisons"],
): readonly { resource: string; environment: string }[] {
  const seen = new Map<string, { resource: string; environment: string }>();
  for (const { resource, environment } of comparisons)
    seen.set(`${environment}\n${resource}`, { resource, environment });
  return [...seen.values()];
}

function findingLines(finding: DriftFinding, where: (origin: Origin) => string): readonly string[] {
  const lines = [`  ${finding.kind.toUpperCase()}  ${finding.message}`];
  for (const witness of finding.witnesses.slice(1))
    lines.push(`    also     ${requestInWords(witness.request)}`);
  for (const origin of finding.deployed.slice(0, 3)) lines.push(`    deployed ${where(origin)}`);
  for (const origin of finding.rules.slice(0, 3)) lines.push(`    policy   ${where(origin)}`);
  for (const one of finding.unknown)
    lines.push(
      `    unknown  ${where({ label: one.text, ...(one.place === undefined ? {} : { place: one.place }) })}`,
    );
  return lines;
}

/** `2 wider, 1 narrower, 1 unknown; 9 equal`. */
export function countLine(
  findings: readonly DriftFinding[],
  equal: number,
  notCompared = 0,
  accepted = 0,
): string {
  const counts = order.flatMap((kind) => {
    const count = findings.filter((finding) => finding.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  // Where nothing was compared, "no drift" would be a claim that nobody checked.
  const none = (equal === 0 && notCompared > 0) || accepted > 0 ? [] : ["no drift"];
  const rest = [
    ...(accepted === 0 ? [] : [`${accepted} accepted`]),
    ...(notCompared === 0 ? [] : [`${notCompared} not compared`]),
  ];
  return [[...(counts.length === 0 ? none : counts), ...rest].join(", "), `${equal} equal`].join("; ");
}
