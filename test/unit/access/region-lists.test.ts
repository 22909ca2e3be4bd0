import { describe, expect, test } from "vitest";
import { decideOn, firstHolding, termHoldsOn } from "../../../server/src/access/assignment.ts";
import { attribute } from "../../../server/src/access/catalogue.ts";
import type { ReadableRegion } from "../../../server/src/access/difference-regions.ts";
import {
  type AccessFunction,
  fails,
  holds,
  type Literal,
  type Term,
} from "../../../server/src/access/predicate.ts";
import {
  differenceRegions,
  intersectionRegions,
  type RegionList,
} from "../../../server/src/access/region-lists.ts";
import {
  exactly,
  oneOf,
  prefix,
  sequence,
  type TextPattern,
} from "../../../server/src/access/text-pattern.ts";
import {
  assignments,
  cases,
  dimensions,
  mutated,
  patience,
  random,
  randomFunction,
  randomTerms,
} from "./support/random-functions.ts";

type Values = Parameters<typeof decideOn>[1];

const isIn = ({ term, except }: ReadableRegion, values: Values): boolean =>
  termHoldsOn(term, values) && firstHolding(except, values) === undefined;

/** Every request of a sound region belongs, and every request that belongs is in a region, where none were left out. */
function check({ regions, truncated }: RegionList, values: Values, belongs: boolean, hint: string): void {
  for (const region of regions)
    if (region.sound && isIn(region, values)) expect(belongs, `${region.text}, ${hint}`).toBe(true);
  if (belongs && !truncated)
    expect(
      regions.some((region) => isIn(region, values)),
      hint,
    ).toBe(true);
}

describe("sound and complete, by enumeration", () => {
  test(
    "differences",
    () => {
      let sound = 0;
      let all = 0;
      for (let seed = 0; seed < cases(150); seed++) {
        const source = random(seed);
        const start = source.below(dimensions.length);
        const from = [0, 1].map(
          (offset) => dimensions[(start + offset) % dimensions.length] as (typeof dimensions)[number],
        );
        const impossible = source.chance(0.3) ? randomTerms(source, from, 2, "impossible") : [];
        const allowing = randomFunction(source, from);
        const denying = source.chance(0.5) ? mutated(source, allowing, from) : randomFunction(source, from);
        const found = differenceRegions(allowing, denying, { impossible, allowingIs: "left", most: 12 });
        all += found.regions.length;
        sound += found.regions.filter((region) => region.sound).length;
        for (const region of found.regions) {
          expect(region.text.startsWith("within ")).toBe(!region.sound);
          expect(region.exact).toBe(region.sound && region.except.length === 0);
        }
        const lists = [allowing.allow, allowing.deny, denying.allow, denying.deny, impossible];
        for (const values of assignments(from, ...lists)) {
          if (firstHolding(impossible, values) !== undefined) continue;
          const differs = decideOn(allowing, values) === "allow" && decideOn(denying, values) === "deny";
          check(found, values, differs, `seed ${seed}`);
        }
      }
      // Regions that are only outer bounds would pass whatever they are.
      expect(all).toBeGreaterThan(cases(120));
      expect(sound / all).toBeGreaterThan(0.8);
    },
    patience,
  );

  test(
    "intersections",
    () => {
      for (let seed = 7_000; seed < 7_000 + cases(100); seed++) {
        const source = random(seed);
        const from = dimensions.slice(0, 2);
        const [a, b] = [randomFunction(source, from, 3), randomFunction(source, from, 3)];
        const found = intersectionRegions(a, b, { most: 12 });
        for (const values of assignments(from, a.allow, a.deny, b.allow, b.deny)) {
          const both = decideOn(a, values) === "allow" && decideOn(b, values) === "allow";
          check(found, values, both, `seed ${seed}`);
        }
      }
    },
    patience,
  );
});

const path = attribute("request.path");
const method = attribute("request.method");
const principal = attribute("source.principal");
const is = (on: typeof path, pattern: TextPattern): Literal => holds(on, { test: "text", pattern });
const get = is(method, exactly("GET"));
const rule = (label: string, ...literals: readonly Literal[]): Term => ({ literals, origins: [{ label }] });
const fn = (allow: readonly Term[], deny: readonly Term[] = []): AccessFunction => ({
  allow,
  deny,
  opaque: [],
});
const v1 = rule("v1", is(path, prefix("/v1/")));

const said = (allowing: AccessFunction, denying: AccessFunction, impossible: readonly Term[] = []) => {
  const { regions, truncated } = differenceRegions(allowing, denying, { allowingIs: "left", impossible });
  expect(truncated).toBe(false);
  return regions.map(({ text }) => text);
};

describe("in words", () => {
  test("what the other side allows is left out", () => {
    const open = rule("open", is(path, prefix("/v1/public/")));
    expect(said(fn([v1]), fn([open]))).toEqual(["under /v1/** but not /v1/public/**"]);
  });

  test("what is left out in two respects is an exception", () => {
    const open = rule("open", get, is(path, prefix("/v1/public/")));
    expect(said(fn([v1]), fn([open]))).toEqual(["under /v1/**, except GET under /v1/public/**"]);
  });

  test("of a list what differs", () => {
    const two = rule("two", is(method, oneOf(["GET", "POST"])), is(path, prefix("/v1/")));
    expect(said(fn([two]), fn([rule("one", get, is(path, prefix("/v1/")))]))).toEqual(["POST under /v1/**"]);
  });

  test("several values of one attribute are one region", () => {
    const on = (some: string) => rule(some, get, is(path, exactly(some)));
    expect(said(fn([on("/a"), on("/b"), on("/c")]), fn([]))).toEqual(["GET /a, /b or /c"]);
  });

  test("what holds of every possible request is not said", () => {
    const transport = attribute("transport");
    const http = exactly("http");
    const impossible = [rule("", fails(transport, { test: "text", pattern: http }))];
    expect(said(fn([rule("a", get, is(transport, http))]), fn([]), impossible)).toEqual(["GET"]);
  });

  test("a deny rule by itself, where all that it speaks of was allowed", () => {
    const ban = rule("ban", is(path, prefix("/v1/admin/")));
    expect(said(fn([v1, rule("read", get)]), fn([v1, rule("read", get)], [ban]))).toEqual([
      "under /v1/admin/**",
    ]);
  });

  test("the intersection", () => {
    const qa = is(
      principal,
      sequence({ literal: "spiffe://" }, { any: "segment" }, { literal: "/ns/qa/" }, { any: "chars" }),
    );
    const post = rule("post", is(method, oneOf(["POST", "PUT"])), is(path, prefix("/v1/")));
    const admin = rule("admin", is(method, oneOf(["POST", "GET"])), is(path, prefix("/v1/admin/")), qa);
    const { regions, truncated } = intersectionRegions(fn([post]), fn([admin]), {});
    expect(truncated).toBe(false);
    expect(regions.map(({ text }) => text)).toEqual([
      "POST under /v1/admin/** by any workload of namespace qa",
    ]);
  });

  test("more regions than asked for are said to be more", () => {
    const some = [1, 2, 3, 4, 5].map((n) => rule(`${n}`, is(path, prefix(`/p${n}/`))));
    const { regions, truncated } = differenceRegions(fn(some), fn([]), { allowingIs: "left", most: 2 });
    expect(regions).toHaveLength(2);
    expect(truncated).toBe(true);
  });

  test("what is too entangled to be told is an outer bound", () => {
    const holes = Array.from({ length: 5 }, (_, n) =>
      rule(`hole${n}`, is(path, prefix(`/v1/h${n}/`)), is(method, exactly(`M${n}`))),
    );
    expect(said(fn([v1]), fn(holes))).toEqual(["within requests under /v1/**"]);
  });
});
