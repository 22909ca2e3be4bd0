/** Which rule of one version is which of the other: by name, else by what it says, so that a renamed rule is no news. */
import type { PolicySet, Rule } from "../policy/model.ts";
import { toValue } from "../text/tree.ts";
import type { DiffRule, DiffSide, RuleChange } from "./semantic-diff-report.ts";
import { stableJson } from "./stable-json.ts";

export interface RulePair {
  readonly base: Rule | undefined;
  readonly current: Rule | undefined;
}

export class RulePairs {
  readonly #byRule = new Map<Rule, RulePair>();

  constructor(base: PolicySet | undefined, current: PolicySet | undefined) {
    const [before, after] = [rulesOf(base), rulesOf(current)];
    this.#match(before, after, (rule) => rule.id);
    // Those that moved within their policy first: names of rules are unique in their policy only.
    this.#match(before, after, (rule) => `${rule.policy}\n${ruleText(rule)}`);
    this.#match(before, after, ruleText);
    for (const rule of before) if (!this.#byRule.has(rule)) this.#add({ base: rule, current: undefined });
    for (const rule of after) if (!this.#byRule.has(rule)) this.#add({ base: undefined, current: rule });
  }

  /** Each pair once: those of the current version in its order, then what went. */
  get all(): readonly RulePair[] {
    const pairs = new Set(this.#byRule.values());
    return [...pairs].sort((a, b) => Number(a.current === undefined) - Number(b.current === undefined));
  }

  /** The rule itself and what it is on the other side. `rule` is one of the sets that the pairs were made of. */
  of(rule: Rule): RulePair {
    const pair = this.#byRule.get(rule);
    if (pair === undefined) throw new Error(`${rule.id} is a rule of neither version`);
    return pair;
  }

  #match(before: readonly Rule[], after: readonly Rule[], key: (rule: Rule) => string): void {
    const open = new Map<string, Rule[]>();
    for (const rule of before) {
      if (this.#byRule.has(rule)) continue;
      const same = open.get(key(rule));
      if (same === undefined) open.set(key(rule), [rule]);
      else same.push(rule);
    }
    for (const current of after) {
      if (this.#byRule.has(current)) continue;
      const base = open.get(key(current))?.shift();
      if (base !== undefined) this.#add({ base, current });
    }
  }

  #add(pair: RulePair): void {
    if (pair.base !== undefined) this.#byRule.set(pair.base, pair);
    if (pair.current !== undefined) this.#byRule.set(pair.current, pair);
  }
}

/** A rule of one side as the report has it. `sameTerms`: it means the same as before, where the difference is. */
export function diffRule(rule: Rule, side: DiffSide, pairs: RulePairs, sameTerms: boolean): DiffRule {
  const pair = pairs.of(rule);
  const other = side === "base" ? pair.current : pair.base;
  return {
    id: rule.id,
    side,
    effect: rule.effect,
    place: rule.name.place,
    change: changeOf(pair, sameTerms),
    parts: changedParts(pair),
    ...(other === undefined || other.id === rule.id ? {} : { otherId: other.id }),
  };
}

function changeOf({ base, current }: RulePair, sameTerms: boolean): RuleChange {
  if (base === undefined) return "added";
  if (current === undefined) return "removed";
  if (base.mode !== current.mode) return "mode";
  if (sameTerms) return "unchanged";
  return isSameText(base, current) ? "reinterpreted" : "edited";
}

function isSameText(base: Rule, current: Rule): boolean {
  return ruleText(base) === ruleText(current) && base.unsound === current.unsound;
}

function changedParts({ base, current }: RulePair): readonly string[] {
  if (base === undefined || current === undefined) return [];
  const [before, after] = [decisiveParts(base), decisiveParts(current)];
  return [...new Set([...after.keys(), ...before.keys()])].filter(
    (part) => stableJson(before.get(part)) !== stableJson(after.get(part)),
  );
}

/** What of a rule's text has a say in decisions; neither its name nor how it is laid out. */
const undecisive = new Set(["name", "description", "obligations"]);
const texts = new WeakMap<Rule, string>();

function ruleText(rule: Rule): string {
  const known = texts.get(rule);
  if (known !== undefined) return known;
  const text = stableJson(decisiveParts(rule));
  texts.set(rule, text);
  return text;
}

function decisiveParts({ node }: Rule): ReadonlyMap<string, unknown> {
  return new Map(
    node.entries
      .filter(({ key }) => !undecisive.has(key.text))
      .map(({ key, value }) => [key.text, toValue(value)] as const),
  );
}

function rulesOf(set: PolicySet | undefined): readonly Rule[] {
  return (set?.policies ?? []).flatMap((policy) => policy.rules);
}
