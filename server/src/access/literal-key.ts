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
  const ignoreCase = pattern.ignoreCase ? "i" : "";
  const text = soleText(pattern);
  if (text !== undefined) return `${ignoreCase}=${text}`;
  const start = soleStart(pattern);
  if (start !== undefined) return `${ignoreCase}^${start}`;
  return (
    ignoreCase +
    (pattern.kind === "oneOf" ? setKey(pattern.values) : JSON.stringify(joinedParts(pattern.parts)))
  );
}

/** The only text in the set, however it is written; undefined where there are others. */
export function soleText(pattern: TextPattern): string | undefined {
  if (pattern.kind === "oneOf") {
    const [first] = pattern.values;
    for (let at = 1; at < pattern.values.length; at++) if (pattern.values[at] !== first) return undefined;
    return first;
  }
  const { parts } = pattern;
  let text = "";
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at] as TextPart;
    if (!("literal" in part)) return undefined;
    text = at === 0 ? part.literal : text + part.literal;
  }
  return text;
}

/** The text that all texts of the set start with, where that is all there is to say; never empty. */
export function soleStart(pattern: TextPattern): string | undefined {
  return textBefore("chars", pattern);
}

/** The text before the one segment that a template ends in, where there are no others; never empty. */
export function startOfSegment(pattern: TextPattern): string | undefined {
  return textBefore("segment", pattern);
}

function textBefore(end: "chars" | "segment", pattern: TextPattern): string | undefined {
  if (pattern.kind !== "sequence") return undefined;
  const parts = pattern.parts.length === 2 ? pattern.parts : joinedParts(pattern.parts);
  if (parts.length !== 2) return undefined;
  const [head, tail] = [parts[0], parts[1]];
  if (head === undefined || tail === undefined || !("literal" in head) || head.literal === "")
    return undefined;
  return "any" in tail && tail.any === end ? head.literal : undefined;
}

/** Each text with its length, so that no text can pass for the end of another. */
function setKey(values: readonly string[]): string {
  const sorted = sortedSet(values);
  let key = "{";
  for (let at = 0; at < sorted.length; at++) {
    const value = sorted[at] ?? "";
    key += `${value.length} ${value} `;
  }
  return key;
}

/** Each once; the same list where it is one already. */
export function sortedSet(values: readonly string[]): readonly string[] {
  return isSortedSet(values) ? values : [...new Set(values)].sort();
}

function isSortedSet(values: readonly string[]): boolean {
  for (let at = 1; at < values.length; at++) if ((values[at - 1] ?? "") >= (values[at] ?? "")) return false;
  return true;
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
