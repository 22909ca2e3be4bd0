/**
 * What the access functions say about the rules of a control plane. Something is said only where it holds in every
 * environment, under every value of what cannot be compared, and where the budget was enough to know it.
 */
import { type Budget, budget as steps } from "../../access/budget.ts";
import type { Rule } from "../../policy/model.ts";
import { deadEntries } from "./conflicts.ts";
import { allowsOnlyRetired } from "./credentials.ts";
import { saysNothing, whyAlwaysTrue, whyEmpty } from "./emptiness.ts";
import { coveringRules, fewest } from "./evidence.ts";
import { coverRule, isEmpty, type Judged, judgedRules, type Part } from "./judged.ts";
import type { Plane } from "./plane.ts";
import { type Candidate, insteadOf, putBack, redundantRules, takeOut } from "./redundancy.ts";
import type { Verdict, VerdictOf } from "./verdict.ts";

export interface LogicFacts {
  /** In the order of the rules. */
  readonly verdicts: readonly Verdict[];
  /** Rules of which it was too complex to find out whether they change any decision, or their condition anything. */
  readonly undecided: readonly Rule[];
}

/** Some hundred milliseconds at worst for a thousand rules, since it is done again at each keystroke. */
const analysisBudget = (rules: number): Budget => steps(Math.min(2_000_000, 400_000 + 200 * rules));

export function logicFacts(plane: Plane, budget?: Budget): LogicFacts {
  const all = judgedRules(plane);
  return new Analysis(all, budget ?? analysisBudget(all.length)).facts();
}

export function verdictsOf<K extends Verdict["kind"]>(
  { verdicts }: LogicFacts,
  kind: K,
): readonly VerdictOf<K>[] {
  return verdicts.filter((one): one is VerdictOf<K> => one.kind === kind);
}

const everyPart: ReadonlySet<Part> = new Set(["subjects", "on", "requires", "condition"]);

class Analysis {
  readonly #judgedOf: ReadonlyMap<Rule, Judged>;
  readonly #order: ReadonlyMap<Rule, number>;
  readonly #verdicts = new Map<Rule, Verdict[]>();
  readonly #undecided = new Set<Rule>();
  /**
   * Rules that no longer count for others. A condition that says nothing is a mistake of its own: what it makes of
   * other rules has the same cause and goes with it.
   */
  readonly #out = new Set<Rule>();
  readonly #alive: Judged[] = [];

  constructor(
    private readonly all: readonly Judged[],
    private readonly budget: Budget,
  ) {
    this.#judgedOf = new Map(all.map((one) => [one.rule, one]));
    this.#order = new Map(all.map((one, index) => [one.rule, index]));
  }

  facts(): LogicFacts {
    const whole = this.all.filter((one) => one.isWhole);
    const enforced = whole.filter((one) => one.rule.mode === "enforce");
    const vague = enforced
      .filter(({ rule }) => rule.condition !== undefined)
      .filter((one) => this.#known(one, saysNothing(one, this.budget)) === true);
    for (const one of vague) {
      this.#out.add(one.rule);
      takeOut(one);
    }
    for (const effect of ["deny", "allow"] as const) {
      const candidates = enforced
        .filter((one) => one.rule.effect === effect)
        .flatMap((one) => this.#judge(one) ?? []);
      const { verdicts: redundant, unproven } = redundantRules(
        candidates,
        this.#judgedOf,
        (rule) => this.#out.has(rule),
        this.budget,
      );
      for (const one of redundant) this.#say(one);
      for (const rule of unproven) this.#undecided.add(rule);
      const odd = new Set(redundant.map((one) => one.judged.rule));
      this.#alive.push(...candidates.flatMap(({ judged }) => (odd.has(judged.rule) ? [] : [judged])));
      for (const rule of odd) this.#out.add(rule);
    }
    for (const one of whole) if (one.rule.mode === "audit") this.#judgeAudited(one);
    const isVague = new Set(vague);
    for (const one of this.#alive) {
      if (isVague.has(one)) this.#say(whyAlwaysTrue(one, this.budget));
      if (one.rule.effect === "allow") this.#sayConflicts(one);
    }
    return {
      verdicts: this.all.flatMap(({ rule }) => this.#verdicts.get(rule) ?? []),
      undecided: this.all.flatMap(({ rule }) => (this.#undecided.has(rule) ? [rule] : [])),
    };
  }

  /** The rule as a candidate for being redundant; undefined where it has another verdict, or none. */
  #judge(judged: Judged): Candidate | undefined {
    const { rule } = judged;
    const counts = !this.#out.has(rule);
    if (counts) takeOut(judged);
    const covered = coverRule(judged, insteadOf(rule), this.budget);
    if (counts) putBack(judged);
    if (this.#known(judged, covered) === "uncovered") this.#alive.push(judged);
    if (typeof covered === "string") return undefined;
    const isNone = this.#known(judged, isEmpty(judged, everyPart, this.budget));
    if (isNone === true) this.#say(whyEmpty(judged, this.budget));
    if (isNone !== false) return undefined;
    const shadow = rule.effect === "allow" ? this.#shadow(judged) : undefined;
    if (shadow === undefined) return { judged, covered };
    this.#say(shadow);
    this.#out.add(rule);
    if (counts) takeOut(judged);
    return undefined;
  }

  #shadow(judged: Judged): VerdictOf<"shadowed"> | undefined {
    const denied = coverRule(judged, (use) => ({ lists: [use.in.denies] }), this.budget);
    if (typeof denied === "string") return undefined;
    const denies = coveringRules(denied, (rule) => this.#denies(rule));
    const by = fewest(judged, denies, this.budget);
    return by && { kind: "shadowed", judged, by };
  }

  #judgeAudited(judged: Judged): void {
    if (this.#known(judged, isEmpty(judged, everyPart, this.budget)) === true)
      this.#say(whyEmpty(judged, this.budget));
  }

  #sayConflicts(judged: Judged): void {
    const entries = deadEntries(judged, (rule) => this.#denies(rule), this.budget);
    if (entries.length > 0) this.#say({ kind: "conflicting", judged, entries });
  }

  #denies(rule: Rule): boolean {
    return rule.effect === "deny" && !this.#out.has(rule);
  }

  #say(verdict: Verdict | undefined): void {
    if (verdict === undefined || isForRetired(verdict)) return;
    const { rule } = verdict.judged;
    const said = this.#inOrder(verdict);
    const known = this.#verdicts.get(rule);
    if (known === undefined) this.#verdicts.set(rule, [said]);
    else known.push(said);
  }

  /** Evidence names rules in the order of the files, however it was found. */
  #inOrder(verdict: Verdict): Verdict {
    const order = (rule: Rule): number => this.#order.get(rule) ?? 0;
    const sorted = (rules: readonly Rule[]) => rules.toSorted((a, b) => order(a) - order(b));
    switch (verdict.kind) {
      case "condition-always-false":
      case "condition-always-true":
      case "unreachable":
        return verdict;
      case "shadowed":
        return { ...verdict, by: sorted(verdict.by) };
      case "redundant":
        return { ...verdict, by: sorted(verdict.by), deniedBy: sorted(verdict.deniedBy) };
      case "conflicting":
        return {
          ...verdict,
          entries: verdict.entries.map((entry) => ({ ...entry, by: sorted(entry.by) })),
        };
    }
  }

  #known<T>({ rule }: Judged, answer: T): T {
    if (answer === "too-complex") this.#undecided.add(rule);
    return answer;
  }
}

/** That nobody is left whom the rule allows has a finding of its own, where it names the retired identity. */
function isForRetired(verdict: Verdict): boolean {
  const { rule, uses } = verdict.judged;
  const set = uses[0]?.in.context.set;
  return verdict.kind === "unreachable" && verdict.parts.includes("subjects") && allowsOnlyRetired(rule, set);
}
