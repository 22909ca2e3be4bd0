/**
 * Which rules change no decision, because others of the same effect do the same. All that are found can be removed
 * together: a rule that is found no longer counts for the others, and the evidence names rules that stay.
 */
import type { Budget } from "../../access/budget.ts";
import type { Rule } from "../../policy/model.ts";
import { coveringRules, fewest } from "./evidence.ts";
import { type Covered, coverRule, type Judged } from "./judged.ts";
import { includes, type Use } from "./rule-space.ts";
import type { Within } from "./space.ts";
import type { VerdictOf } from "./verdict.ts";

/** A rule that all others together cover. */
export interface Candidate {
  readonly judged: Judged;
  readonly covered: Covered;
}

/** What makes a rule needless: rules of its effect that oblige to as much; and of an allow what is denied anyway. */
export function insteadOf(rule: Rule): (use: Use) => Within {
  return rule.effect === "deny"
    ? (use) => ({ lists: [use.in.denies] })
    : (use) => ({ lists: [...use.in.allowsInsteadOf(rule), use.in.denies] });
}

/** Whether `other` can stand for `rule`. */
function standsFor(rule: Rule, other: Rule): boolean {
  return (
    other !== rule &&
    other.effect === rule.effect &&
    (rule.effect === "deny" || includes(other.obligations, rule.obligations))
  );
}

export function takeOut({ rule, uses }: Judged): void {
  for (const use of uses) use.in.take(rule);
}

export function putBack({ rule, uses }: Judged): void {
  for (const use of uses) use.in.putBack(rule);
}

/**
 * `candidates` are of one effect, in the order of the files; `isOut` tells which rules count for no other. Those that
 * are found stay taken out. A rule inside one other goes before one that takes several others together, and of equal
 * ones the later goes.
 */
export function redundantRules(
  candidates: readonly Candidate[],
  judgedOf: ReadonlyMap<Rule, Judged>,
  isOut: (rule: Rule) => boolean,
  budget: Budget,
): { readonly verdicts: readonly VerdictOf<"redundant">[]; readonly unproven: readonly Rule[] } {
  const found = new Map<Rule, Candidate>();
  const stays = (rule: Rule): boolean => !found.has(rule) && !isOut(rule);
  const denied = ({ in: place }: Use) => [place.denies];
  for (const candidate of candidates.toReversed()) {
    const { judged, covered } = candidate;
    const { rule } = judged;
    const others = coveringRules(covered, (one) => stays(one) && standsFor(rule, one));
    const isInside = others.some((one) => {
      const within = (use: Use): Within => ({
        lists: rule.effect === "allow" ? denied(use) : [],
        terms: use.in.idsOf(one),
      });
      return typeof coverRule(judged, within, budget) !== "string";
    });
    if (!isInside) continue;
    found.set(rule, candidate);
    takeOut(judged);
  }
  for (const candidate of candidates.toReversed()) {
    const { judged } = candidate;
    if (found.has(judged.rule)) continue;
    takeOut(judged);
    if (typeof coverRule(judged, insteadOf(judged.rule), budget) !== "string")
      found.set(judged.rule, candidate);
    else if (!isOut(judged.rule)) putBack(judged);
  }
  const proven = [...found.values()].map(({ judged }) => ({
    judged,
    verdict: evidence(judged, judgedOf, stays, budget),
  }));
  return {
    verdicts: proven.flatMap(({ verdict }) => verdict ?? []),
    // Which rules do the same was too complex to find out.
    unproven: proven.flatMap(({ judged, verdict }) => (verdict === undefined ? [judged.rule] : [])),
  };
}

function evidence(
  judged: Judged,
  judgedOf: ReadonlyMap<Rule, Judged>,
  stays: (rule: Rule) => boolean,
  budget: Budget,
): VerdictOf<"redundant"> | undefined {
  const { rule } = judged;
  const covering = (within: (use: Use) => Within, mayCount: (one: Rule) => boolean) => {
    const covered = coverRule(judged, within, budget);
    return typeof covered === "string"
      ? undefined
      : coveringRules(covered, (one) => stays(one) && mayCount(one));
  };
  const ofEffect = (one: Rule): boolean => standsFor(rule, one);
  const alone = covering(
    (use) => ({ lists: rule.effect === "deny" ? [use.in.denies] : use.in.allowsInsteadOf(rule) }),
    ofEffect,
  );
  const by = alone && fewest(judged, alone, budget);
  if (by !== undefined) return verdict(judged, by, [], judgedOf, budget);
  if (rule.effect === "deny") return undefined;
  const both = covering(insteadOf(rule), (one) => one.effect === "deny" || ofEffect(one));
  // What denies need not say is left out first.
  const needed = both && fewest(judged, [...both].sort(deniesFirst), budget);
  // What denies cover alone is shadowed, and was found too complex to say so.
  if (needed === undefined || needed.every((one) => one.effect === "deny")) return undefined;
  const [allows, denies] = (["allow", "deny"] as const).map((effect) =>
    needed.filter((one) => one.effect === effect),
  );
  return verdict(judged, allows ?? [], denies ?? [], judgedOf, budget);
}

const deniesFirst = (a: Rule, b: Rule): number =>
  (a.effect === "deny" ? 0 : 1) - (b.effect === "deny" ? 0 : 1);

function verdict(
  judged: Judged,
  by: readonly Rule[],
  deniedBy: readonly Rule[],
  judgedOf: ReadonlyMap<Rule, Judged>,
  budget: Budget,
): VerdictOf<"redundant"> {
  const [only] = by;
  const other = only && by.length === 1 && deniedBy.length === 0 ? judgedOf.get(only) : undefined;
  const back = (use: Use): Within => ({ lists: [], terms: use.in.idsOf(judged.rule) });
  const isSame = other?.isWhole === true && typeof coverRule(other, back, budget) !== "string";
  return { kind: "redundant", judged, by, deniedBy, isSame };
}
