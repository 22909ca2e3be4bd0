/** Runs the scenarios of a control plane, each in its environment or in all, and says which failed and why. */
import type { DeployedConfig } from "../deployed/config.ts";
import type { DocumentSource } from "../policy/build/files.ts";
import type { Environment, PolicySet, Scenario } from "../policy/model.ts";
import { scenarioInteraction } from "../simulate/scenario.ts";
import { type Simulation, simulate } from "../simulate/simulation.ts";
import type { Problem } from "../text/problem.ts";
import { at, type ParsedFile } from "../text/tree.ts";
import type { EnvironmentProblem } from "./findings.ts";
import type { ScenarioRun } from "./snapshot.ts";

type Deployed = ReadonlyMap<string, ReadonlyMap<string, DeployedConfig>>;

export function runScenarios(
  set: PolicySet,
  deployed: Deployed,
  source: DocumentSource,
): readonly ScenarioRun[] {
  return set.scenarios.flatMap((scenario) =>
    environmentsOf(scenario, set).map((environment) => run(scenario, environment, set, deployed, source)),
  );
}

/** An unknown environment was reported as a reference; the scenario then runs nowhere. */
function environmentsOf(scenario: Scenario, set: PolicySet): readonly Environment[] {
  const { environments } = set.controlPlane;
  if (scenario.environment === undefined) return [...environments.values()];
  const named = environments.get(scenario.environment.text);
  return named === undefined ? [] : [named];
}

function run(
  scenario: Scenario,
  environment: Environment,
  set: PolicySet,
  deployed: Deployed,
  source: DocumentSource,
): ScenarioRun {
  const base = { scenario, environment: environment.name };
  const request = scenarioInteraction(scenario, set, environment, source);
  if ("problem" in request)
    return { ...base, status: "failed", reason: request.problem.message, problem: request.problem };
  const simulation = simulate(
    set,
    environment,
    request.interaction,
    deployed.get(environment.name) ?? new Map(),
  );
  const wrong = mismatch(scenario, simulation);
  return wrong === undefined
    ? { ...base, status: "passed", simulation }
    : { ...base, status: "failed", ...wrong, simulation };
}

/** What of `expect` did not come true, and why. */
interface Mismatch {
  readonly part: "decision" | "rule" | "listed";
  readonly reason: string;
}

function mismatch(scenario: Scenario, { decision }: Simulation): Mismatch | undefined {
  const { decision: wantedDecision, rule, listed: wantedList } = scenario.expect;
  if (decision.decision !== wantedDecision)
    return {
      part: "decision",
      reason: `expected ${wantedDecision}, got ${decision.decision}: ${whyNot(decision)}`,
    };
  if (rule !== undefined && !decision.rules.some((one) => one.rule === rule.text)) {
    const decided = decision.rules.map((one) => one.rule).join(", ") || decision.reason;
    return { part: "rule", reason: `expected rule ${rule.text} to decide, but ${decided} did` };
  }
  if (wantedList === undefined) return undefined;
  const wanted = wantedList.map((one) => one.text).sort();
  const listed = decision.listed ?? [];
  const missing = wanted.filter((name) => !listed.includes(name));
  const surplus = listed.filter((name) => !wanted.includes(name));
  if (missing.length > 0) return { part: "listed", reason: `expected ${missing.join(", ")} in the list` };
  if (surplus.length > 0)
    return { part: "listed", reason: `did not expect ${surplus.join(", ")} in the list` };
  return undefined;
}

function whyNot(decision: Simulation["decision"]): string {
  const [closest] = decision.trace.filter((one) => one.failed !== undefined);
  if (decision.rules.length > 0 || closest?.failed === undefined || closest.closeness === 0)
    return decision.reason;
  return `${decision.reason}; closest ${closest.rule}: ${closest.failed.part}: ${closest.failed.detail}`;
}

/** A scenario with an error in itself fails for that; `errors` are those of the control plane's files. */
export function scenarioProblems(
  runs: readonly ScenarioRun[],
  errors: readonly Problem[],
  files: readonly ParsedFile[],
): readonly EnvironmentProblem[] {
  const layouts = new Map(files.map((file) => [file.uri, file.layout]));
  const isBroken = ({ node, uri }: Scenario): boolean =>
    errors.some(
      ({ severity, place }) =>
        severity === "error" &&
        place.block.uri === uri &&
        layouts.get(uri)?.encloses(node.place, place) === true,
    );
  return runs
    .filter((one) => one.status === "failed" && !isBroken(one.scenario))
    .map((one) => ({
      ...(one.problem ?? {
        code: "scenario/failed",
        severity: "error" as const,
        place: at(one.scenario.node, "expect", one.part ?? "decision")?.place ?? one.scenario.expect.place,
        message: `Scenario "${one.scenario.name.text}" fails: ${one.reason}.`,
      }),
      environment: one.environment,
    }));
}
