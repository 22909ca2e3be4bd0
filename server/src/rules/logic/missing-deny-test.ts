import { decidedRules, resourcesDenied } from "../analysis/tests.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const missingDenyTest = lintRule({
  id: "missing-deny-test",
  category: "logic",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:PR.AA-05", "NIST-CSF-2.0:ID.IM-02"],
  fixable: false,
  check,
});

/**
 * A policy has scenarios where one of its rules decides one. A scenario that expects a denial is about no rule but
 * about a resource: one on any resource of the policy is enough.
 */
function check(context: LintContext): readonly RuleFinding[] {
  const decided = decidedRules(context.tests);
  if (decided.size === 0) return [];
  const denied = resourcesDenied(context);
  return context.set.policies.flatMap((policy) => {
    const shown = policy.rules.filter((rule) => rule.effect === "allow" && decided.has(rule.id));
    const resources = [
      ...new Set(policy.rules.flatMap((rule) => rule.on.map((target) => target.resource.text))),
    ];
    if (shown.length === 0 || resources.some((name) => denied.has(name))) return [];
    const count = shown.length === 1 ? "one rule" : `${shown.length} rules`;
    const about = resources.slice(0, 4);
    return [
      {
        place: policy.name.place,
        message: `Scenarios show what ${count} of ${policy.name.text} allow${shown.length === 1 ? "s" : ""}, and none shows what it keeps out: a rule that allows too much passes them all. Add a scenario for ${inWords(about, "or")} that expects \`decision: deny\`, with the nearest request that must not pass.`,
        data: { policy: policy.name.text, resources },
      },
    ];
  });
}
