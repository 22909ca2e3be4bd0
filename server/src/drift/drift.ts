/** Policy against deployed config: every path of every resource of one environment (design, section 5). */
import type { Answer } from "../access/compare.ts";
import type { Lost } from "../access/hop.ts";
import type { ToldDifference } from "../access/region-lists.ts";
import { destinationAt, hopContext } from "../deployed/binding.ts";
import type { Environment, PolicySet } from "../policy/model.ts";
import { pathsOf } from "../simulate/simulation.ts";
import type { DeployedEnvironment } from "../simulate/walk.ts";
import type { Problem } from "../text/problem.ts";
import { Allowance } from "./allowance.ts";
import { type Bypass, findBypasses } from "./bypass.ts";
import { compareEndToEnd, type EndToEnd } from "./end-to-end.ts";
import { lostIn } from "./lost.ts";
import { describeFinding } from "./messages.ts";
import { compareHops } from "./per-hop.ts";
import type { DriftFinding, DriftKind, DriftReport, PathComparison, Verdict } from "./report.ts";
import { type PathInput, type ReadyHop, readyHops } from "./side.ts";
import { unenforcedByRule } from "./unenforced.ts";

/**
 * Everything there is to say of one environment. Resources that `isBroken` are left out: errors in the policy have
 * findings of their own. An environment that defines no enforcement point at all has nothing
 * deployed that could drift; one that lacks a point on a path leaves that path unknown.
 */
export function findDrift(
  set: PolicySet,
  environment: Environment,
  deployed: DeployedEnvironment,
  isBroken: (resource: string) => boolean = () => false,
): DriftReport {
  const findings: DriftFinding[] = [];
  const comparisons: PathComparison[] = [];
  const assumptions = new Set<string>();
  const notCompared: string[] = [];
  let refuted = 0;
  if (environment.enforcementPoints.size > 0) {
    for (const resource of set.resources.values()) {
      if (isBroken(resource.name)) {
        if (resource.paths.length > 0) notCompared.push(resource.name);
        continue;
      }
      for (const path of pathsOf(resource)) {
        const result = comparePath({ set, environment, resource, path, deployed });
        findings.push(...result.findings);
        comparisons.push(result.comparison);
        refuted += result.refuted;
        for (const why of result.assumptions) assumptions.add(why);
      }
    }
  }
  return {
    findings,
    comparisons,
    posture: posture(set, environment, deployed),
    notCompared,
    refuted,
    assumptions: [...assumptions],
  };
}

interface PathResult {
  readonly findings: readonly DriftFinding[];
  readonly comparison: PathComparison;
  readonly assumptions: readonly string[];
  readonly refuted: number;
}

function comparePath(input: PathInput): PathResult {
  const hops = readyHops(input);
  if ("missing" in hops) return undecided(input, hops.missing, []);
  const allowance = new Allowance();
  const result = compareEndToEnd(input, hops, allowance);
  if ("tooComplex" in result) {
    return undecided(
      input,
      [{ text: input.resource.name, reason: `too complex to compare: ${result.tooComplex}` }],
      hops,
    );
  }
  const unenforced = unenforcedByRule(result, input);
  // Surplus that stands on no single rule is still surplus.
  const wider = unenforced.length === 0 && result.wider.answer === "no" ? result.unenforced : result.wider;
  const over = wider === result.wider ? result.projected : result.policy;
  const unknown = lostIn(result.wider, result.unenforced, result.narrower);
  const isNew = (bypass: Bypass): boolean =>
    bypass.witnesses.length > 0 ||
    bypass.unknown.some((one) => !unknown.some((known) => known.reason === one.reason));
  const bypasses = findBypasses(input, hops, allowance);
  const findings = [
    ...fromAnswer("wider", wider, () => result.tellSurplus(result.access, over, []), result, input, hops),
    ...unenforced.map((one) => describeFinding("unenforced", one, result, input, hops)),
    ...fromAnswer("narrower", result.narrower, () => result.tellMissing(), result, input, hops),
    ...bypasses
      .filter(isNew)
      .map((one) =>
        describeFinding(one.witnesses.length > 0 ? "bypass" : "unknown", one, result, input, hops),
      ),
    ...(unknown.length === 0
      ? []
      : [describeFinding("unknown", { unknown, witnesses: [] }, result, input, hops)]),
  ];
  return {
    findings,
    comparison: comparisonOf(input, result.verdict, compareHops(input, hops, allowance)),
    assumptions: result.assumptions,
    refuted: bypasses.reduce((sum, one) => sum + one.refuted, result.refuted),
  };
}

function fromAnswer(
  kind: DriftKind,
  answer: Answer,
  tell: () => ToldDifference,
  result: EndToEnd,
  input: PathInput,
  hops: readonly ReadyHop[],
): readonly DriftFinding[] {
  if (answer.answer !== "yes") return [];
  return [
    describeFinding(kind, { witnesses: answer.witnesses, told: tell(), unknown: [] }, result, input, hops),
  ];
}

function undecided(input: PathInput, missing: readonly Lost[], hops: readonly ReadyHop[]): PathResult {
  return {
    findings: [describeFinding("unknown", { unknown: missing, witnesses: [] }, undefined, input, hops)],
    comparison: comparisonOf(input, "unknown", []),
    assumptions: [],
    refuted: 0,
  };
}

function comparisonOf(input: PathInput, verdict: Verdict, hops: PathComparison["hops"]): PathComparison {
  const { environment, resource, path } = input;
  return { environment: environment.name, resource: resource.name, path, verdict, hops };
}

/** Weak settings at every place where a resource is bound, each once. */
function posture(
  set: PolicySet,
  environment: Environment,
  deployed: DeployedEnvironment,
): readonly Problem[] {
  const found = new Map<string, Problem>();
  for (const resource of set.resources.values())
    for (const name of new Set(pathsOf(resource).flat())) {
      const point = environment.enforcementPoints.get(name);
      const config = deployed.get(name);
      if (point === undefined || config === undefined) continue;
      for (const problem of config.posture(
        destinationAt(resource, name),
        hopContext(set, environment, point),
      ))
        found.set(
          `${problem.code}\n${problem.place.block.uri}\n${problem.place.start}\n${problem.message}`,
          problem,
        );
    }
  return [...found.values()];
}
