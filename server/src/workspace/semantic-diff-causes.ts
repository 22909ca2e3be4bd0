/** Which rules of a resource make a difference, each with a request that shows it and the region in words. */
import type { Assignment } from "../access/assignment.ts";
import type { Budget } from "../access/budget.ts";
import { type CompareOptions, newlyAllowed, newlyDenied } from "../access/compare.ts";
import type { AccessFunction, Origin, Term, Terms } from "../access/predicate.ts";
import { type Cause, differenceCauses } from "../access/responsible.ts";
import { termKey } from "../access/terms.ts";
import type { LoweredRule } from "../policy/lower/rules.ts";
import type { Rule } from "../policy/model.ts";
import type { CallerNames } from "./semantic-diff-callers.ts";
import { regionInWords } from "./semantic-diff-region.ts";

/** One side: the rules that speak of the resource, and all of them as one function. */
export interface LoweredSide {
  readonly rules: readonly LoweredRule[];
  readonly access: AccessFunction;
}

/**
 * `allow`: a rule of the allowing side that lets the requests in, for which the other side has no allow rule. `deny`:
 * a rule of the denying side that stops what its own allow rules would let in.
 */
export interface RuleCause {
  readonly effect: "allow" | "deny";
  readonly rule: Rule;
  /** Rules of the other side that take part: those that deny, or that allow what is denied now. */
  readonly others: readonly Rule[];
  readonly region: string;
  readonly assignment: Assignment;
}

export interface Question {
  /** Whether the allowing side is the current one. */
  readonly newly: "allows" | "denies";
  readonly allowing: LoweredSide;
  readonly denying: LoweredSide;
  readonly options: Pick<CompareOptions, "impossible" | "hints" | "confirm">;
  readonly budget: Budget;
  readonly names: CallerNames;
  readonly allowance: Allowance;
}

/**
 * How much may still be said of one environment: one changed identity may be in thousands of rules, and nobody reads
 * that. The same for each environment, so that what is the same in several of them is said alike.
 */
export interface Allowance {
  /** Terms that are told apart. */
  causes: number;
  /** Regions that are narrowed down to what differs. */
  regions: number;
}

export const wholeAllowance = (): Allowance => ({ causes: 160, regions: 48 });

/** So many terms are told apart; of one rule, several may be joined in one region. */
const mostCauses = 96;

/** The rules responsible for what `allowing` allows and `denying` denies, in the order of their files. */
export function ruleCauses(question: Question): {
  readonly causes: readonly RuleCause[];
  readonly complete: boolean;
} {
  const { newly, allowing, denying, options, budget, allowance } = question;
  const labels = new Map<string, Rule>();
  const { causes, complete } = differenceCauses(
    byTerm(allowing, "allowing", labels),
    byTerm(denying, "denying", labels),
    {
      ...options,
      budget,
      allowingIs: newly === "allows" ? "right" : "left",
      most: Math.min(mostCauses, Math.max(1, allowance.causes)),
    },
  );
  allowance.causes -= causes.length;
  const byRule = new Map<Rule, Cause[]>();
  for (const cause of causes) {
    const [responsible] = cause.kind === "not-allowed" ? cause.allowOrigins : cause.denyOrigins;
    const rule = responsible && labels.get(responsible.label);
    if (rule === undefined) throw new Error("a cause of no rule");
    byRule.set(rule, [...(byRule.get(rule) ?? []), cause]);
  }
  return byRule.size > 0
    ? { causes: [...byRule].map(([rule, own]) => ruleCause(rule, own, labels, question)), complete }
    : { causes: anyCause(question), complete: false };
}

/** Where causes were too complex to find: the difference is certain all the same, and a rule takes part in it. */
function anyCause(question: Question): readonly RuleCause[] {
  const { allowing, denying } = question;
  const { answer } = differenceOf(allowing.access, denying.access, question);
  const [first] = answer.answer === "yes" ? answer.witnesses : [];
  const key = first && termKey(first.allowTerm);
  const found = allowing.rules.find(({ terms }) => terms.some((term) => termKey(term) === key));
  if (first === undefined || found === undefined) return [];
  const within = { term: first.allowTerm, except: [], sound: false };
  const region = regionInWords([within], question.names, identitiesOf([found.rule]));
  return [{ effect: "allow", rule: found.rule, others: [], region, assignment: first.assignment }];
}

/** Each term as if it were a rule of its own, so that each is asked for; the label leads back to its rule. */
function byTerm(side: LoweredSide, name: string, labels: Map<string, Rule>): AccessFunction {
  const labelled = (effect: Rule["effect"]): Terms =>
    side.rules
      .filter(({ rule }) => rule.effect === effect)
      .flatMap(({ rule, terms }) =>
        terms.map((term): Term => {
          const origin: Origin = { label: `${name} ${labels.size}` };
          labels.set(origin.label, rule);
          return { literals: term.literals, origins: [origin] };
        }),
      );
  return { allow: labelled("allow"), deny: labelled("deny"), opaque: side.access.opaque };
}

function ruleCause(
  rule: Rule,
  causes: readonly Cause[],
  labels: ReadonlyMap<string, Rule>,
  question: Question,
): RuleCause {
  // What no deny rule of the other side stops as well shows best what this rule does.
  const [first] = [...causes].sort((a, b) => a.denyOrigins.length - b.denyOrigins.length);
  if (first === undefined) throw new Error(`nothing shows that ${rule.id} is responsible`);
  const rulesOf = (origins: readonly Origin[]): readonly Rule[] => [
    ...new Set(origins.flatMap(({ label }) => labels.get(label) ?? [])),
  ];
  const isAllow = rule.effect === "allow";
  const others = rulesOf(causes.flatMap((one) => (isAllow ? one.denyOrigins : one.allowOrigins)));
  const regions = causes.map((cause) => regionOf(cause, question.allowance));
  return {
    effect: rule.effect,
    rule,
    others,
    region: regionInWords(regions, question.names, identitiesOf([rule, ...others])),
    assignment: first.witness.assignment,
  };
}

/** Beyond the allowance, what is known without asking: that the difference lies in the term. */
function regionOf(cause: Cause, allowance: Allowance): Pick<Cause["region"], "term" | "except" | "sound"> {
  if (allowance.regions <= 0) return { term: cause.witness.allowTerm, except: [], sound: false };
  allowance.regions--;
  return cause.region;
}

function identitiesOf(rules: readonly Rule[]): ReadonlySet<string> {
  return new Set(
    rules.flatMap(({ subjects = [], onBehalfOf = [] }) =>
      [...subjects, ...onBehalfOf].map((name) => name.text),
    ),
  );
}

function differenceOf(
  allowing: AccessFunction,
  denying: AccessFunction,
  { newly, options, budget }: Question,
) {
  const shared = { ...options, budget, maxWitnesses: 1 };
  return newly === "allows"
    ? newlyAllowed(denying, allowing, shared)
    : newlyDenied(allowing, denying, shared);
}
