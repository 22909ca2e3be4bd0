import fc from "fast-check";
import { expect, test } from "vitest";
import { expression, matchesPattern } from "../../../server/src/access/match-pattern.ts";
import { re2 } from "../../../server/src/access/re2.ts";
import { pathTemplate, sequence } from "../../../server/src/access/text-pattern.ts";
import { allTexts, patterns, runs } from "./generators.ts";

const short = allTexts(["a", "b", "/"], 4);

test("patterns match what the same expression of RE2 matches", () => {
  fc.assert(
    fc.property(patterns, (pattern) => {
      if (pattern.kind === "oneOf") return;
      const same = re2(expression(pattern.parts, false));
      for (const text of short) {
        if (matchesPattern(pattern, text) !== same.testExact(text))
          throw new Error(`${JSON.stringify(pattern)} on ${JSON.stringify(text)}`);
      }
    }),
    runs(400),
  );
});

test("segments and runs of characters leave open where they end", () => {
  expect(matchesPattern(pathTemplate("/{a}b/{c}"), "/xbb/y")).toBe(true);
  expect(matchesPattern(pathTemplate("/{a}b/{c}"), "/b/y")).toBe(false);
  const several = sequence(
    { any: "chars" },
    { literal: "a" },
    { any: "segment" },
    { literal: "a" },
    { any: "chars" },
  );
  expect(matchesPattern(several, "b/aba/")).toBe(true);
  expect(matchesPattern(several, "aa/a")).toBe(false);
});
