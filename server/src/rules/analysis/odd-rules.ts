import type { Rule } from "../../policy/model.ts";
import type { LintContext } from "../lint-rule.ts";
import { hasErrors } from "./conditions.ts";

/** Rules whose condition or whole has a finding already, of which what is wrong there is a part: one cause, one finding. */
export function oddRules({ set, logic }: Pick<LintContext, "set" | "logic">): ReadonlySet<Rule> {
  const broken = set.policies.flatMap((policy) => policy.rules.filter(hasErrors));
  const judged = logic.verdicts.flatMap(({ kind, judged: { rule } }) =>
    kind === "conflicting" ? [] : [rule],
  );
  return new Set([...broken, ...judged]);
}
