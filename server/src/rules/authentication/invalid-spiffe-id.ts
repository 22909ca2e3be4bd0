import { type TextTest, textTests } from "../../cel/text-tests.ts";
import { placeInCondition } from "../../policy/place-in-condition.ts";
import { spiffeIdMistake } from "../../policy/spiffe-id.ts";
import { variablesIn } from "../../policy/variables.ts";
import { type Conditioned, oncePerPlace, soundConditions } from "../analysis/conditions.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const invalidSpiffeId = lintRule({
  id: "invalid-spiffe-id",
  category: "authentication",
  traffic: ["service", "api", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI4", "NIST-CSF-2.0:PR.AA-04"],
  fixable: true,
  check,
});

function check({ set }: LintContext): readonly RuleFinding[] {
  return oncePerPlace(
    soundConditions(set).flatMap((conditioned) =>
      textTests(conditioned.condition.source)
        .filter(meansSpiffeId)
        .flatMap((test) => findingsOf(test, conditioned)),
    ),
  );
}

/** Parts of SPIFFE IDs are compared with other functions; whoever compares with "" asks whether there is any. */
function meansSpiffeId({ test, path, text }: TextTest): boolean {
  if (test !== "equals" || text === "") return false;
  return path === "source.principal" || text.startsWith("spiffe://");
}

function findingsOf(
  { path, text, literal, inside }: TextTest,
  { rule, condition }: Conditioned,
): readonly RuleFinding[] {
  const mistake = spiffeIdMistake(text);
  if (mistake === undefined) return [];
  const wrong =
    inside === undefined ? literal : { start: inside.start + mistake.start, end: inside.start + mistake.end };
  const place = placeInCondition(condition, wrong.start, wrong.end);
  const advice =
    variablesIn(text).length > 0
      ? " Conditions have no `${...}`: name the identity in `subjects`, or compare source.namespace and source.serviceAccount."
      : "";
  return [
    {
      place,
      message: `${path} is never "${text}". ${mistake.message} ${rule.id} decides nothing by this comparison.${advice}`,
      data: { rule: rule.id },
      fixes:
        inside === undefined || mistake.replaceWith === undefined
          ? []
          : [
              {
                title: `Replace "${text.slice(mistake.start, mistake.end)}" with "${mistake.replaceWith}"`,
                isSafe: false,
                edits: [{ edit: "replace", place, text: mistake.replaceWith }],
              },
            ],
    },
  ];
}
