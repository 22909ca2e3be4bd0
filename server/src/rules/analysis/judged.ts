/** The rules of a control plane wherever they apply, and the questions that are asked of all of these places at once. */
import type { Budget } from "../../access/budget.ts";
import type { Literal } from "../../access/predicate.ts";
import type { TermId } from "../../access/term-table.ts";
import type { Resource, Rule } from "../../policy/model.ts";
import { hasErrors } from "./conditions.ts";
import type { Plane } from "./plane.ts";
import { RuleSpace, type Use } from "./rule-space.ts";
import type { Within } from "./space.ts";

/** A rule without an error, and what it is in each place that is known. */
export interface Judged {
  readonly rule: Rule;
  /** By resource and environment. */
  readonly uses: readonly Use[];
  /**
   * Everything that it is about is known. Of a rule for which this is not so nothing can be said as a whole; where it
   * is known it counts for the rules beside it all the same.
   */
  readonly isWhole: boolean;
}

/** Every rule without an error, in each environment. */
export function judgedRules({ set, environments, isBroken }: Plane): readonly Judged[] {
  const rules = set.policies.flatMap((policy) => policy.rules);
  const isKnown = (resource: Resource | undefined): resource is Resource =>
    resource !== undefined &&
    !isBroken(resource.name) &&
    resource.incomplete !== true &&
    // Comparison knows canonical paths only; here the decision depends on others, too.
    resource.ambiguousPaths !== "accept";
  const about = new Map<string, Rule[]>();
  for (const rule of rules)
    for (const name of new Set(rule.on.map((target) => target.resource.text))) {
      const known = about.get(name);
      if (known === undefined) about.set(name, [rule]);
      else known.push(rule);
    }
  const uses = new Map<Rule, Use[]>(rules.map((rule) => [rule, []]));
  for (const [name, ofResource] of about) {
    const resource = set.resources.get(name);
    if (!isKnown(resource)) continue;
    for (const { environment, set: here } of environments) {
      const space = new RuleSpace(resource, { set: here, environment });
      for (const rule of ofResource)
        if (!hasErrors(rule)) uses.get(rule)?.push(space.use(rule, rule.mode === "enforce"));
    }
  }
  return rules.flatMap((rule) => {
    const own = uses.get(rule) ?? [];
    const isWhole = rule.on.every((target) => isKnown(set.resources.get(target.resource.text)));
    return own.length === 0 ? [] : [{ rule, uses: own, isWhole }];
  });
}

/** Some rules alone, as if there were no others. */
export function judgedAlone(plane: Plane, isMeant: (rule: Rule) => boolean): readonly Judged[] {
  const policies = plane.set.policies.map((policy) => ({ ...policy, rules: policy.rules.filter(isMeant) }));
  return policies.every((policy) => policy.rules.length === 0)
    ? []
    : judgedRules({ ...plane, set: { ...plane.set, policies } });
}

/** The terms that cover a rule, in each place where it applies. */
export type Covered = readonly { readonly use: Use; readonly by: readonly TermId[] }[];

/** Whether all that the rule applies to lies in what `within` gives for each place. */
export function coverRule(
  { uses }: Judged,
  within: (use: Use) => Within,
  budget: Budget,
): Covered | "uncovered" | "too-complex" {
  const covered: { use: Use; by: readonly TermId[] }[] = [];
  let isTooComplex = false;
  for (const use of uses) {
    const lists = within(use);
    for (const id of use.ids) {
      if (budget.remaining <= 0) return "too-complex";
      const answer = use.in.space.cover(id, lists, budget);
      if (answer === "uncovered") return "uncovered";
      if (answer === "too-complex") isTooComplex = true;
      else covered.push({ use, by: answer.by });
    }
  }
  return isTooComplex ? "too-complex" : covered;
}

/** What a rule is made of: a request has to fulfil all parts. */
export type Part = "subjects" | "on" | "requires" | "condition";

/** The places where the rule names something at all; where there are none, `on` alone rules every request out. */
export function placesOf({ uses }: Judged): readonly Use[] {
  return uses.filter((use) => use.factors !== undefined);
}

/**
 * Whether no request fulfils these parts of the rule at once, in any place. `otherwise`: for its condition, where the
 * condition keeps the rule from applying instead of where it lets it.
 */
export function isEmpty(
  judged: Judged,
  parts: ReadonlySet<Part>,
  budget: Budget,
  options: { readonly otherwise?: boolean; readonly anyEnvironment?: true } = {},
): boolean | "too-complex" {
  let isTooComplex = false;
  for (const use of placesOf(judged)) {
    for (const literals of products(judged.rule, use, parts, options.otherwise === true)) {
      if (budget.remaining <= 0) return "too-complex";
      const answer = use.in.space.isEmpty(literals, budget, options);
      if (answer === false) return false;
      if (answer === "too-complex") isTooComplex = true;
    }
  }
  return isTooComplex ? "too-complex" : true;
}

/** One by one, since the first one mostly tells. */
function* products(
  rule: Rule,
  { factors }: Use,
  parts: ReadonlySet<Part>,
  otherwise: boolean,
): Generator<readonly Literal[]> {
  if (factors === undefined) return;
  const any = [{ literals: [] }];
  const required = parts.has("requires") ? factors.required : [];
  const conditions = otherwise ? exceptions(rule) : factors.conditions;
  for (const condition of parts.has("condition") ? conditions : any)
    for (const caller of parts.has("subjects") ? factors.callers : any)
      for (const target of parts.has("on") ? factors.targets : any)
        yield [...caller.literals, ...target.literals, ...condition.literals, ...required];
}

/** Where the condition keeps the rule from applying: not true for an allow, false for a deny. */
function exceptions({ effect, condition }: Rule): readonly { readonly literals: readonly Literal[] }[] {
  const partition = condition?.compiled.partition;
  if (partition === undefined) return [];
  return effect === "deny" ? partition.false : [...partition.false, ...partition.error];
}
