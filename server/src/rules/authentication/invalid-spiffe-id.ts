import type { Identity, Scenario } from "../../policy/model.ts";
import { placeInCondition } from "../../policy/place-in-condition.ts";
import { withoutVariables } from "../../policy/schema-meaning.ts";
import { placeInScalar } from "../../policy/schema-path.ts";
import { type SpiffeIdMistake, spiffeIdMistake } from "../../policy/spiffe-id.ts";
import { variablesIn } from "../../policy/variables.ts";
import type { Fix } from "../../text/fix.ts";
import type { Place } from "../../text/place.ts";
import { at, type ScalarNode, type TreeNode } from "../../text/tree.ts";
import { plainContent } from "../analysis/condition-tests.ts";
import { type Conditioned, oncePerPlace, soundConditions } from "../analysis/conditions.ts";
import { type InvalidSpiffeId, invalidSpiffeIds, isSpiffe } from "../analysis/spiffe-ids.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const invalidSpiffeId = lintRule({
  id: "invalid-spiffe-id",
  category: "authentication",
  traffic: ["service", "api", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI4", "NIST-CSF-2.0:PR.AA-04"],
  fixable: true,
  check,
});

/** Where a property holds a SPIFFE ID and nothing else, `schema/spiffe-id` says it. */
function check({ set }: LintContext): readonly RuleFinding[] {
  return [
    ...[...set.identities.values()].flatMap(inClaims),
    ...oncePerPlace(
      soundConditions(set).flatMap((one) =>
        invalidSpiffeIds(one.condition).map((id) => inCondition(id, one)),
      ),
    ),
    ...set.scenarios.flatMap(inCallers),
  ];
}

/** JWT-SVID, section 3: `sub` is the SPIFFE ID. */
function inClaims({ name, node }: Identity): readonly RuleFinding[] {
  return invalidBelow(at(node, "claims")).map(({ scalar, mistake }) =>
    finding(scalar, mistake, `No token of ${name} says "${scalar.text}".`, { identity: name }),
  );
}

/** What scenarios say of their callers. The rest of a request is text that anybody may send. */
function inCallers({ id, node }: Scenario): readonly RuleFinding[] {
  const interaction = at(node, "request", "interaction");
  return [at(node, "jwt"), at(node, "onBehalfOf"), at(interaction, "source"), at(interaction, "jwt")].flatMap(
    (said) =>
      invalidBelow(said).map(({ scalar, mistake }) =>
        finding(scalar, mistake, `${id} is about a caller that there cannot be, "${scalar.text}".`, {
          scenario: id,
        }),
      ),
  );
}

function invalidBelow(
  node: TreeNode | undefined,
): readonly { readonly scalar: ScalarNode; readonly mistake: SpiffeIdMistake }[] {
  switch (node?.kind) {
    case undefined:
      return [];
    case "map":
      return node.entries.flatMap((entry) => invalidBelow(entry.value));
    case "list":
      return node.items.flatMap(invalidBelow);
    case "scalar": {
      if (typeof node.value !== "string" || !isSpiffe(node.text)) return [];
      // Variables are one letter each, at the same characters.
      const mistake = spiffeIdMistake(withoutVariables(node.text));
      return mistake === undefined ? [] : [{ scalar: node, mistake }];
    }
  }
}

function finding(
  scalar: ScalarNode,
  mistake: SpiffeIdMistake,
  fact: string,
  data: NonNullable<RuleFinding["data"]>,
): RuleFinding {
  const place = placeInScalar(scalar, mistake.start, mistake.end);
  return {
    place,
    message: `${fact} ${mistake.message}`,
    data,
    fixes: replacing(scalar.text, place, mistake),
  };
}

function inCondition({ test, mistake }: InvalidSpiffeId, { rule, condition }: Conditioned): RuleFinding {
  const { value, read, literal, operator } = test;
  const content = plainContent(condition.compiled, test);
  const wrong =
    content === undefined
      ? literal
      : { start: content.start + mistake.start, end: content.start + mistake.end };
  const place = placeInCondition(condition, wrong.start, wrong.end);
  const advice =
    variablesIn(value).length > 0
      ? " Conditions have no `${...}`: name the identity in `subjects`, or compare source.namespace and source.serviceAccount."
      : "";
  return {
    place,
    message: `${read.path} ${operator === "startsWith" ? "never begins with" : "is never"} "${value}". ${mistake.message} ${rule.id} decides nothing by this comparison.${advice}`,
    data: { rule: rule.id },
    fixes: content === undefined ? [] : replacing(value, place, mistake),
  };
}

/** Not safe: another caller may be meant. */
function replacing(text: string, place: Place, { start, end, replaceWith }: SpiffeIdMistake): readonly Fix[] {
  if (replaceWith === undefined) return [];
  const title =
    replaceWith === ""
      ? `Remove "${text.slice(start, end)}"`
      : `Replace "${text.slice(start, end)}" with "${replaceWith}"`;
  return [{ title, isSafe: false, edits: [{ edit: "replace", place, text: replaceWith }] }];
}
