/** Code lenses, quiet and few: simulate a scenario or a rule, with what is known of it. */
import type { Rule } from "../policy/model.ts";
import type { Range } from "../text/place.ts";
import { type ControlPlaneSnapshot, controlPlaneOf, type Snapshot } from "../workspace/snapshot.ts";

export interface CodeLens {
  readonly range: Range;
  readonly title: string;
  /** Absent for a lens that only informs. */
  readonly simulate?: { readonly uri: string; readonly scenario?: string; readonly rule?: string };
}

export function codeLenses(snapshot: Snapshot, uri: string): readonly CodeLens[] {
  const layout = snapshot.layouts.get(uri);
  const plane = controlPlaneOf(snapshot, uri);
  if (layout === undefined || plane === undefined) return [];
  const scenarios = plane.set.scenarios
    .filter((scenario) => scenario.uri === uri)
    .map((scenario): CodeLens => {
      const failing = plane.runs.filter((run) => run.scenario === scenario && run.status === "failed");
      return {
        range: layout.range(scenario.name.place),
        title:
          failing.length === 0
            ? "Simulate"
            : `Simulate · fails in ${failing.map((run) => run.environment).join(", ")}`,
        simulate: { uri, scenario: scenario.name.text },
      };
    });
  const rules = plane.set.policies
    .filter((policy) => policy.uri === uri)
    .flatMap((policy) => policy.rules)
    .map(
      (rule): CodeLens => ({
        range: layout.range(rule.name.place),
        title: ["Simulate", ...scenarioSummary(rule, plane), ...driftSummary(rule, plane)].join(" · "),
        simulate: { uri, rule: rule.name.text },
      }),
    );
  return [...scenarios, ...rules, ...deployedLenses(snapshot, plane, uri)];
}

/** Scenarios that expect the rule, or that it decides. */
function scenarioSummary(rule: Rule, plane: ControlPlaneSnapshot): readonly string[] {
  const about = plane.runs.filter(
    (run) =>
      run.scenario.expect.rule?.text === rule.id ||
      run.simulation?.decision.rules.some((one) => one.rule === rule.id) === true,
  );
  const names = new Set(about.map((run) => run.scenario.id));
  const failing = new Set(about.filter((run) => run.status === "failed").map((run) => run.scenario.id));
  if (names.size === 0) return ["no scenario"];
  return [
    `${names.size} scenario${names.size === 1 ? "" : "s"}${failing.size > 0 ? `, ${failing.size} failing` : ""}`,
  ];
}

/** What drift there is on the paths of the rule's resources: the findings on this rule, else the verdict. */
function driftSummary(rule: Rule, plane: ControlPlaneSnapshot): readonly string[] {
  const resources = new Set(rule.on.map((target) => target.resource.text));
  const said: string[] = [];
  for (const report of plane.drift.values()) {
    const own = report.findings.filter((finding) => finding.rules.some((origin) => origin.label === rule.id));
    for (const finding of own)
      said.push(
        `drift: ${finding.kind}${finding.enforcementPoint === undefined ? "" : ` at ${finding.enforcementPoint}`}`,
      );
    if (own.length > 0) continue;
    for (const one of report.comparisons)
      if (resources.has(one.resource) && one.verdict === "equal") said.push(`${one.path.join(" → ")} equal`);
  }
  return [...new Set(said)];
}

/** On deployed files: one lens on each line that is responsible for drift. */
function deployedLenses(snapshot: Snapshot, plane: ControlPlaneSnapshot, uri: string): readonly CodeLens[] {
  const layout = snapshot.layouts.get(uri);
  if (layout === undefined || !plane.deployedFiles.some((file) => file.uri === uri)) return [];
  return [...plane.drift.values()].flatMap((report) =>
    report.findings.flatMap((finding) => {
      const [first] = finding.deployed;
      if (first?.place?.block.uri !== uri) return [];
      return [
        {
          range: layout.range(first.place),
          title: `drift: ${finding.kind} · ${finding.resource} (${finding.environment})`,
        },
      ];
    }),
  );
}
