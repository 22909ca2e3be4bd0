import { constraintsOf } from "../../cel/schema-constraints.ts";
import { hasErrors } from "../analysis/conditions.ts";
import { verdictsOf } from "../analysis/facts.ts";
import { removeCondition } from "../analysis/rule-fixes.ts";
import { hasInvalidSpiffeId } from "../analysis/spiffe-ids.ts";
import type { VerdictOf } from "../analysis/verdict.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords, placeOfPart } from "../words.ts";

export const conditionAlwaysTrue = lintRule({
  id: "condition-always-true",
  category: "logic",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:PR.AA-05", "OWASP-NHI-2025:NHI5"],
  fixable: true,
  check,
});

function check({ logic }: LintContext): readonly RuleFinding[] {
  const verdicts = verdictsOf(logic, "condition-always-true").filter(
    ({ judged }) => !hasInvalidSpiffeId(judged.rule) && !hasErrors(judged.rule),
  );
  return verdicts.map((verdict) => {
    const { judged, parts } = verdict;
    const { rule } = judged;
    return {
      place: rule.condition?.place ?? placeOfPart(rule, "condition"),
      message: `This condition limits nothing: it is ${rule.effect === "allow" ? "true" : "true, or cannot be decided,"} on every request${on(verdict)}. ${rule.id} ${rule.effect === "allow" ? "allows" : "denies"} the same without it.${bySchema(verdict)} Correct it if a limit was meant, else remove it.`,
      related: parts.map((part) => ({
        place: placeOfPart(rule, part),
        message: `\`${part}\` implies the condition${parts.length > 1 ? ", with the others" : ""}.`,
      })),
      data: { rule: rule.id },
      fixes: removeCondition(rule),
    };
  });
}

/** A read that breaks the schema is an error, by which a deny applies and an allow does not. */
function bySchema({ bySchema: isBySchema, judged: { rule } }: VerdictOf<"condition-always-true">): string {
  if (!isBySchema) return "";
  const reads = rule.condition?.compiled.reads.filter(({ type }) => constraintsOf(type) !== undefined) ?? [];
  const paths = [...new Set(reads.map((read) => read.path))];
  const whose = paths.length > 1 ? "The schemas of" : "The schema of";
  return ` ${whose} ${inWords(paths)} ${paths.length > 1 ? "say" : "says"} as much already.`;
}

const implying: Readonly<Record<VerdictOf<"condition-always-true">["parts"][number], string>> = {
  on: "that `on` names",
  subjects: "by its `subjects`",
  requires: "that meets `requires`",
};

function on({ parts }: VerdictOf<"condition-always-true">): string {
  return parts.length === 0 ? "" : ` ${inWords(parts.map((part) => implying[part]))}`;
}
