import type { RuleCondition } from "../../policy/model.ts";
import { placeInCondition } from "../../policy/place-in-condition.ts";
import type { Fix, FixEdit } from "../../text/fix.ts";
import { oncePerPlace, soundConditions } from "../analysis/conditions.ts";
import { isOfPriorActor } from "../analysis/prior-actors.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const priorActorInDecision = lintRule({
  id: "prior-actor-in-decision",
  category: "authentication",
  traffic: ["ai", "api", "service"],
  controls: ["OWASP-ASI-2025:ASI03", "OWASP-NHI-2025:NHI4", "NIST-CSF-2.0:PR.AA-05"],
  fixable: true,
  check,
});

function check({ set }: LintContext): readonly RuleFinding[] {
  return oncePerPlace(
    soundConditions(set).flatMap(({ rule, condition }) => {
      const read = condition.compiled.reads.find((one) => isOfPriorActor(one, condition.source));
      if (read === undefined) return [];
      return [
        {
          place: placeInCondition(condition, read.start, read.end),
          message: `${rule.id} decides by ${read.path}, an actor before the current one: a token says of those only how it came about, and RFC 8693 (section 4.1) keeps them out of decisions. Decide by the current actor (the rule's \`subjects\`, jwt.act.sub) and by whom it acts for (\`onBehalfOf\`).`,
          data: { rule: rule.id },
          fixes: byCurrentActor(condition),
        },
      ];
    }),
  );
}

/** Not safe: another caller may pass then. Of every such read, since what is left of them would be the same mistake. */
function byCurrentActor(condition: RuleCondition): readonly Fix[] {
  const { source, compiled } = condition;
  const edits = compiled.reads
    .filter((one) => isOfPriorActor(one, source))
    .flatMap(({ start, end }): readonly FixEdit[] => {
      const found = /(?<=\bjwt\.act)(?:\.act)+(?=\.)/.exec(source.slice(start, end));
      if (found === null) return [];
      const from = start + found.index;
      return [
        { edit: "replace", place: placeInCondition(condition, from, from + found[0].length), text: "" },
      ];
    });
  return edits.length === 0 ? [] : [{ title: "Decide by the current actor", isSafe: false, edits }];
}
