import { asciiLower } from "./char-set.ts";
import { re2, re2Quote } from "./re2.ts";
import type { TextPart, TextPattern } from "./text-pattern.ts";

type Matcher = (text: string) => boolean;

const matchers = new WeakMap<TextPattern, Matcher>();

/**
 * Whether the whole text is in the pattern's set. Throws where a part is not an RE2 expression: whoever makes
 * patterns of foreign expressions checks them first.
 */
export function matchesPattern(pattern: TextPattern, text: string): boolean {
  let matcher = matchers.get(pattern);
  if (matcher === undefined) {
    matcher = matcherOf(pattern);
    matchers.set(pattern, matcher);
  }
  return matcher(text);
}

function matcherOf(pattern: TextPattern): Matcher {
  if (pattern.kind === "oneOf") {
    if (pattern.ignoreCase !== true) {
      const { values } = pattern;
      return values.length < 8 ? (text) => values.includes(text) : setMatcher(new Set(values));
    }
    const matches = setMatcher(new Set(pattern.values.map(asciiLower)));
    return (text) => matches(asciiLower(text));
  }
  const { parts } = pattern;
  if (pattern.ignoreCase === true || parts.some((part) => "regex" in part)) {
    const source = expression(parts, pattern.ignoreCase === true);
    return (text) => re2(source).testExact(text);
  }
  const [head] = parts;
  const start = head !== undefined && "literal" in head ? head.literal : "";
  return (text) => text.startsWith(start) && matchesParts(parts, text);
}

const setMatcher =
  (values: ReadonlySet<string>): Matcher =>
  (text) =>
    values.has(text);

/** Literals, `chars` and `segment`: the places that may be reached behind each part, in order. Linear in the text for each part. */
function matchesParts(parts: readonly TextPart[], text: string): boolean {
  let reached: readonly number[] = [0];
  for (const [index, part] of parts.entries()) {
    if (reached.length === 0) return false;
    if ("literal" in part) {
      reached = reached
        .filter((at) => text.startsWith(part.literal, at))
        .map((at) => at + part.literal.length);
      continue;
    }
    if ("regex" in part) throw new Error("expressions are matched by RE2");
    const isLast = index === parts.length - 1;
    reached =
      part.any === "chars" ? behindChars(reached, text, isLast) : behindSegment(reached, text, isLast);
  }
  return reached.includes(text.length);
}

function behindChars([first = 0]: readonly number[], text: string, isLast: boolean): readonly number[] {
  if (isLast) return [text.length];
  const places = Array.from({ length: text.length - first + 1 }, (_, offset) => first + offset);
  return places.filter((place) => !isInsideCharacter(text, place));
}

/** Patterns are over code points: none ends between the two halves of a surrogate pair. */
function isInsideCharacter(text: string, place: number): boolean {
  return isHalf(text, place - 1, 0xd800) && isHalf(text, place, 0xdc00);
}

const isHalf = (text: string, at: number, first: number): boolean => (text.charCodeAt(at) & 0xfc00) === first;

function behindSegment(reached: readonly number[], text: string, isLast: boolean): readonly number[] {
  const places = new Set<number>();
  for (const at of reached) {
    const slash = text.indexOf("/", at);
    const end = slash < 0 ? text.length : slash;
    if (isLast) {
      if (end === text.length && end > at) places.add(end);
    } else {
      for (let place = end; place > at && !places.has(place); place--)
        if (!isInsideCharacter(text, place)) places.add(place);
    }
  }
  return [...places].sort((a, b) => a - b);
}

/**
 * The pattern as one RE2 expression, for a match of the whole text. `ignoreCase` folds ASCII letters only in
 * literals, where RE2's `(?i)` would let the Kelvin sign pass for a k; in regular expressions it is `(?i)`.
 */
export function expression(parts: readonly TextPart[], ignoreCase: boolean): string {
  const body = parts.map((part) => {
    if ("literal" in part) return ignoreCase ? eitherCase(part.literal) : re2Quote(part.literal);
    if ("regex" in part) return `(?${ignoreCase ? "i" : ""}:${part.regex})`;
    return part.any === "chars" ? "(?s:.*)" : "[^/]+";
  });
  return body.join("");
}

const eitherCase = (literal: string): string =>
  literal
    .split(/([A-Za-z])/)
    .map((part) =>
      /^[A-Za-z]$/.test(part) ? `[${part.toLowerCase()}${part.toUpperCase()}]` : re2Quote(part),
    )
    .join("");
