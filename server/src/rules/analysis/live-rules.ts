/**
 * The control plane without what lets nothing through, for rules about what allow rules let through: one cause gives one
 * finding. An allow rule with an error, of which the condition is always false, that is unreachable or shadowed, has a
 * finding that says so. So has a name that nobody declared, and an identity that is retired and still stands in a rule.
 */
import type { PolicySet, Rule, Written } from "../../policy/model.ts";
import type { LetsThrough, LintContext } from "../lint-rule.ts";
import { hasErrors } from "./conditions.ts";
import { switchedOff } from "./credentials.ts";

/** Rules stay the same objects where nothing is left out of them. */
export function withLiveRules(context: LintContext, letsThrough: LetsThrough): LintContext {
  const { set, environments, logic, today, allowed } = context;
  const dead = new Set<Rule>(
    logic.verdicts.flatMap(({ kind, judged: { rule } }) =>
      kind === "condition-always-false" || kind === "unreachable" || kind === "shadowed" ? [rule] : [],
    ),
  );
  const isOff = ({ text }: Written): boolean => {
    const identity = set.identities.get(text);
    return letsThrough === "active" && identity !== undefined && switchedOff(identity, today) !== undefined;
  };
  const isUnknown = ({ text }: Written): boolean => !set.identities.has(text);
  const policies = set.policies.map((policy) => ({
    ...policy,
    rules: policy.rules.flatMap((rule) => {
      if (rule.effect === "deny") return [rule];
      return dead.has(rule) || hasErrors(rule) ? [] : withCallers(rule, isOff, isUnknown);
    }),
  }));
  const live = (one: PolicySet): PolicySet => ({ ...one, policies });
  return {
    ...context,
    set: live(set),
    environments: environments.map((one) => ({ ...one, set: live(one.set) })),
    logic,
    allowed,
  };
}

/**
 * Nothing where nobody is left among its subjects, or among those on whose behalf they act. A name that nobody declared
 * stays beside others, since nothing is known of who is meant.
 */
function withCallers(
  rule: Rule,
  isOff: (name: Written) => boolean,
  isUnknown: (name: Written) => boolean,
): readonly Rule[] {
  const { subjects, onBehalfOf } = rule;
  const lists = [subjects, onBehalfOf].filter((list) => list !== undefined);
  if (lists.some((list) => list.every((one) => isOff(one) || isUnknown(one)))) return [];
  if (!lists.some((list) => list.some(isOff))) return [rule];
  const inUse = (list: Rule["subjects"]) => list?.filter((one) => !isOff(one));
  return [{ ...rule, subjects: inUse(subjects), onBehalfOf: inUse(onBehalfOf) }];
}
