import { asciiLower } from "./char-set.ts";
import { joinedParts } from "./literal-key.ts";
import { fails, holds, type Literal } from "./predicate.ts";
import { regexAfter } from "./regex-derivative.ts";
import { prefix, type TextPart, type TextPattern } from "./text-pattern.ts";

/** What `stripPrefix` does to a path (see `Rewrite`): the rest behind `prefix`, with `add` before, from a slash on. */
export function strippedPath(path: string, taken: string, add: string): string {
  if (!path.startsWith(taken)) return path;
  const result = add + path.slice(taken.length);
  return result.startsWith("/") ? result : `/${result}`;
}

/** A conjunction of literals on the path. */
export type Conjunction = readonly Literal[];

/**
 * The paths in front of the hop for which `literal` holds behind it, as a disjunction. Exact on paths that start
 * with `taken`, which the guard of the branch asks for; it says nothing about others. Undefined where a regular
 * expression has to be cut inside an anchor.
 */
export function pathPreimage(
  literal: Literal,
  taken: string,
  add: string,
): readonly Conjunction[] | undefined {
  const pattern = patternOf(literal);
  if (typeof pattern === "boolean") return pattern !== literal.negated ? [[]] : [];
  const result: Conjunction[] = [];
  for (const { where, before } of casesOf(literal, taken, add)) {
    const inside = patternsAfter(pattern, before);
    if (inside === undefined) return undefined;
    const tests = inside.map((one) => ({ test: "text", pattern: withPrefix(one, taken) }) as const);
    if (literal.negated) result.push([...where, ...tests.map((test) => fails(literal.attribute, test))]);
    else for (const test of tests) result.push([...where, holds(literal.attribute, test)]);
  }
  return result;
}

/** A test of a path is one of its text, or the same for every path. */
function patternOf({ test }: Literal): TextPattern | boolean {
  switch (test.test) {
    case "text":
      return test.pattern;
    case "member":
      return test.scalar === true ? test.pattern : false;
    case "present":
      return true;
    case "type":
      return test.type === "text";
    case "boolean":
    case "range":
    case "cidr":
    case "opaque":
      return false;
  }
}

interface Case {
  readonly where: Conjunction;
  /** What stands before the rest of the path behind the hop. */
  readonly before: string;
}

/** Without `add`, a rest that does not start with a slash gets one. */
function casesOf({ attribute }: Literal, taken: string, add: string): readonly Case[] {
  if (add !== "") return [{ where: [], before: add.startsWith("/") ? add : `/${add}` }];
  const below = { test: "text", pattern: prefix(`${taken}/`) } as const;
  return [
    { where: [holds(attribute, below)], before: "" },
    { where: [fails(attribute, below)], before: "/" },
  ];
}

function withPrefix(pattern: TextPattern, text: string): TextPattern {
  if (pattern.kind === "oneOf") return { ...pattern, values: pattern.values.map((value) => text + value) };
  return { ...pattern, parts: joinedParts([{ literal: text }, ...pattern.parts]) };
}

/** The texts that may follow `taken` in a text of the pattern: the union of the patterns. */
export function patternsAfter(pattern: TextPattern, taken: string): readonly TextPattern[] | undefined {
  if (taken === "") return [pattern];
  const ignoreCase = pattern.ignoreCase === true;
  const fold = ignoreCase ? asciiLower : (text: string) => text;
  if (pattern.kind === "oneOf") {
    const values = pattern.values.filter((value) => fold(value).startsWith(fold(taken)));
    if (values.length === 0) return [];
    return [{ ...pattern, values: values.map((value) => value.slice(taken.length)) }];
  }
  const ways = partsAfter(pattern.parts, taken, fold, ignoreCase);
  if (ways === undefined) return undefined;
  const unique = new Map(ways.map((parts) => [JSON.stringify(joinedParts(parts)), parts]));
  return [...unique.values()].map((parts) => ({ ...pattern, parts: joinedParts(parts) }));
}

type Parts = readonly TextPart[];

function partsAfter(
  parts: Parts,
  taken: string,
  fold: (text: string) => string,
  ignoreCase: boolean,
): readonly Parts[] | undefined {
  if (taken === "") return [parts];
  const [head, ...tail] = parts;
  if (head === undefined) return [];
  if ("literal" in head) {
    if (fold(taken).startsWith(fold(head.literal))) {
      return partsAfter(tail, taken.slice(head.literal.length), fold, ignoreCase);
    }
    const isCut = fold(head.literal).startsWith(fold(taken));
    return isCut ? [[{ literal: head.literal.slice(taken.length) }, ...tail]] : [];
  }
  const ways: Parts[] = [];
  // The head takes the first `length` characters, and the parts behind it the others.
  for (let length = 0; length <= taken.length; length++) {
    const own = taken.slice(0, length);
    const isWhole = length === taken.length;
    const rest = headAfter(head, own, ignoreCase);
    if (rest === undefined) return undefined;
    if (rest.more !== undefined && isWhole) ways.push([rest.more, ...tail]);
    if (!rest.ends || (isWhole && rest.more !== undefined && rest.moreMayBeEmpty)) continue;
    const behind = partsAfter(tail, taken.slice(length), fold, ignoreCase);
    if (behind === undefined) return undefined;
    ways.push(...behind);
  }
  return ways;
}

interface HeadRest {
  /** Whether the head can end here, having taken exactly this. */
  readonly ends: boolean;
  /** What the head may still take. */
  readonly more: TextPart | undefined;
  readonly moreMayBeEmpty: boolean;
}

function headAfter(
  head: Exclude<TextPart, { readonly literal: string }>,
  own: string,
  ignoreCase: boolean,
): HeadRest | undefined {
  if ("any" in head) {
    if (head.any === "chars") return { ends: true, more: head, moreMayBeEmpty: true };
    if (own.includes("/")) return { ends: false, more: undefined, moreMayBeEmpty: false };
    return { ends: own !== "", more: head, moreMayBeEmpty: false };
  }
  const rest = regexAfter(head.regex, own, ignoreCase);
  if (rest === undefined) return undefined;
  if (rest.kind === "none") return { ends: false, more: undefined, moreMayBeEmpty: false };
  return { ends: rest.mayEnd, more: { regex: rest.source }, moreMayBeEmpty: true };
}
