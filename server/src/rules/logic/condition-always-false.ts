import type { Rule } from "../../policy/model.ts";
import { hasErrors } from "../analysis/conditions.ts";
import { verdictsOf } from "../analysis/facts.ts";
import { removeRule } from "../analysis/rule-fixes.ts";
import { hasInvalidSpiffeId } from "../analysis/spiffe-ids.ts";
import type { VerdictOf } from "../analysis/verdict.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords, placeOfPart } from "../words.ts";

export const conditionAlwaysFalse = lintRule({
  id: "condition-always-false",
  category: "logic",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:PR.AA-05"],
  fixable: true,
  check,
});

function check({ logic, files }: LintContext): readonly RuleFinding[] {
  const verdicts = verdictsOf(logic, "condition-always-false").filter(
    ({ judged }) => !hasInvalidSpiffeId(judged.rule) && !hasErrors(judged.rule),
  );
  return verdicts.map((verdict) => {
    const { rule } = verdict.judged;
    return {
      place: rule.condition?.place ?? placeOfPart(rule, "condition"),
      message: `${whatItIs(verdict)}, so that ${rule.id} never ${rule.effect === "allow" ? "allows" : "denies"} anything. ${advice(verdict)}`,
      data: { rule: rule.id },
      fixes: removeRule(rule, files),
    };
  });
}

function whatItIs({ judged: { rule }, within, isError }: VerdictOf<"condition-always-false">): string {
  const about = within === "any" ? "" : " that the rule is about";
  const reads = readsOf(rule);
  if (isError)
    return reads === undefined
      ? "This condition is an error on every request"
      : `This condition can be decided on no request${about}: ${reads} is missing there, or of another type`;
  return rule.effect === "allow"
    ? `This condition is true on no request${about}`
    : `This condition is false on every request${about}`;
}

function advice({ judged: { rule }, within, isError }: VerdictOf<"condition-always-false">): string {
  if (within === "on") {
    const resources = inWords([...new Set(rule.on.map((target) => target.resource.text))]);
    return `It contradicts what \`on\` names of ${resources}: correct one of the two, or remove the rule.`;
  }
  const reads = readsOf(rule);
  if (isError) return "Correct it, or remove the rule.";
  return reads === undefined
    ? "It reads nothing of the request. Correct it, or remove the rule."
    : `No value of ${reads} fulfils it: correct it, or remove the rule.`;
}

/** What the condition reads, as it is written there; undefined for nothing. */
function readsOf({ condition }: Rule): string | undefined {
  const paths = [...new Set(condition?.compiled.reads.map((read) => read.path))];
  return paths.length === 0 ? undefined : inWords(paths);
}
