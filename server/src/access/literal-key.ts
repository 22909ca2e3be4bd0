import type { Literal, Term, Test } from "./predicate.ts";
import type { TextPart, TextPattern } from "./text-pattern.ts";

/**
 * Canonical texts: two literals, or terms, with the same key hold on the same interactions. The reverse is not
 * promised (`/a/{x}` as a template and as a regex have different keys); comparing meanings is what theories do.
 */
const literalKeys = new WeakMap<Literal, string>();
const termKeys = new WeakMap<Term, string>();

export function literalKey(literal: Literal): string {
  const known = literalKeys.get(literal);
  if (known !== undefined) return known;
  const key = `${literal.negated ? "!" : ""}${literal.attribute.key} ${testKey(literal.test)}`;
  literalKeys.set(literal, key);
  return key;
}

/** The sorted keys of its literals; the order and repetition of literals do not count, nor do origins. */
export function termKey(term: Term): string {
  const known = termKeys.get(term);
  if (known !== undefined) return known;
  const key = [...new Set(term.literals.map(literalKey))].sort().join(" & ");
  termKeys.set(term, key);
  return key;
}

export function testKey(test: Test): string {
  switch (test.test) {
    case "present":
      return "present";
    case "type":
      return `type ${test.type}`;
    case "text":
      return `text ${patternKey(test.pattern)}`;
    case "boolean":
      return `boolean ${test.value}`;
    case "range": {
      const low = test.min === undefined ? "(" : `${test.minOpen ? "(" : "["}${test.min}`;
      const high = test.max === undefined ? ")" : `${test.max}${test.maxOpen ? ")" : "]"}`;
      return `range ${low},${high}${test.integer ? " integer" : ""}`;
    }
    case "cidr":
      return `cidr ${test.network}`;
    case "member":
      return `member${test.scalar ? " or scalar" : ""} ${patternKey(test.pattern)}`;
    case "opaque":
      return `opaque ${test.value}`;
  }
}

/** The two most common forms have short keys of their own, since big policies are made of them. */
function patternKey(pattern: TextPattern): string {
  if (pattern.ignoreCase !== true) {
    const short = shortKey(pattern);
    if (short !== undefined) return short;
  }
  const ignoreCase = pattern.ignoreCase ? "i" : "";
  if (pattern.kind === "oneOf") {
    const values = [...new Set(pattern.values)].sort();
    return ignoreCase + (values.length === 1 ? exactKey(values[0] ?? "") : JSON.stringify(values));
  }
  const parts = joinedParts(pattern.parts);
  const [only] = parts;
  if (parts.length === 0) return ignoreCase + exactKey("");
  if (parts.length === 1 && only !== undefined && "literal" in only)
    return ignoreCase + exactKey(only.literal);
  return ignoreCase + (shortKey({ kind: "sequence", parts }) ?? JSON.stringify(parts));
}

const exactKey = (text: string): string => `=${text}`;

function shortKey(pattern: TextPattern): string | undefined {
  if (pattern.kind === "oneOf") {
    const [only] = pattern.values;
    return pattern.values.length === 1 && only !== undefined ? exactKey(only) : undefined;
  }
  const [head, tail] = pattern.parts;
  if (pattern.parts.length !== 2 || head === undefined || tail === undefined) return undefined;
  if (!("literal" in head) || head.literal === "" || !("any" in tail) || tail.any !== "chars")
    return undefined;
  return `^${head.literal}`;
}

/** The same language in fewer parts: neighbouring literals joined, empty ones and repeated `chars` left out. */
export function joinedParts(parts: readonly TextPart[]): readonly TextPart[] {
  const joined: TextPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if ("literal" in part) {
      if (part.literal === "") continue;
      if (last !== undefined && "literal" in last) {
        joined[joined.length - 1] = { literal: last.literal + part.literal };
        continue;
      }
    }
    const repeated = "any" in part && part.any === "chars" && last !== undefined && "any" in last;
    if (repeated && last.any === "chars") continue;
    joined.push(part);
  }
  return joined;
}
