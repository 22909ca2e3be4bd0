import type { Rule } from "../../policy/model.ts";
import type { Fix } from "../../text/fix.ts";
import { child } from "../../text/tree.ts";
import { isLetThrough } from "../analysis/allowed.ts";
import { enforcedAllows, targetsOf } from "../analysis/grants.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const missingBudget = lintRule({
  id: "missing-budget",
  category: "ai",
  traffic: ["ai"],
  controls: ["OWASP-LLM-2025:LLM10", "OWASP-ASI-2025:ASI08", "NIST-AI-RMF-1.0:MANAGE-2.4"],
  fixable: true,
  letsThrough: "active",
  check,
});

function check({ set, allowed }: LintContext): readonly RuleFinding[] {
  const rules = enforcedAllows(set);
  const given = new Set(rules.filter(alwaysGives).flatMap(givenBy));
  return rules.flatMap((rule) =>
    targetsOf(rule, set).flatMap(({ target, resource }) => {
      if (resource.type !== "model" || hasBudget(rule)) return [];
      if (isGiven(rule, resource.name, given)) return [];
      const subjects = rule.subjects?.filter((one) =>
        isLetThrough(allowed, rule, { target, subjects: [one] }),
      );
      if (subjects === undefined ? !isLetThrough(allowed, rule, { target }) : subjects.length === 0)
        return [];
      const who = rule.anonymous
        ? "anybody"
        : inWords(
            (subjects ?? []).map((one) => one.text),
            "or",
          );
      return [
        {
          place: target.resource.place,
          message: `${rule.id} lets ${who} call ${resource.name} without a budget: one loop or one leaked credential spends without an end. Say in \`obligations.budgets\` how much in which time.`,
          data: { rule: rule.id, resource: resource.name },
          fixes: [budgetFor(rule)],
        },
      ];
    }),
  );
}

function hasBudget({ obligations }: Rule): boolean {
  return Array.isArray(obligations.budgets) && obligations.budgets.length > 0;
}

/** Obligations of all rules that apply are joined, so that a rule which always applies with this one is enough. */
function alwaysGives(rule: Rule): boolean {
  return hasBudget(rule) && rule.condition === undefined && rule.requires === undefined;
}

/** Who gets a budget for which resource, as texts: a rule is one of thousands. */
function givenBy(rule: Rule): readonly string[] {
  return rule.on.flatMap(({ resource }) => callers(rule).map((caller) => `${resource.text}\n${caller}`));
}

function isGiven(rule: Rule, resource: string, given: ReadonlySet<string>): boolean {
  return (
    given.has(`${resource}\n${anybody}`) ||
    callers(rule).every((caller) => given.has(`${resource}\n${caller}`))
  );
}

const anybody = "anybody";

/** Each subject with whom it acts for; a rule for delegated callers says nothing of direct ones. */
function callers({ anonymous, subjects, onBehalfOf }: Rule): readonly string[] {
  if (anonymous) return [anybody];
  const delegators = onBehalfOf?.map((one) => one.text).sort();
  return (subjects ?? []).map((one) => JSON.stringify([one.text, delegators ?? []]));
}

/** How much is for people to say: a number to start from. */
function budgetFor({ node }: Rule): Fix {
  const budgets = [{ limit: 1_000_000, unit: "tokens", window: "1d", key: "subject.id" }];
  const obligations = child(node, "obligations");
  return {
    title: "Add a budget of 1,000,000 tokens a day for each subject",
    isSafe: false,
    edits: [
      obligations?.kind === "map"
        ? { edit: "set-property", map: obligations, key: "budgets", value: budgets }
        : { edit: "set-property", map: node, key: "obligations", value: { budgets } },
    ],
  };
}
