/**
 * Requests near the boundaries of what terms test: the texts, numbers and addresses that a test names, those just
 * beside them, and whatever else an attribute can be. Values that it cannot have in a request are left out.
 */
import type { AssignedValue, Assignment } from "../../../../server/src/access/assignment.ts";
import { firstHolding } from "../../../../server/src/access/assignment.ts";
import type { Attribute } from "../../../../server/src/access/attribute.ts";
import { attributesOf } from "../../../../server/src/access/attributes-of.ts";
import { domainOf, type ValueKind } from "../../../../server/src/access/domain.ts";
import { matchesPattern } from "../../../../server/src/access/match-pattern.ts";
import { impossibleByShape } from "../../../../server/src/access/possible.ts";
import type { AccessFunction, Literal, Test } from "../../../../server/src/access/predicate.ts";
import type { TextPattern } from "../../../../server/src/access/text-pattern.ts";
import type { AttributeValue } from "../../../../server/src/access/value.ts";
import type { Random } from "../support/random-functions.ts";
import { addressText } from "./address-text.ts";
import { addressRange } from "./smt-address.ts";

export type Sampler = (source: Random) => Assignment;

/** Random possible requests over the attributes of both functions, atoms included. */
export function samplerOf(left: AccessFunction, right: AccessFunction): Sampler {
  const lists = [left.allow, left.deny, right.allow, right.deny];
  const attributes = attributesOf(...lists);
  const literals = lists.flat().flatMap((term) => term.literals);
  const choices = attributes.map((attribute) => ({
    attribute,
    values: valuesOf(
      attribute,
      literals.filter((one) => one.attribute.key === attribute.key),
    ),
  }));
  const impossible = impossibleByShape(attributes);
  const byKey = new Map(attributes.map((one) => [one.key, one]));
  return (source) => {
    const chosen = new Map<string, AssignedValue>();
    for (const { attribute, values } of choices) {
      chosen.set(attribute.key, { attribute, value: source.pick(values) });
    }
    // What cannot be is mended: a part whose whole is not there is not there either.
    for (let broken = firstHolding(impossible, chosen); broken; broken = firstHolding(impossible, chosen)) {
      const [part] = broken.literals as readonly [Literal];
      chosen.set(part.attribute.key, {
        attribute: byKey.get(part.attribute.key) ?? part.attribute,
        value: { kind: "absent" },
      });
    }
    return chosen;
  };
}

function valuesOf(attribute: Attribute, literals: readonly Literal[]): readonly AttributeValue[] {
  const { kinds } = domainOf(attribute);
  const tests = literals.map((one) => one.test);
  return kinds.flatMap((kind) => valuesOfKind(kind, attribute, tests));
}

function valuesOfKind(
  kind: ValueKind,
  attribute: Attribute,
  tests: readonly Test[],
): readonly AttributeValue[] {
  switch (kind) {
    case "absent":
    case "null":
    case "map":
      return [{ kind }];
    case "boolean":
      return [true, false].map((value) => ({ kind, value }));
    case "opaque":
      return (["true", "false", "error"] as const).map((value) => ({ kind, value }));
    case "text":
      return textsOf(attribute, tests).map((value) => ({ kind, value }));
    case "number":
      return numbersOf(attribute, tests).map((value) => ({ kind, value }));
    case "list":
      return listsOf(textsOf(attribute, tests), domainOf(attribute).emptyList).map((members) => ({
        kind,
        members,
      }));
  }
}

function textsOf(attribute: Attribute, tests: readonly Test[]): readonly string[] {
  if (attribute.sort === "ip") return addressesOf(tests);
  const { pattern, natural } = domainOf(attribute).text;
  const named = tests.flatMap((test) =>
    test.test === "text" || test.test === "member" ? namedIn(test.pattern) : [],
  );
  const near = [...natural, ...named.flatMap(nearby)];
  return [...new Set(near)].filter((text) => pattern === undefined || matchesPattern(pattern, text));
}

/** Texts that a pattern names: its values, or its literals with something and nothing for what is open. */
function namedIn(pattern: TextPattern): readonly string[] {
  if (pattern.kind === "oneOf") return pattern.values;
  const fill = (open: string, expression: (source: string) => string) =>
    pattern.parts
      .map((part) => ("literal" in part ? part.literal : "regex" in part ? expression(part.regex) : open))
      .join("");
  return ["", "a", "x/y", "b"].flatMap((open) => [
    fill(open, (regex) => regex.replace(/[\\^$()[\]|?+*{}]|\.\*/g, "")),
    ...wordsOf(pattern).map((word) => fill(open, () => word)),
  ]);
}

/** What stands between the operators of the expressions in a pattern: they are short here, so one of them often fits. */
function wordsOf(pattern: Extract<TextPattern, { readonly kind: "sequence" }>): readonly string[] {
  return pattern.parts.flatMap((part) =>
    "regex" in part ? part.regex.replaceAll("\\", "").split(/\(\?\w*:|[()[\]|?+*{}^$]+/) : [],
  );
}

/** The text, and texts that differ from it a little at its ends. */
function nearby(text: string): readonly string[] {
  return [
    text,
    `${text}x`,
    `${text}/`,
    `${text}/a`,
    `${text}/users`,
    `/v1${text}`,
    `/${text}`,
    `x${text}`,
    text.slice(0, -1),
    text.slice(1),
    text.toUpperCase(),
    text.toLowerCase(),
    text.replace(/k/i, "\u212a"),
  ];
}

function addressesOf(tests: readonly Test[]): readonly string[] {
  const named = tests.flatMap((test) => {
    if (test.test === "cidr") return [test.network];
    return test.test === "text" && test.pattern.kind === "oneOf" ? test.pattern.values : [];
  });
  const ends = ["203.0.113.7", "2001:db9::1", ...named].flatMap((network) => {
    const { version, first, last } = addressRange(network);
    const width = version === 4 ? 32n : 128n;
    return [first - 1n, first, first + 1n, last - 1n, last, last + 1n]
      .filter((one) => one >= 0n && one < 1n << width)
      .map((one) => addressText(version, one));
  });
  return [...new Set(ends)];
}

function numbersOf(attribute: Attribute, tests: readonly Test[]): readonly number[] {
  const { range } = domainOf(attribute).number;
  const bounds = [...tests, range].flatMap((test) =>
    test.test === "range" ? [test.min, test.max].filter((one) => one !== undefined) : [],
  );
  const near = [1, ...bounds].flatMap((bound) =>
    [-1, -0.25, 0, 0.25, 1].flatMap((step) => [bound + step, Math.floor(bound + step)]),
  );
  return [...new Set(near)].filter(
    (one) =>
      (range.min === undefined || one >= range.min) &&
      (range.max === undefined || one <= range.max) &&
      (range.integer !== true || Number.isInteger(one)),
  );
}

/** No member where that can be, each by itself, each with its neighbour, and all. */
function listsOf(members: readonly string[], mayBeEmpty: boolean): readonly (readonly string[])[] {
  const pairs = members.map((one, index) => [one, members[(index * 7 + 3) % members.length] ?? one]);
  return [...(mayBeEmpty ? [[]] : []), ...members.map((one) => [one]), ...pairs, members];
}
