import { RE2JS } from "@bufbuild/re2";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchesPattern } from "../../../server/src/access/match-pattern.ts";
import { isExpressibleRegex, parseRegex } from "../../../server/src/access/regex-parser.ts";
import { matches } from "../../../server/src/access/text-language.ts";
import {
  containing,
  fullMatch,
  ignoringCase,
  oneOf,
  prefix,
  search,
  sequence,
  type TextPattern,
} from "../../../server/src/access/text-pattern.ts";
import { allTexts, patterns, regexSources, runs, texts } from "./generators.ts";

describe("regular expressions against RE2", () => {
  test("full matches agree", () => {
    fc.assert(
      fc.property(regexSources, fc.array(texts, { minLength: 5, maxLength: 20 }), (source, some) => {
        fc.pre(isExpressibleRegex(source) === true);
        const expected = RE2JS.compile(source);
        for (const text of some)
          expect(matches(fullMatch(source), text), text).toBe(expected.testExact(text));
      }),
      runs(400),
    );
  });

  test("searches agree, anchors inside included", () => {
    fc.assert(
      fc.property(regexSources, fc.array(texts, { minLength: 5, maxLength: 20 }), (source, some) => {
        fc.pre(isExpressibleRegex(source) === true);
        const expected = RE2JS.compile(source);
        for (const text of some) expect(matches(search(source), text), text).toBe(expected.test(text));
      }),
      runs(400),
    );
  });

  test("what is expressible is RE2, and what RE2 rejects is not expressible", () => {
    const junk = fc
      .array(
        fc.constantFrom(
          ..."ab*+?{}()[]|^$.\\-,:<>!=iPQEdwAzx0129/",
          "(?",
          "(?:",
          "(?i)",
          "(?P<n>",
          "(?<n>",
          "[^",
          "[:alpha:]",
          "[[:^digit:]]",
          "{2,3}",
          "\\Q",
          "\\E",
          "\\x{1F600}",
          "\\x41",
          "\\07",
        ),
        { maxLength: 9 },
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(junk, fc.array(texts, { maxLength: 8 }), (source, some) => {
        const parsed = parseRegex(source);
        if ("unsupported" in parsed) return;
        const expected = RE2JS.compile(source);
        for (const text of some) {
          expect(matches(fullMatch(source), text), `${source} on ${text}`).toBe(expected.testExact(text));
        }
      }),
      runs(3_000),
    );
  });

  test.each([
    "a{,2}",
    "a{2",
    "{id}",
    "x{a}",
    "[]a]",
    "[^]a]",
    "[a-]",
    "[-a]",
    "[\\]\\-]",
    "[[:alpha:]_]+",
    "(?i)[^k]",
    "(?i)\\W",
    "(?i)K.S",
    "a|b|",
    "()",
    "(?:a|(?i)b)c",
    "(?s).",
    "\\Qa.b*\\E+",
    "\\Q",
    "\\x41\\x{e9}\\101",
    "[\\d\\s]",
    "(?P<name>a)(?<other>b)",
    "(?U)a+",
    "^*a",
    "$^",
    "(^a|b$)+",
    "a\\z",
    "[[]",
  ])("%s is expressible and means what RE2 means", (source) => {
    expect(isExpressibleRegex(source)).toBe(true);
    const expected = RE2JS.compile(source);
    for (const text of allTexts(["a", "b", "K", "\u212a", "-", "]", "{", "\n"], 3)) {
      expect(matches(search(source), text), JSON.stringify(text)).toBe(expected.test(text));
      expect(matches(fullMatch(source), text), JSON.stringify(text)).toBe(expected.testExact(text));
    }
  });

  test.each([
    ["\\bfoo", "word boundaries"],
    ["\\pL", "Unicode classes"],
    ["(?m)^a", "multi-line"],
    ["(?i)é", "ASCII"],
    ["(?=a)", "look-around"],
    ["(a)\\1", "references"],
    ["a**", "repeat"],
    ["*a", "repeat"],
    ["a{1001}", "1000"],
    ["(a{50}){50}", "1000"],
    ["a{2,1}", "order"],
    ["[b-a]", "order"],
    ["(a", "not closed"],
    ["a)", "no `(`"],
    ["[a", "too early"],
    ["\\", "backslash"],
    ["\\y", "not RE2"],
    [
      "(a{100}){10}(b{100}){10}(c{100}){10}(d{100}){10}(e{1000})(f{1000})(g{1000})(h{1000})(i{1000})",
      "too large",
    ],
  ])("%s is refused: %s", (source, reason) => {
    expect(isExpressibleRegex(source)).toContain(reason);
  });

  test("a refused expression in a pattern is a defect", () => {
    expect(() => matches(search("\\bfoo"), "foo")).toThrow("should have been lowered as opaque");
  });

  test("a text of many characters takes linear time", () => {
    expect(matches(fullMatch("(a*)*b"), "a".repeat(100_000))).toBe(false);
    expect(matches(search("(x+x+)+y"), "x".repeat(100_000))).toBe(false);
  });
});

describe("patterns", () => {
  test("agree with the evaluator's matcher", () => {
    const short = allTexts(["a", "b", "/", "\n"], 4);
    fc.assert(
      fc.property(patterns, (pattern) => {
        for (const text of short) expect(matches(pattern, text), text).toBe(matchesPattern(pattern, text));
      }),
      runs(150),
    );
  });

  test("ignoring case agrees with the evaluator's matcher on ASCII", () => {
    const short = allTexts(["a", "B", "A", "/"], 4);
    fc.assert(
      fc.property(patterns, (pattern) => {
        const folded = ignoringCase(pattern);
        for (const text of short) expect(matches(folded, text), text).toBe(matchesPattern(folded, text));
      }),
      runs(150),
    );
  });

  test("ignoring case folds ASCII letters, and what RE2 folds inside expressions", () => {
    const cases: [TextPattern, string, boolean][] = [
      [oneOf(["ké"]), "Ké", true],
      [oneOf(["ké"]), "KÉ", false],
      [oneOf(["k"]), "\u212a", false],
      [prefix("k"), "\u212ax", false],
      [sequence({ literal: "k" }, { any: "segment" }), "\u212ax", false],
      [sequence({ literal: "k." }, { any: "segment" }), "K.x", true],
      [fullMatch("k"), "\u212a", true],
      [fullMatch("k(?-i:s)"), "KS", false],
    ];
    for (const [pattern, text, expected] of cases) {
      expect(matches(ignoringCase(pattern), text), text).toBe(expected);
      expect(matchesPattern(ignoringCase(pattern), text), text).toBe(expected);
    }
  });

  test("ends may not overlap", () => {
    const both = sequence({ literal: "aba" }, { any: "chars" }, { literal: "ba" });
    expect(matches(both, "aba")).toBe(false);
    expect(matches(both, "ababa")).toBe(true);
  });

  test("any characters include newlines and what is outside the basic plane", () => {
    expect(matches(prefix("a"), "a\n😀")).toBe(true);
    expect(matches(fullMatch("a."), "a😀")).toBe(true);
    expect(matches(containing("😀"), "x😀y")).toBe(true);
    expect(matches(sequence({ literal: "/" }, { any: "segment" }), "/😀\n")).toBe(true);
  });
});
