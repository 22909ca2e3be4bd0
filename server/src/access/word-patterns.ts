import { containing, oneOf, prefix, suffix, type TextPattern } from "./text-pattern.ts";

/**
 * Texts that have a word which the test takes, where words are what stands between spaces (RFC 8693, 4.2: `scope`). Of
 * an empty word this means one between two spaces, or at an end: whoever drops those has to say so before.
 */
export function wordPatterns(
  kind: "equals" | "startsWith" | "endsWith" | "contains",
  value: string,
): readonly TextPattern[] {
  if (value.includes(" ")) return [];
  switch (kind) {
    case "equals":
      return [oneOf([value]), prefix(`${value} `), suffix(` ${value}`), containing(` ${value} `)];
    case "startsWith":
      return [prefix(value), containing(` ${value}`)];
    case "endsWith":
      return [suffix(value), containing(`${value} `)];
    case "contains":
      return [containing(value)];
  }
}
