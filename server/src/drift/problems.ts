/** Drift findings as problems on both ends: the deployed line and the policy rule, each with the other as related. */
import type { Origin } from "../access/predicate.ts";
import type { PolicySet } from "../policy/model.ts";
import type { Place } from "../text/place.ts";
import type { Problem, Severity } from "../text/problem.ts";
import type { DriftFinding, DriftKind } from "./report.ts";

const severities: Readonly<Record<DriftKind, Severity>> = {
  wider: "error",
  bypass: "error",
  narrower: "warning",
  unenforced: "warning",
  unknown: "information",
};

export function driftProblems(finding: DriftFinding, set: PolicySet): readonly Problem[] {
  // An export that cannot be read has one finding there, not one more for each resource behind it.
  if (finding.kind === "unknown" && finding.unknown.every((one) => one.reported)) return [];
  const ends = endsOf(finding, set);
  return ends.map(({ place }) => ({
    code: `drift/${finding.kind}`,
    severity: severities[finding.kind],
    message: finding.message,
    place,
    related: ends
      .filter((end) => end.place !== place)
      .map((end) => ({ place: end.place, message: end.message })),
    data: { drift: finding.id },
  }));
}

interface End {
  readonly place: Place;
  readonly message: string;
}

function endsOf(finding: DriftFinding, set: PolicySet): readonly End[] {
  const deployed = placed(finding.deployed, (label) => `deployed: ${label}`).slice(0, 1);
  // A bypass is about the path, whatever the rules say.
  const rules =
    finding.kind === "bypass"
      ? resourceEnd(finding, set)
      : placed(finding.rules, (label) => `policy: ${label}`).slice(0, 1);
  if (finding.kind !== "unknown") {
    const ends = [...deployed, ...rules];
    return ends.length > 0 ? ends : resourceEnd(finding, set);
  }
  const atoms = finding.unknown.flatMap((one): End[] =>
    one.place === undefined ? [] : [{ place: one.place, message: one.text }],
  );
  return atoms.length > 0 ? atoms.slice(0, 1) : resourceEnd(finding, set);
}

function placed(origins: readonly Origin[], say: (label: string) => string): readonly End[] {
  return origins.flatMap((origin) =>
    origin.place === undefined ? [] : [{ place: origin.place, message: say(origin.label) }],
  );
}

/** Where nothing nearer is responsible: the path of the resource. */
function resourceEnd(finding: DriftFinding, set: PolicySet): readonly End[] {
  const resource = set.resources.get(finding.resource);
  if (resource === undefined) return [];
  const hop = resource.paths.flat().find((written) => written.text === finding.enforcementPoint);
  return [{ place: hop?.place ?? resource.place, message: `resource ${resource.name}` }];
}
