import type { Rule, RuleCondition } from "../../policy/model.ts";
import { placeInCondition } from "../../policy/place-in-condition.ts";
import type { Fix } from "../../text/fix.ts";
import { describesCaller, namesCaller } from "../analysis/attribute-meanings.ts";
import { plainContent, type TextTest, textTests } from "../analysis/condition-tests.ts";
import { oncePerPlace, soundConditions } from "../analysis/conditions.ts";
import { type Looseness, loosenessOf } from "../analysis/loose-tests.ts";
import { oddRules } from "../analysis/odd-rules.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const unanchoredSubject = lintRule({
  id: "unanchored-subject",
  category: "authentication",
  traffic: ["api", "service", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI4", "OWASP-NHI-2025:NHI6", "NIST-CSF-2.0:PR.AA-03", "NIST-CSF-2.0:PR.AA-05"],
  fixable: true,
  check,
});

/**
 * Where more callers pass than are meant: tests that make an allow hold, and those that keep a deny from it. The other
 * way round a loose test stops more than it has to.
 */
function check(context: LintContext): readonly RuleFinding[] {
  const odd = oddRules(context);
  const found = soundConditions(context.set)
    .filter(({ rule }) => !odd.has(rule))
    .flatMap(({ rule, condition }) =>
      textTests(condition.compiled)
        .filter(
          (test) =>
            test.isPositive === (rule.effect === "allow") &&
            test.read.attributes.some((one) => namesCaller(one) || describesCaller(one)),
        )
        .flatMap((test) => {
          const loose = loosenessOf(test);
          return loose === undefined ? [] : [finding(rule, condition, test, loose)];
        }),
    );
  return oncePerPlace(found);
}

function finding(rule: Rule, condition: RuleCondition, test: TextTest, loose: Looseness): RuleFinding {
  const { read, literal, operator } = test;
  const effect =
    rule.effect === "allow"
      ? "so that callers pass who are not meant"
      : "so that callers escape this deny who are not meant to";
  const example = loose.example === undefined ? "" : `, for example "${loose.example}"`;
  return {
    place: placeInCondition(condition, literal.start, literal.end),
    message: `${rule.id} takes ${loose.takes} for ${read.path}${example}, ${effect}. ${loose.advice}`,
    data: { rule: rule.id, path: read.path, operator },
    fixes: anchored(condition, test, loose),
  };
}

/** Not safe: callers that are let in today may be meant. */
function anchored(condition: RuleCondition, test: TextTest, { anchors, escaped }: Looseness): readonly Fix[] {
  const content = plainContent(condition.compiled, test);
  if (content === undefined) return [];
  if (escaped !== undefined) {
    const place = placeInCondition(condition, content.start, content.end);
    return [
      {
        title: "Take a point for nothing else",
        isSafe: false,
        edits: [{ edit: "replace", place, text: escaped }],
      },
    ];
  }
  if (anchors === undefined) return [];
  const insert = (at: number, text: string) => ({
    edit: "replace" as const,
    place: placeInCondition(condition, at, at),
    text,
  });
  const { before, after } = anchors;
  return [
    {
      title: `Match the whole of ${test.read.path}`,
      isSafe: false,
      edits: [
        ...(before === "" ? [] : [insert(content.start, before)]),
        ...(after === "" ? [] : [insert(content.end, after)]),
      ],
    },
  ];
}
