/** The conditions of rules, for rules that look at how they are written. */
import type { PolicySet, Rule, RuleCondition } from "../../policy/model.ts";
import type { RuleFinding } from "../lint-rule.ts";

export interface Conditioned {
  readonly rule: Rule;
  readonly condition: RuleCondition;
}

/** Those without errors, of rules of any effect. */
export function soundConditions(set: PolicySet): readonly Conditioned[] {
  return set.policies.flatMap((policy) =>
    policy.rules.flatMap((rule) => {
      const { condition } = rule;
      if (condition === undefined || rule.unsound) return [];
      return condition.compiled.problems.some((one) => one.severity === "error") ? [] : [{ rule, condition }];
    }),
  );
}

/** A named condition is part of every rule that asks for it: what is said of it is said once, at the first of them. */
export function oncePerPlace(findings: readonly RuleFinding[]): readonly RuleFinding[] {
  const said = new Map<unknown, Set<number>>();
  return findings.filter(({ place: { block, start } }) => {
    const starts = said.get(block) ?? new Set();
    said.set(block, starts);
    if (starts.has(start)) return false;
    starts.add(start);
    return true;
  });
}
