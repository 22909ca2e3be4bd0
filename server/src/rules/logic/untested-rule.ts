import type { Policy, PolicySet, Rule } from "../../policy/model.ts";
import { hasErrors } from "../analysis/conditions.ts";
import { allowsOnlyRetired } from "../analysis/credentials.ts";
import { decidedRules } from "../analysis/tests.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const untestedRule = lintRule({
  id: "untested-rule",
  category: "logic",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:PR.AA-05", "NIST-CSF-2.0:ID.IM-02"],
  fixable: false,
  check,
});

/** Only where the control plane has scenarios: without any, one would be said of every rule. */
function check({ set, tests, logic }: LintContext): readonly RuleFinding[] {
  if (tests.length === 0) return [];
  const decided = decidedRules(tests);
  // A rule that decides nothing has a finding of its own, and no scenario could change that.
  const odd = new Set(
    logic.verdicts.flatMap(({ kind, judged }) =>
      kind === "conflicting" || kind === "condition-always-true" ? [] : [judged.rule],
    ),
  );
  return set.policies.flatMap((policy) => {
    const untested = policy.rules.filter(
      (rule) =>
        rule.mode === "enforce" &&
        !hasErrors(rule) &&
        !namesNobody(rule, set) &&
        !allowsOnlyRetired(rule, set) &&
        !decided.has(rule.id) &&
        !odd.has(rule),
    );
    return untested.length > 1 && untested.length === policy.rules.length
      ? [ofPolicy(policy)]
      : untested.map(ofRule);
  });
}

/** A name that nobody declared has its finding, and until it is mended the rule may well decide nothing. */
function namesNobody(
  { subjects = [], onBehalfOf = [], on }: Rule,
  { identities, resources }: PolicySet,
): boolean {
  return (
    [...subjects, ...onBehalfOf].some((name) => !identities.has(name.text)) ||
    on.some((target) => !resources.has(target.resource.text))
  );
}

function ofRule(rule: Rule): RuleFinding {
  return {
    place: rule.name.place,
    message: `No scenario makes ${rule.id} decide, so that nobody notices when it changes. Add one that it ${rule.effect === "allow" ? "allows" : "denies"}; \`plumbline generate\` proposes some.`,
    data: { rule: rule.id },
  };
}

function ofPolicy({ name, rules }: Policy): RuleFinding {
  return {
    place: name.place,
    message: `No scenario makes any of the ${rules.length} rules of ${name.text} decide, so that nobody notices when they change. Add some; \`plumbline generate\` proposes them.`,
    data: { policy: name.text, rules: rules.map((rule) => rule.id) },
  };
}
