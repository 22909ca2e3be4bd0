/** One resource in one environment: what its policy newly allows and newly denies, and which rules do it. */
import { comparisonBudget } from "../access/compare.ts";
import { termHolds } from "../access/evaluate-terms.ts";
import type { Lost } from "../access/hop.ts";
import type { Interaction } from "../access/interaction.ts";
import { termKey } from "../access/terms.ts";
import { lowerRules } from "../policy/lower/resource.ts";
import type { LoweredRule } from "../policy/lower/rules.ts";
import type { PolicySet, Rule } from "../policy/model.ts";
import { type Comparand, compareReady, readyComparison, sameTerms } from "./compare-access.ts";
import type { SideWitness } from "./compare-report.ts";
import { type PolicySide, policyComparands } from "./policy-comparands.ts";
import type { CallerNames } from "./semantic-diff-callers.ts";
import { type Allowance, type LoweredSide, type RuleCause, ruleCauses } from "./semantic-diff-causes.ts";
import { definitionKey } from "./semantic-diff-definitions.ts";
import { causeInWords } from "./semantic-diff-message.ts";
import type {
  DecisionChange,
  DefinitionChange,
  DiffRule,
  DiffSide,
  ResourceDiff,
} from "./semantic-diff-report.ts";
import { diffRule, type RulePairs } from "./semantic-diff-rules.ts";
import { definitionsUsed } from "./semantic-diff-uses.ts";

/** A change in one environment, before it is told together with those of the others. */
export interface LocalChange
  extends Pick<
    DecisionChange,
    "kind" | "resource" | "region" | "cause" | "witness" | "baseRules" | "currentRules" | "because"
  > {
  readonly environment: string;
  /** The rule that it is about, on the side where it makes the difference. */
  readonly about: DiffRule;
}

export interface ComparedResource extends Omit<ResourceDiff, "name" | "presence"> {
  readonly changes: readonly LocalChange[];
  readonly witnesses: readonly SideWitness[];
  readonly unknown: readonly Lost[];
  readonly lost: readonly Lost[];
  readonly assumptions: readonly string[];
}

/** Both versions of one environment. One that is not there is undefined, and `absent` says so. */
export interface ComparedEnvironment {
  readonly name: string;
  readonly base: PolicySide | undefined;
  readonly current: PolicySide | undefined;
  readonly absent: string;
  readonly pairs: RulePairs;
  readonly definitions: readonly DefinitionChange[];
  readonly names: CallerNames;
  readonly allowance: Allowance;
}

const otherSide = { base: "current", current: "base" } as const;

export function compareResource(resource: string, environment: ComparedEnvironment): ComparedResource {
  const { base, current, absent } = environment;
  const sides = policyComparands(resource, base, current, absent);
  const same = sameTerms(sides.left, sides.right);
  if (same !== undefined) return { ...same, complete: true, changes: [] };
  const ready = readyComparison(sides.left, sides.right, sides.context);
  const compared = compareReady(sides.left, sides.right, ready);
  const lowered: Lowered = {
    base: loweredSide(base, resource, sides.left),
    current: loweredSide(current, resource, sides.right),
  };
  const teller = new Teller(resource, environment, lowered);
  const steps = comparisonBudget();
  const changes: LocalChange[] = [];
  let complete = true;
  const ask = (kind: DecisionChange["kind"], allowing: DiffSide): void => {
    const denying = otherSide[allowing];
    const found = ruleCauses({
      newly: kind === "newly-allows" ? "allows" : "denies",
      allowing: lowered[allowing],
      denying: lowered[denying],
      options: ready.options,
      budget: steps,
      names: environment.names,
      allowance: environment.allowance,
    });
    complete &&= found.complete;
    for (const cause of found.causes) {
      const side = cause.effect === "allow" ? allowing : denying;
      changes.push(teller.change(kind, cause, side, ready.witness(cause.assignment)));
    }
  };
  if (compared.newlyAllows === "yes") ask("newly-allows", "current");
  if (compared.newlyDenies === "yes") ask("newly-denies", "base");
  return { ...compared, complete, changes };
}

type Lowered = Readonly<Record<DiffSide, LoweredSide>>;

function loweredSide(side: PolicySide | undefined, name: string, { access }: Comparand): LoweredSide {
  const resource = side?.set.resources.get(name);
  if (side === undefined || resource === undefined) return { rules: [], access };
  return { rules: lowerRules(side.set, resource, side.environment), access };
}

/** Makes changes of causes: which rules of both sides to show, and which changed names are behind them. */
class Teller {
  /** By side: nothing says that a rule which did not change is another object. */
  readonly #lowered: Readonly<Record<DiffSide, ReadonlyMap<Rule, LoweredRule>>>;

  constructor(
    private readonly resource: string,
    private readonly environment: ComparedEnvironment,
    lowered: Lowered,
  ) {
    const byRule = ({ rules }: LoweredSide) => new Map(rules.map((one) => [one.rule, one]));
    this.#lowered = { base: byRule(lowered.base), current: byRule(lowered.current) };
  }

  change(
    kind: DecisionChange["kind"],
    cause: RuleCause,
    side: DiffSide,
    witness: DecisionChange["witness"],
  ): LocalChange {
    const { rule } = cause;
    const pair = this.environment.pairs.of(rule);
    const counterpart = side === "base" ? pair.current : pair.base;
    // Of the rules of the other side that take part somewhere, those that decide what is shown.
    const others = cause.others.filter((one) => this.#holdsOn(one, otherSide[side], witness.request));
    const mine: readonly Rule[] = [rule];
    const theirs = [...new Set([...(counterpart === undefined ? [] : [counterpart]), ...others])];
    const told = (one: Rule, of: DiffSide): DiffRule =>
      diffRule(one, of, this.environment.pairs, this.#isSame(one));
    const about = told(rule, side);
    const because = this.#because(pair.base, pair.current);
    return {
      kind,
      resource: this.resource,
      environment: this.environment.name,
      region: cause.region,
      cause: causeInWords(about, because),
      witness,
      about,
      baseRules: (side === "base" ? mine : theirs).map((one) => told(one, "base")),
      currentRules: (side === "current" ? mine : theirs).map((one) => told(one, "current")),
      because,
    };
  }

  #holdsOn(rule: Rule, side: DiffSide, request: Interaction): boolean {
    return this.#lowered[side].get(rule)?.terms.some((term) => termHolds(term, request) !== false) === true;
  }

  /** Whether a rule says the same here as it did. */
  #isSame(rule: Rule): boolean {
    const { base, current } = this.environment.pairs.of(rule);
    const keys = (side: DiffSide, one: Rule | undefined): ReadonlySet<string> =>
      new Set(one && this.#lowered[side].get(one)?.terms.map(termKey));
    const [before, after] = [keys("base", base), keys("current", current)];
    return before.size === after.size && [...before].every((key) => after.has(key));
  }

  /** The changed names that a rule uses which was there before; a new rule is reason enough by itself. */
  #because(base: Rule | undefined, current: Rule | undefined): readonly DefinitionChange[] {
    const { definitions, base: before, current: after } = this.environment;
    if (base === undefined || current === undefined) return [];
    const used = new Set([
      ...this.#uses(base, before ?? after, before?.set ?? after?.set),
      ...this.#uses(current, after ?? before, after?.set ?? before?.set),
    ]);
    const direct = definitions.filter((one) => used.has(definitionKey(one)));
    // Where all of an environment came or went, everything in it did.
    const whole = direct.filter((one) => one.kind === "environment");
    if (whole.length > 0) return whole;
    if (direct.length > 0) return direct;
    // An operation takes its paths from a less concrete one, which need not be named in the rule.
    return this.#isSame(current)
      ? []
      : definitions.filter((one) => one.kind === "operation" && one.container === this.resource);
  }

  #uses(rule: Rule, side: PolicySide | undefined, set: PolicySet | undefined): Iterable<string> {
    if (side === undefined || set === undefined) return [];
    return definitionsUsed(rule, set, this.resource, side.environment);
  }
}
