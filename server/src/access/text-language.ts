import { type Automaton, RegexAutomaton, run, SetAutomaton } from "./automaton.ts";
import { asciiLower, charSet, complement, everyChar } from "./char-set.ts";
import { concat, literalNode, type RegexNode } from "./regex-node.ts";
import { parseRegex } from "./regex-parser.ts";
import type { TextPart, TextPattern } from "./text-pattern.ts";

export { isExpressibleRegex } from "./regex-parser.ts";

/**
 * What a pattern is, as far as it is simple. `ignoreCase` folds ASCII letters only; strings here are folded then.
 * `affix`: starts with one string and ends with another, which do not overlap; either may be empty.
 */
export type TextShape =
  | { readonly shape: "finite"; readonly values: ReadonlySet<string> }
  | { readonly shape: "affix"; readonly prefix: string; readonly suffix: string }
  | { readonly shape: "contains"; readonly middle: string }
  | { readonly shape: "general"; readonly prefix: string; readonly suffix: string };

export interface TextLanguage {
  readonly pattern: TextPattern;
  readonly ignoreCase: boolean;
  readonly shape: TextShape;
}

const languages = new WeakMap<TextPattern, TextLanguage>();
const automata = new WeakMap<TextPattern, Automaton>();

/** An automaton that grew beyond this is made anew, so that what was kept of it does not fill the memory. */
const maxKeptStates = 20_000;

export function languageOf(pattern: TextPattern): TextLanguage {
  let known = languages.get(pattern);
  if (known === undefined) {
    known = { pattern, ignoreCase: pattern.ignoreCase === true, shape: shapeOf(pattern) };
    languages.set(pattern, known);
  }
  return known;
}

/** Whether the text is in the set. Code points, `.` without newline, ASCII folding for `ignoreCase`. */
export function matches(pattern: TextPattern, text: string): boolean {
  const { shape, ignoreCase } = languageOf(pattern);
  const folded = ignoreCase && shape.shape !== "general" ? asciiLower(text) : text;
  switch (shape.shape) {
    case "finite":
      return shape.values.has(folded);
    case "affix":
      return (
        folded.length >= shape.prefix.length + shape.suffix.length &&
        folded.startsWith(shape.prefix) &&
        folded.endsWith(shape.suffix)
      );
    case "contains":
      return folded.includes(shape.middle);
    case "general":
      // The ends are cheap to look at and decide most questions.
      if (!ignoreCase && !(text.startsWith(shape.prefix) && text.endsWith(shape.suffix))) return false;
      return run(automatonOf(pattern), text);
  }
}

/** The automaton of the pattern. Throws for a regular expression that `isExpressibleRegex` refuses: a defect. */
export function automatonOf(pattern: TextPattern): Automaton {
  let known = automata.get(pattern);
  if (known === undefined || known.states > maxKeptStates) {
    known =
      pattern.kind === "oneOf"
        ? new SetAutomaton(pattern.values, pattern.ignoreCase === true)
        : new RegexAutomaton(nodeOf(pattern));
    automata.set(pattern, known);
  }
  return known;
}

const segmentChars = complement(charSet([0x2f, 0x2f]));

export function nodeOf(pattern: TextPattern): RegexNode {
  const ignoreCase = pattern.ignoreCase === true;
  if (pattern.kind === "oneOf") {
    return { op: "alternate", items: pattern.values.map((value) => literalNode(value, ignoreCase)) };
  }
  return concat(pattern.parts.map((part) => partNode(part, ignoreCase)));
}

function partNode(part: TextPart, ignoreCase: boolean): RegexNode {
  if ("literal" in part) return literalNode(part.literal, ignoreCase);
  if ("regex" in part) {
    const parsed = parseRegex(part.regex, ignoreCase);
    if ("ok" in parsed) return parsed.ok;
    throw new Error(`the expression ${part.regex} should have been lowered as opaque: ${parsed.unsupported}`);
  }
  return part.any === "chars"
    ? { op: "repeat", item: { op: "chars", set: everyChar }, min: 0 }
    : { op: "repeat", item: { op: "chars", set: segmentChars }, min: 1 };
}

function shapeOf(pattern: TextPattern): TextShape {
  const fold = pattern.ignoreCase === true ? asciiLower : (text: string) => text;
  if (pattern.kind === "oneOf") return { shape: "finite", values: new Set(pattern.values.map(fold)) };
  const parts = joined(pattern.parts);
  const [first, second, third] = parts;
  if (first === undefined) return { shape: "finite", values: new Set([""]) };
  const prefix = "literal" in first ? fold(first.literal) : "";
  const last = parts.at(-1) as TextPart;
  const suffix = parts.length > 1 && "literal" in last ? fold(last.literal) : "";
  if (parts.length === 1 && "literal" in first) return { shape: "finite", values: new Set([prefix]) };
  const middle = parts.slice("literal" in first ? 1 : 0, suffix !== "" ? -1 : undefined);
  if (middle.length === 1 && isChars(middle[0])) return { shape: "affix", prefix, suffix };
  if (parts.length === 3 && isChars(first) && isChars(third) && second !== undefined && "literal" in second) {
    return { shape: "contains", middle: fold(second.literal) };
  }
  return { shape: "general", prefix, suffix };
}

const isChars = (part: TextPart | undefined): boolean =>
  part !== undefined && "any" in part && part.any === "chars";

/** The same sequence with neighbouring literals, and neighbouring `chars`, made one; empty literals left out. */
function joined(parts: readonly TextPart[]): readonly TextPart[] {
  const result: TextPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if ("literal" in part) {
      if (part.literal === "") continue;
      if (last !== undefined && "literal" in last) {
        result[result.length - 1] = { literal: last.literal + part.literal };
        continue;
      }
    } else if (isChars(part) && isChars(last)) {
      continue;
    }
    result.push(part);
  }
  return result;
}
