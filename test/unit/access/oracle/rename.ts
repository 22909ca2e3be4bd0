/** Renamings under which no answer changes: they map possible requests to possible requests, one to one. */
import type { Attribute } from "../../../../server/src/access/attribute.ts";
import { attribute } from "../../../../server/src/access/catalogue.ts";
import type { AccessFunction, Literal, Terms, Test } from "../../../../server/src/access/predicate.ts";
import type { TextPart, TextPattern } from "../../../../server/src/access/text-pattern.ts";

function mapped(fn: AccessFunction, literal: (one: Literal) => Literal): AccessFunction {
  const list = (terms: Terms): Terms =>
    terms.map((term) => ({ ...term, literals: term.literals.map(literal) }));
  return { ...fn, allow: list(fn.allow), deny: list(fn.deny) };
}

/** Attributes with the same values, and the same ties to others. */
const others: ReadonlyMap<string, Attribute> = new Map(
  (
    [
      [attribute("jwt.claims", "groups"), attribute("jwt.claims", "teams.of.us")],
      [attribute("jwt.claims", "level"), attribute("request.body", "level")],
      [attribute("jwt.claims", "act"), attribute("request.body", "act")],
      [attribute("jwt.claims", "act", "sub"), attribute("request.body", "act", "sub", "name")],
      [attribute("request.headers", "x-team"), attribute("request.headers", "x-squad")],
      [attribute("jwt.sub"), attribute("client.id")],
      [attribute("credential.ttl"), attribute("credential.age")],
      [attribute("request.host"), attribute("destination.sni")],
      [attribute("client.groups"), attribute("jwt.aud")],
      [attribute("jwt.aud"), attribute("client.groups")],
    ] as const
  ).map(([from, to]) => [from.key, to]),
);

export const otherAttributes = (fn: AccessFunction): AccessFunction =>
  mapped(fn, (one) => ({ ...one, attribute: others.get(one.attribute.key) ?? one.attribute }));

/** Attributes whose texts can be anything that differs in case only. */
const anyCase = new Set([
  "jwt.sub",
  "jwt.aud",
  "jwt.claims.groups",
  "jwt.claims.level",
  "jwt.claims.act.sub",
  "client.groups",
  'request.headers["x-team"]',
  "request.query.q",
  "mcp.methodName",
  "mcp.tool.name",
]);

/** Every letter of what texts are compared with in its other case. */
export const otherCase = (fn: AccessFunction): AccessFunction =>
  mapped(fn, (one) => (anyCase.has(one.attribute.key) ? { ...one, test: testInOtherCase(one.test) } : one));

function testInOtherCase(test: Test): Test {
  if (test.test !== "text" && test.test !== "member") return test;
  return { ...test, pattern: patternInOtherCase(test.pattern) };
}

function patternInOtherCase(pattern: TextPattern): TextPattern {
  if (pattern.kind === "oneOf") return { ...pattern, values: pattern.values.map(swapped) };
  const part = (one: TextPart): TextPart => {
    if ("literal" in one) return { literal: swapped(one.literal) };
    // Flags of groups and classes such as `\w` are no letters of texts.
    if ("regex" in one)
      return { regex: one.regex.replace(/\(\?\w*[:)]|\\.|[A-Za-z]/g, (found) => letter(found)) };
    return one;
  };
  return { ...pattern, parts: pattern.parts.map(part) };
}

const letter = (found: string): string => (found.length === 1 ? swapped(found) : found);

const swapped = (text: string): string =>
  text.replace(/[A-Za-z]/g, (one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase()));
