/** The conditions of rules, for rules that look at how they are written and what they read. */
import type { Attribute } from "../../access/attribute.ts";
import type { PolicySet, Rule, RuleCondition } from "../../policy/model.ts";
import type { Place } from "../../text/place.ts";

export interface Conditioned {
  readonly rule: Rule;
  readonly condition: RuleCondition;
}

/** What is wrong there has a finding already, and until it is mended the condition says nothing for certain. */
export function hasErrors({ unsound, condition }: Rule): boolean {
  return unsound === true || condition?.compiled.problems.some((one) => one.severity === "error") === true;
}

/** Those without errors, of rules of any effect. */
export function soundConditions(set: PolicySet): readonly Conditioned[] {
  return set.policies.flatMap((policy) =>
    policy.rules.flatMap((rule) => {
      const { condition } = rule;
      return condition === undefined || hasErrors(rule) ? [] : [{ rule, condition }];
    }),
  );
}

/** Whether the condition of the rule reads such an attribute, wherever and for whatever. */
export function readsAttribute({ condition }: Rule, isMeant: (attribute: Attribute) => boolean): boolean {
  return condition?.compiled.attributes.some(({ attribute }) => isMeant(attribute)) === true;
}

/** A named condition is part of every rule that asks for it: what is said of it is said once, at the first of them. */
export function oncePerPlace<T extends { readonly place: Place }>(findings: readonly T[]): readonly T[] {
  const said = new Map<unknown, Set<number>>();
  return findings.filter(({ place: { block, start } }) => {
    const starts = said.get(block) ?? new Set();
    said.set(block, starts);
    if (starts.has(start)) return false;
    starts.add(start);
    return true;
  });
}
