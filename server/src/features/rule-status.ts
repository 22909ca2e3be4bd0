/** What is known of a rule besides its text, in few words: its scenarios, and how what is deployed follows it. */
import type { DriftFinding, PathComparison } from "../drift/report.ts";
import type { Rule } from "../policy/model.ts";
import type { ControlPlaneSnapshot } from "../workspace/snapshot.ts";
import { factsOf } from "./facts.ts";

/** `4 scenarios, 1 failing`: the scenarios that expect the rule or that it decides. */
export function scenarioStatus(rule: Rule, plane: ControlPlaneSnapshot): string {
  const about = factsOf(plane).runsAbout.get(rule.id) ?? [];
  const names = new Set(about.map((run) => run.scenario.id));
  const failing = new Set(about.filter((run) => run.status === "failed").map((run) => run.scenario.id));
  if (names.size === 0) return "no scenario";
  return `${names.size} scenario${names.size === 1 ? "" : "s"}${failing.size > 0 ? `, ${failing.size} failing` : ""}`;
}

/**
 * `edge → mesh equal`, `ai-gateway → mesh unenforced condition`: each path of the rule's resources where it is equal or
 * the rule has drift. The drift of other rules on the same path is shown there.
 */
export function driftStatus(rule: Rule, plane: ControlPlaneSnapshot): readonly string[] {
  // An audit rule asks for nothing that could be deployed.
  if (rule.mode === "audit") return [];
  const { comparisons, driftOfRule } = factsOf(plane);
  const own = driftOfRule.get(rule.id) ?? [];
  const resources = [...new Set(rule.on.map((target) => target.resource.text))];
  const paths = resources.flatMap((name) => comparisons.get(name) ?? []);
  const environments = new Set(
    [...plane.drift].filter(([, one]) => one.comparisons.length > 0).map(([name]) => name),
  );
  const said = paths.flatMap((path) => {
    const status = statusOf(path, own, rule, plane.acceptedDrift);
    if (status === undefined) return [];
    const resource = resources.length > 1 ? `${path.resource}: ` : "";
    const environment = environments.size > 1 ? ` (${path.environment})` : "";
    return [`${resource}${status}${environment}`];
  });
  return [...new Set(said)];
}

function statusOf(
  path: PathComparison,
  own: readonly DriftFinding[],
  rule: Rule,
  accepted: ReadonlySet<string>,
): string | undefined {
  const way = path.path.join(" → ");
  const kinds = own
    .filter((one) => one.environment === path.environment && one.resource === path.resource)
    .filter((one) => one.path.join("\n") === path.path.join("\n"))
    .map((one) => {
      const kind = one.kind === "unenforced" ? unenforcedPart(one, rule) : one.kind;
      return accepted.has(one.id) ? `${kind} (accepted)` : kind;
    });
  if (kinds.length > 0) return `${way} ${[...new Set(kinds)].join(", ")}`;
  return path.verdict === "equal" ? `${way} equal` : undefined;
}

function unenforcedPart(finding: DriftFinding, rule: Rule): string {
  const place = finding.rules.find((origin) => origin.label === rule.id)?.place;
  const part = place !== undefined && place === rule.requires?.place ? "requires" : "condition";
  return `unenforced ${part}`;
}
