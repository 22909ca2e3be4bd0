import { asciiLower } from "./char-set.ts";
import { re2, re2Quote } from "./re2.ts";
import type { TextPart, TextPattern } from "./text-pattern.ts";

/**
 * Whether the whole text is in the pattern's set. Throws where a part is not an RE2 expression: whoever makes
 * patterns of foreign expressions checks them first.
 */
export function matchesPattern(pattern: TextPattern, text: string): boolean {
  if (pattern.kind === "oneOf") {
    if (pattern.ignoreCase !== true) return pattern.values.includes(text);
    const lower = asciiLower(text);
    return pattern.values.some((value) => asciiLower(value) === lower);
  }
  const simple = pattern.ignoreCase === true ? undefined : matchSimple(pattern.parts, text);
  return simple ?? re2(expression(pattern.parts, pattern.ignoreCase === true)).testExact(text);
}

/** Literals with at most one run of any characters, by far the most common; undefined for everything else. */
function matchSimple(parts: readonly TextPart[], text: string): boolean | undefined {
  const kinds = parts.map((part) =>
    "literal" in part ? "l" : "any" in part && part.any === "chars" ? "c" : "x",
  );
  const literals = parts.map((part) => ("literal" in part ? part.literal : ""));
  switch (kinds.join("")) {
    case "":
      return text === "";
    case "l":
      return text === literals[0];
    case "c":
      return true;
    case "lc":
      return text.startsWith(literals[0] ?? "");
    case "cl":
      return text.endsWith(literals[1] ?? "");
    case "clc":
      return text.includes(literals[1] ?? "");
    default:
      return undefined;
  }
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
