import fc from "fast-check";
import { vi } from "vitest";
import type { TextPart, TextPattern } from "../../../server/src/access/text-pattern.ts";

const deep = process.env.PLUMBLINE_DEEP === "1";
if (deep) vi.setConfig({ testTimeout: 600_000 });

/** How many runs a property gets: a seeded few in `npm test`, many in `npm run test:deep`. */
export const runs = (few: number): { numRuns: number; seed?: number } =>
  deep ? { numRuns: few * 20 } : { numRuns: few, seed: 20260115 };

const atom = fc.constantFrom(
  "a",
  "b",
  "k",
  "A",
  ".",
  "\\.",
  "/",
  "[ab]",
  "[^a]",
  "[a-c/]",
  "\\d",
  "\\w",
  "\\W",
  "é",
);

/** RE2 sources that are mostly valid, over few characters, so that texts often match. */
export const regexSources: fc.Arbitrary<string> = fc.letrec<{ regex: string }>((tie) => ({
  regex: fc.oneof(
    { maxDepth: 3, depthIdentifier: "regex" },
    atom,
    fc.array(tie("regex"), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("")),
    fc.tuple(tie("regex"), tie("regex")).map(([a, b]) => `(${a}|${b})`),
    fc
      .tuple(tie("regex"), fc.constantFrom("*", "+", "?", "{2}", "{0,2}", "{1,}", "*?"))
      .map(([a, repeat]) => `(?:${a})${repeat}`),
    fc.tuple(fc.constantFrom("i", "s", "s-i"), tie("regex")).map(([flags, a]) => `(?${flags}:${a})`),
    tie("regex").map((a) => `^${a}`),
    tie("regex").map((a) => `${a}$`),
  ),
})).regex;

/** Letters in both cases, a separator, a newline, and what folds into ASCII or stands outside it. */
export const texts = fc
  .array(fc.constantFrom("a", "b", "c", "k", "A", "K", "/", ".", "1", "\n", "é", "\u212a"), { maxLength: 6 })
  .map((chars) => chars.join(""));

const words = fc.array(fc.constantFrom("a", "b", "/"), { maxLength: 3 }).map((chars) => chars.join(""));

const parts: fc.Arbitrary<TextPart> = fc.oneof(
  { weight: 3, arbitrary: words.map((literal) => ({ literal })) },
  { weight: 2, arbitrary: fc.constantFrom<TextPart>({ any: "chars" }, { any: "segment" }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("a*", "[ab]{2}", "(a|b/)*", "[^/]+", "^a", "b$", ".")
      .map((regex) => ({ regex })),
  },
);

/** Patterns over `a`, `b` and `/`, which every short text over these letters can tell apart. */
export const patterns: fc.Arbitrary<TextPattern> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.array(words, { maxLength: 3 }).map((values): TextPattern => ({ kind: "oneOf", values })),
  },
  {
    weight: 3,
    arbitrary: fc
      .array(parts, { maxLength: 4 })
      .map((some): TextPattern => ({ kind: "sequence", parts: some })),
  },
);

/** Every text over the alphabet up to the length. */
export function allTexts(alphabet: readonly string[], length: number): readonly string[] {
  let last = [""];
  const all = [...last];
  for (let i = 0; i < length; i++) {
    last = last.flatMap((text) => alphabet.map((char) => text + char));
    all.push(...last);
  }
  return all;
}
