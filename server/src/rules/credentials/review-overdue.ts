import type { Identity } from "../../policy/model.ts";
import { child, text } from "../../text/tree.ts";
import { activeIdentities } from "../analysis/credentials.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const reviewOverdue = lintRule({
  id: "review-overdue",
  category: "credentials",
  traffic: ["api", "service", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI1", "NIST-CSF-2.0:PR.AA-01", "NIST-CSF-2.0:PR.AA-05"],
  fixable: false,
  check,
});

/** Without a day nothing is due. The day itself is still in time, in UTC. */
function check({ set, today }: LintContext): readonly RuleFinding[] {
  return today === undefined
    ? []
    : activeIdentities(set, today).flatMap((identity) => overdue(identity, today));
}

/** What is no date has a finding of the schema. Days are ISO 8601 and compare as text. */
function overdue({ name, node, owner }: Identity, today: string): readonly RuleFinding[] {
  const reviewBy = child(node, "reviewBy");
  const day = text(reviewBy);
  if (reviewBy === undefined || day === undefined || !/^\d{4}-\d\d-\d\d$/.test(day) || today <= day)
    return [];
  return [
    {
      place: reviewBy.place,
      message: `${name} was to be reviewed by ${day}, and no later day is set: nobody has said since whether it is still needed, and its access goes on. ${owner ?? "Whoever runs it"} has to review it: set the next day in \`reviewBy\`, or retire it (status: retired).`,
      data: { identity: name, reviewBy: day, ...(owner === undefined ? {} : { owner }) },
    },
  ];
}
