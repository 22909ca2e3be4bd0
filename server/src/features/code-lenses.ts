/** Code lenses, quiet and few: simulate a scenario or a rule, with what is known of it; drift on deployed lines. */
import type { Interaction } from "../access/interaction.ts";
import type { DriftFinding } from "../drift/report.ts";
import type { Rule, Scenario } from "../policy/model.ts";
import type { Range } from "../text/place.ts";
import {
  type ControlPlaneSnapshot,
  controlPlaneOf,
  defaultEnvironment,
  type Snapshot,
} from "../workspace/snapshot.ts";
import { factsOf } from "./facts.ts";
import { driftStatus, scenarioStatus } from "./rule-status.ts";

export interface CodeLens {
  readonly range: Range;
  readonly title: string;
  /** Absent for a lens that only informs. */
  readonly simulate?: {
    readonly uri: string;
    readonly scenario?: string;
    readonly rule?: string;
    readonly interaction?: Interaction;
    readonly environment?: string;
  };
}

export function codeLenses(snapshot: Snapshot, uri: string): readonly CodeLens[] {
  const layout = snapshot.layouts.get(uri);
  const plane = controlPlaneOf(snapshot, uri);
  if (layout === undefined || plane === undefined) return [];
  const { scenarios, policies } = plane.set;
  const ofScenarios = scenarios
    .filter((scenario) => scenario.uri === uri)
    .map((scenario) => ({
      range: layout.range(scenario.name.place),
      ...scenarioLens(scenario, plane),
    }));
  const ofRules = policies
    .filter((policy) => policy.uri === uri)
    .flatMap((policy) => policy.rules)
    .map((rule) => ({ range: layout.range(rule.name.place), ...ruleLens(rule, plane, uri) }));
  const ofDrift = (factsOf(plane).driftInFile.get(uri) ?? []).flatMap((finding) => {
    const place = finding.deployed[0]?.place;
    return place === undefined ? [] : [{ range: layout.range(place), ...driftLens(finding, uri) }];
  });
  return [...ofScenarios, ...ofRules, ...ofDrift];
}

type Said = Omit<CodeLens, "range">;

/** A scenario that fails elsewhere only is simulated there, so that the answer shows the failure. */
function scenarioLens(scenario: Scenario, plane: ControlPlaneSnapshot): Said {
  const runs = factsOf(plane).runsOf.get(scenario.id) ?? [];
  const failing = runs.filter((run) => run.status === "failed").map((run) => run.environment);
  const usual = scenario.environment?.text ?? defaultEnvironment(plane.set)?.name;
  const [first] = failing;
  const elsewhere =
    first !== undefined && !failing.some((name) => name === usual) ? { environment: first } : {};
  const where = failing.length === runs.length ? "" : ` in ${failing.join(", ")}`;
  const what = runs.some((run) => run.problem !== undefined) ? "its request cannot be read" : `fails${where}`;
  return {
    title: failing.length === 0 ? "Simulate" : `Simulate · ${what}`,
    simulate: { uri: scenario.uri, scenario: scenario.name.text, ...elsewhere },
  };
}

function ruleLens(rule: Rule, plane: ControlPlaneSnapshot, uri: string): Said {
  return {
    title: ["Simulate", scenarioStatus(rule, plane), ...driftStatus(rule, plane)].join(" · "),
    simulate: { uri, rule: rule.name.text },
  };
}

/** `drift: wider at mesh · ledger (production)`; it runs the witness, where there is one. */
function driftLens(finding: DriftFinding, uri: string): Said {
  const { kind, enforcementPoint, resource, environment } = finding;
  const at = enforcementPoint === undefined ? "" : ` at ${enforcementPoint}`;
  const about = `drift: ${kind}${at} · ${resource} (${environment})`;
  const [witness] = finding.witnesses;
  if (witness === undefined) return { title: about };
  return {
    title: `Simulate the witness · ${about}`,
    simulate: { uri, interaction: witness.request, environment },
  };
}
