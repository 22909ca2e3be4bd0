import { placeInCondition } from "../../policy/place-in-condition.ts";
import { isLetThrough } from "../analysis/allowed.ts";
import { isSaidByEvent } from "../analysis/attribute-meanings.ts";
import { enforcedAllows, targetsOf } from "../analysis/grants.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const eventWithoutIdentityBinding = lintRule({
  id: "event-without-identity-binding",
  category: "events",
  traffic: ["event"],
  controls: ["NIST-CSF-2.0:PR.AA-03", "NIST-CSF-2.0:PR.AA-04", "OWASP-NHI-2025:NHI4"],
  fixable: false,
  letsThrough: "active",
  check,
});

/**
 * CloudEvents 1.0: `source` and the other context attributes are what the producer writes, and its auth-context
 * extension is informational. With subjects the rule is bound to the connected client, and they may narrow it.
 */
function check({ set, allowed }: LintContext): readonly RuleFinding[] {
  return enforcedAllows(set).flatMap((rule) => {
    const { condition } = rule;
    if (!rule.anonymous || condition === undefined) return [];
    const channels = targetsOf(rule, set).filter(
      ({ target, resource }) => resource.type === "event-channel" && isLetThrough(allowed, rule, { target }),
    );
    const reads = condition.compiled.reads.filter((read) => read.attributes.some(isSaidByEvent));
    const [first] = reads;
    if (first === undefined || channels.length === 0) return [];
    const names = inWords([...new Set(reads.map((read) => read.path))]);
    const topics = inWords([...new Set(channels.map(({ resource }) => resource.name))]);
    return [
      {
        place: placeInCondition(condition, first.start, first.end),
        message: `${rule.id} lets anybody use ${topics} whose event says so: ${names} ${reads.length > 1 ? "are" : "is"} written by the client itself and prove${reads.length > 1 ? "" : "s"} nothing. Name in \`subjects\` the identities that may connect; the condition can stay.`,
        related: [
          {
            place: rule.node.byKey.get("anonymous")?.key.place ?? rule.name.place,
            message: "`anonymous` asks for no identity.",
          },
        ],
        data: { rule: rule.id },
      },
    ];
  });
}
