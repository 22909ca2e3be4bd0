import type { ConditionRead } from "../../cel/condition.ts";
import { placeInCondition } from "../../policy/place-in-condition.ts";
import { oncePerPlace, soundConditions } from "../analysis/conditions.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const priorActorInDecision = lintRule({
  id: "prior-actor-in-decision",
  category: "authentication",
  traffic: ["ai", "api", "service"],
  controls: ["OWASP-ASI-2025:ASI03", "OWASP-NHI-2025:NHI4", "NIST-CSF-2.0:PR.AA-05"],
  fixable: false,
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
        },
      ];
    }),
  );
}

/** Who only asks whether there is a prior actor limits how deep delegation goes, whoever the actors are. */
function isOfPriorActor({ path, start, end }: ConditionRead, source: string): boolean {
  if (!/^jwt\.act\.act(?![A-Za-z0-9_])/.test(path)) return false;
  const asksDepth = /^jwt(?:\.act)+$/.test(path) && /^has\s*\(/.test(source.slice(start, end));
  return !asksDepth;
}
