/** The scenarios that there are or could be, each with the mutations that it kills. */
import type { Interaction } from "../../access/interaction.ts";
import type { MutatedPolicy, Situation, Verdict } from "../../simulate/boundary/mutated-policy.ts";
import type { Mutation } from "../../simulate/boundary/mutation.ts";
import type { ScenarioFields } from "./fields.ts";

/** What a scenario expects, by the names that the runner compares. */
export interface Expectation {
  readonly decision: "allow" | "deny";
  readonly rule?: string;
  readonly listed?: readonly string[];
}

/** Whether a scenario with this expectation fails where this is decided, as the runner of scenarios says it. */
export function fails(expected: Expectation, verdict: Verdict): boolean {
  if (verdict.decision !== expected.decision) return true;
  if (expected.rule !== undefined && !verdict.rules.includes(expected.rule)) return true;
  if (expected.listed === undefined) return false;
  const [wanted, found] = [expected.listed, verdict.listed ?? []];
  return wanted.some((name) => !found.includes(name)) || found.some((name) => !wanted.includes(name));
}

/** What a request tells of the mutations. */
export interface Killed {
  /** Under these a scenario with the expectation fails. */
  readonly kills: ReadonlySet<Mutation>;
  /** Under these the decision is another one: they are no mere rewriting of the policy. */
  readonly differs: ReadonlySet<Mutation>;
}

/** Which mutations a scenario kills; undefined where it fails as the policy stands, so that it tells nothing. */
export function killed(
  expected: Expectation,
  situation: Situation,
  mutations: readonly Mutation[],
  policy: MutatedPolicy,
): Killed | undefined {
  if (fails(expected, situation.verdict)) return undefined;
  const kills = new Set<Mutation>();
  const differs = new Set<Mutation>();
  for (const mutation of mutations) {
    const verdict = policy.under(situation, mutation);
    if (verdict === situation.verdict) continue;
    if (verdict.decision !== situation.verdict.decision) differs.add(mutation);
    if (fails(expected, verdict)) kills.add(mutation);
  }
  return { kills, differs };
}

export interface Candidate extends Killed {
  /** Its name and description are given once it is chosen. */
  readonly fields: Omit<ScenarioFields, "name" | "description">;
  readonly request: Interaction;
  readonly situation: Situation;
  /** Smaller reads better: a caller by name, a request in a form of its own, few words. */
  readonly cost: number;
}

/**
 * A small set of candidates that kills `wanted`: greedily the one that kills most of what is left (Chvatal 1979), then
 * without those that the others make superfluous. Deterministic: of equals, what reads better, then what came first.
 */
export function cover(candidates: readonly Candidate[], wanted: ReadonlySet<Mutation>): readonly Candidate[] {
  const left = new Set(wanted);
  const chosen: Candidate[] = [];
  while (left.size > 0) {
    let best: Candidate | undefined;
    let most = 0;
    for (const one of candidates) {
      const gain = countIn(one.kills, left);
      if (gain === 0 || gain < most) continue;
      if (gain === most && best !== undefined && best.cost <= one.cost) continue;
      best = one;
      most = gain;
    }
    if (best === undefined) break;
    chosen.push(best);
    for (const mutation of best.kills) left.delete(mutation);
  }
  return withoutSuperfluous(chosen, wanted);
}

function withoutSuperfluous(
  chosen: readonly Candidate[],
  wanted: ReadonlySet<Mutation>,
): readonly Candidate[] {
  let kept = chosen;
  for (const one of [...chosen].reverse()) {
    const others = kept.filter((other) => other !== one);
    const isNeeded = [...one.kills].some(
      (mutation) => wanted.has(mutation) && !others.some((other) => other.kills.has(mutation)),
    );
    if (!isNeeded) kept = others;
  }
  return kept;
}

function countIn(some: ReadonlySet<Mutation>, all: ReadonlySet<Mutation>): number {
  let count = 0;
  for (const one of some) if (all.has(one)) count++;
  return count;
}
