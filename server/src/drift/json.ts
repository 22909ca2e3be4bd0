/** Drift as the JSON contract says it (design, section 7). */
import type { Lost } from "../access/hop.ts";
import type { Origin } from "../access/predicate.ts";
import type { SourceLayout } from "../text/layout.ts";
import type { Location, Place } from "../text/place.ts";
import type { DriftFinding, DriftReport, PathComparison, Witness } from "./report.ts";

type Layouts = ReadonlyMap<string, SourceLayout>;

export interface DriftJson {
  readonly findings: readonly DriftFindingJson[];
  readonly comparisons: readonly PathComparison[];
  readonly notCompared: readonly string[];
  readonly assumptions: readonly string[];
}

export interface DriftFindingJson
  extends Pick<
    DriftFinding,
    "id" | "environment" | "resource" | "path" | "kind" | "verdict" | "region" | "message"
  > {
  readonly enforcementPoint: string | null;
  readonly witnesses: readonly WitnessJson[];
  readonly deployed: readonly LabelledLocation[];
  readonly rules: readonly LabelledLocation[];
  readonly unknown: readonly LostJson[];
  readonly lost: readonly LostJson[];
}

interface WitnessJson extends Omit<Witness, "hops" | "nearest"> {
  readonly nearest: readonly LabelledLocation[];
  readonly hops: readonly {
    readonly enforcementPoint: string;
    readonly decision: string;
    readonly reason: string;
  }[];
}

type LabelledLocation = { readonly label: string } & Partial<Location>;
type LostJson = { readonly text: string; readonly reason: string } & Partial<Location>;

export function driftJson(reports: readonly DriftReport[], layouts: Layouts): DriftJson {
  return {
    findings: reports.flatMap((report) => report.findings.map((finding) => findingJson(finding, layouts))),
    comparisons: reports.flatMap((report) => report.comparisons),
    notCompared: [...new Set(reports.flatMap((report) => report.notCompared))],
    assumptions: [...new Set(reports.flatMap((report) => report.assumptions))],
  };
}

function findingJson(finding: DriftFinding, layouts: Layouts): DriftFindingJson {
  const { id, environment, resource, path, enforcementPoint, kind, verdict, region, message } = finding;
  const labelled = ({ label, place }: Origin): LabelledLocation => ({ label, ...located(place, layouts) });
  return {
    id,
    environment,
    resource,
    path,
    enforcementPoint: enforcementPoint ?? null,
    kind,
    verdict,
    region,
    message,
    witnesses: finding.witnesses.map(({ hops, nearest, ...witness }) => ({
      ...witness,
      nearest: nearest.map(labelled),
      hops: hops.map(({ enforcementPoint: name, decision, reason }) => ({
        enforcementPoint: name,
        decision,
        reason,
      })),
    })),
    deployed: finding.deployed.map(labelled),
    rules: finding.rules.map(labelled),
    unknown: finding.unknown.map((one) => lostJson(one, layouts)),
    lost: finding.lost.map((one) => lostJson(one, layouts)),
  };
}

export function lostJson({ text, reason, place }: Lost, layouts: Layouts): LostJson {
  return { text, reason, ...located(place, layouts) };
}

function located(place: Place | undefined, layouts: Layouts): Partial<Location> {
  return (place && layouts.get(place.block.uri)?.location(place)) ?? {};
}
