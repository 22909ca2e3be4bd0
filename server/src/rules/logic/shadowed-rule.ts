import { verdictsOf } from "../analysis/facts.ts";
import { removeRule } from "../analysis/rule-fixes.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { listed, together } from "../words.ts";

export const shadowedRule = lintRule({
  id: "shadowed-rule",
  category: "logic",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:PR.AA-05"],
  fixable: true,
  check,
});

function check({ logic, files }: LintContext): readonly RuleFinding[] {
  return verdictsOf(logic, "shadowed").map(({ judged: { rule }, by }) => ({
    place: rule.name.place,
    message: `${rule.id} never allows anything: ${listed(by)}${together(by)} ${by.length > 1 ? "deny" : "denies"} every request that it would allow, and a deny overrides every allow. Remove this rule, or narrow the deny.`,
    related: by.map((one) => ({
      place: one.name.place,
      message: by.length > 1 ? `${one.id} denies a part of it.` : `${one.id} denies all of it.`,
    })),
    data: { rule: rule.id, rules: by.map((one) => one.id) },
    fixes: removeRule(rule, files),
  }));
}
