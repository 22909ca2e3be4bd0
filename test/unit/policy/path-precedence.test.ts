import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchesPattern } from "../../../server/src/access/match-pattern.ts";
import { pathTemplate } from "../../../server/src/access/text-pattern.ts";
import type { Operation } from "../../../server/src/policy/model.ts";
import {
  compareConcreteness,
  matchesTemplate,
  matchingTemplates,
  moreConcretePaths,
} from "../../../server/src/policy/path-precedence.ts";
import { shop } from "../simulate/shop.ts";

const { place } = shop().production;
const operations = (...paths: readonly string[]): readonly Operation[] =>
  paths.map((path) => ({ method: "GET", path, place, parameters: [] }));

const seed = { seed: 20260115, numRuns: process.env.PLUMBLINE_DEEP === undefined ? 2_000 : 100_000 };
const segment = fc
  .array(fc.constantFrom("a", "b", ".", "-", "{x}", "{y}", "é", "{", "}"), { minLength: 0, maxLength: 4 })
  .map((parts) => parts.join(""));
const template = fc
  .array(segment, { minLength: 1, maxLength: 3 })
  .map((segments) => `/${segments.join("/")}`);
const path = fc
  .array(fc.constantFrom("a", "b", ".", "-", "/", "é", "😀", "{", "}", "\n"), { maxLength: 8 })
  .map((chars) => `/${chars.join("")}`);

describe("a template", () => {
  test.each([
    ["/a/{id}", "/a/1", true],
    ["/a/{id}", "/a/", false],
    ["/a/{id}", "/a/1/", false],
    ["/a/{id}", "/a/1/2", false],
    ["/a/{id}.json", "/a/1.json", true],
    ["/a/{id}.json", "/a/.json", false],
    ["/a/{x}-{y}", "/a/1-2-3", true],
    ["/a/{x}-{y}", "/a/-1", false],
    ["/a/{x}{y}", "/a/1", false],
    ["/a/{x}{y}", "/a/12", true],
    ["/a.b/(c)", "/a.b/(c)", true],
    ["/a.b", "/aXb", false],
    ["/a/{}", "/a/1", true],
    ["/a/{b", "/a/{b", true],
    ["/{x}{", "/a{", true],
    ["/{x}{/", "/aa", false],
  ])("%s and %s: %s", (one, concrete, expected) => {
    expect(matchesTemplate(one, concrete)).toBe(expected);
  });

  test("matches what its predicate matches", () => {
    fc.assert(
      fc.property(template, path, (one, concrete) => {
        expect(matchesTemplate(one, concrete)).toBe(matchesPattern(pathTemplate(one), concrete));
      }),
      seed,
    );
  });

  test("of an untrusted document takes linear time", () => {
    // A backtracking matcher would still be at it tomorrow; the test's own time limit is the measure.
    const hostile = `/${"{x}a".repeat(200)}b`;
    expect(matchesTemplate(hostile, `/${"a".repeat(5_000)}c`)).toBe(false);
  });
});

describe("precedence", () => {
  test("literals before parameters, segment by segment", () => {
    const all = operations("/{a}/search", "/pay/{id}", "/pay/{id}.json", "/pay/search", "/pay/{other}");
    expect(matchingTemplates("/pay/search", all)).toEqual([
      "/pay/search",
      "/pay/{id}",
      "/pay/{other}",
      "/{a}/search",
    ]);
    expect(matchingTemplates("/pay/1.json", all)).toEqual(["/pay/{id}.json", "/pay/{id}", "/pay/{other}"]);
    expect(moreConcretePaths("/pay/{id}", all)).toEqual(["/pay/{id}.json", "/pay/search"]);
    expect(moreConcretePaths("/pay/search", all)).toEqual([]);
  });

  test("the winner is the one that no other more concrete one takes the path from", () => {
    fc.assert(
      fc.property(fc.uniqueArray(template, { minLength: 1, maxLength: 5 }), path, (paths, concrete) => {
        const all = operations(...paths);
        const [winner] = matchingTemplates(concrete, all);
        const lowered = paths.filter(
          (one) =>
            matchesTemplate(one, concrete) &&
            !moreConcretePaths(one, all).some((other) => matchesTemplate(other, concrete)),
        );
        expect(lowered).toEqual(winner === undefined ? [] : [winner]);
      }),
      seed,
    );
  });

  test("the order is total", () => {
    fc.assert(
      fc.property(template, template, (a, b) => {
        const order = compareConcreteness(a, b);
        expect(order === 0).toBe(a === b);
        expect(Math.sign(compareConcreteness(b, a))).toBe(order === 0 ? 0 : -Math.sign(order));
      }),
      seed,
    );
  });
});
