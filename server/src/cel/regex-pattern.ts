import { re2Problem } from "../access/re2.ts";
import { isExpressibleRegex } from "../access/text-language.ts";
import { ignoringCase, type TextPart, type TextPattern } from "../access/text-pattern.ts";

/**
 * The texts in which an RE2 expression matches somewhere (CEL `matches`), as patterns of the whole text of which one
 * must hold. Anchors become the ends of the pattern, and what has no operators becomes literal text, which comparison
 * handles best. Undefined where anchors, word boundaries or flags stand inside, where a whole-text pattern would
 * change their meaning.
 */
export function searchPatterns(expression: string): readonly TextPattern[] | undefined {
  if (re2Problem(expression) !== undefined) return undefined;
  // What RE2 takes but the theory of texts cannot decide (`\\pL`, large repeats) stays opaque.
  if (isExpressibleRegex(expression) !== true) return undefined;
  const folded = expression.startsWith("(?i)");
  const body = folded ? expression.slice(4) : expression;
  const alternatives = splitAlternatives(body);
  if (alternatives === undefined) return undefined;
  const patterns: TextPattern[] = [];
  for (const alternative of alternatives) {
    const pattern = searchPattern(alternative);
    if (pattern === undefined || (folded && !isAscii(alternative.join("")))) return undefined;
    patterns.push(folded ? ignoringCase(pattern) : pattern);
  }
  return patterns;
}

/** Folding beyond ASCII, and of `k` and `s` with the Kelvin sign and the long s, is RE2's own: see `ignoreCase`. */
function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

function searchPattern(alternative: readonly string[]): TextPattern | undefined {
  let units = [...alternative];
  const atStart = units[0] === "^" || units[0] === "\\A";
  if (atStart) units = units.slice(1);
  const atEnd = units.at(-1) === "$" || units.at(-1) === "\\z";
  if (atEnd) units = units.slice(0, -1);
  if (units.some(isAnchorOrFlag) || (atStart && "*+?{".includes(units[0] ?? " "))) return undefined;
  const literal = literalText(units);
  const inner: TextPart = literal === undefined ? { regex: units.join("") } : { literal };
  const chars: TextPart = { any: "chars" };
  return { kind: "sequence", parts: [...(atStart ? [] : [chars]), inner, ...(atEnd ? [] : [chars])] };
}

/** The expression cut into units (an escape, a class, a group opener, one character), split at top-level `|`. */
function splitAlternatives(expression: string): readonly (readonly string[])[] | undefined {
  const found: string[][] = [[]];
  let depth = 0;
  const unit =
    /\\Q|\\[pP]\{[^}]*\}|\\x\{[^}]*\}|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:[^\]]*:\]|[^\]])*\]|\(\?[^:)]*[:)]|[\s\S]/gy;
  for (const [text] of expression.matchAll(unit)) {
    if (text === "\\Q") return undefined;
    if (text.startsWith("(") && !(text.startsWith("(?") && text.endsWith(")"))) depth++;
    if (text === ")") depth--;
    if (text === "|" && depth === 0) found.push([]);
    else found.at(-1)?.push(text);
  }
  return found;
}

function isAnchorOrFlag(unit: string): boolean {
  if (["^", "$", "\\A", "\\z", "\\b", "\\B"].includes(unit)) return true;
  return unit.startsWith("(?") && unit !== "(?:" && !/^\(\?P?</.test(unit);
}

/** The text that the units stand for where none of them is an operator. */
function literalText(units: readonly string[]): string | undefined {
  let text = "";
  for (const unit of units) {
    if (unit.length === 2 && unit.startsWith("\\") && /[^A-Za-z0-9]/.test(unit.charAt(1)))
      text += unit.charAt(1);
    else if (unit.length === 1 && !"\\.+*?()|[]{}^$".includes(unit)) text += unit;
    else return undefined;
  }
  return text;
}
