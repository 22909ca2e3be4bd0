import type { Rule } from "../../policy/model.ts";
import type { LintContext } from "../lint-rule.ts";

/** Rules whose condition or whole has a finding already, of which what is wrong there is a part: one cause, one finding. */
export function oddRules({ logic }: Pick<LintContext, "logic">): ReadonlySet<Rule> {
  return new Set(logic.verdicts.flatMap(({ kind, judged }) => (kind === "conflicting" ? [] : [judged.rule])));
}

export function hasErrors({ unsound, condition }: Rule): boolean {
  return unsound === true || condition?.compiled.problems.some((one) => one.severity === "error") === true;
}
