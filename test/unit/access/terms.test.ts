import { describe, expect, test } from "vitest";
import { type Assignment, decideOn, firstHolding } from "../../../server/src/access/assignment.ts";
import { attribute } from "../../../server/src/access/catalogue.ts";
import { type AccessFunction, holds, type Term, type Terms } from "../../../server/src/access/predicate.ts";
import {
  and,
  anyOf,
  conjoin,
  type Entry,
  firstMatch,
  guarded,
  not,
  or,
  simplify,
  subtract,
  type TooMany,
  termKey,
  union,
  withoutDenies,
} from "../../../server/src/access/terms.ts";
import { exactly, oneOf, prefix } from "../../../server/src/access/text-pattern.ts";
import {
  assignments,
  cases,
  dimensions,
  patience,
  type Random,
  random,
  randomFunction,
  randomTerm,
  randomTerms,
} from "./support/random-functions.ts";

const method = attribute("request.method");
const is = (value: string) => holds(method, { test: "text", pattern: exactly(value) });

function known<T>(result: T | TooMany): T {
  if (result === "too-many-terms") throw new Error("too many terms");
  return result;
}

/** Checks a claim on every distinguishable request. */
function everywhere(all: readonly Terms[], claim: (values: Assignment) => void): void {
  for (const values of assignments(dimensions, ...all)) claim(values);
}

const some = (terms: Terms, values: Assignment) => firstHolding(terms, values) !== undefined;

function twoDimensions(source: Random) {
  const start = source.below(dimensions.length);
  return [0, 1].map(
    (offset) => dimensions[(start + offset) % dimensions.length] as (typeof dimensions)[number],
  );
}

describe("operations on terms, against enumeration", () => {
  test(
    "simplify, and, or, not, subtract",
    () => {
      for (let seed = 0; seed < cases(250); seed++) {
        const source = random(seed);
        const from = twoDimensions(source);
        const a = randomTerms(source, from, 4, "a");
        const b = randomTerms(source, from, 4, "b");
        const one = randomTerm(source, from, "one");
        const simple = simplify(one);
        const [both, either, none, less] = [known(and(a, b)), or(a, b), known(not(a)), known(subtract(a, b))];
        everywhere([a, b, [one]], (values) => {
          const [inA, inB] = [some(a, values), some(b, values)];
          const found = [some(both, values), some(either, values), some(none, values), some(less, values)];
          expect(found, `seed ${seed}`).toEqual([inA && inB, inA || inB, !inA, inA && !inB]);
          expect(simple !== undefined && some([simple], values)).toBe(some([one], values));
        });
      }
    },
    patience,
  );

  test(
    "De Morgan: the complement of a union is the conjunction of the complements",
    () => {
      for (let seed = 5_000; seed < 5_000 + cases(100); seed++) {
        const source = random(seed);
        const from = twoDimensions(source);
        const [a, b] = [randomTerms(source, from, 3, "a"), randomTerms(source, from, 3, "b")];
        const left = known(not(or(a, b)));
        const right = known(and(known(not(a)), known(not(b))));
        everywhere([a, b], (values) => expect(some(left, values)).toBe(some(right, values)));
      }
    },
    patience,
  );

  test("a bound is told, not exceeded", () => {
    const claims = Array.from(
      { length: 12 },
      (_, index): Term => ({
        literals: ["x", "y"].map((name) =>
          holds(attribute("jwt.claims", `${name}${index}`), { test: "boolean", value: true }),
        ),
        origins: [],
      }),
    );
    expect(not(claims, 1_000)).toBe("too-many-terms");
  });

  test("equal terms come once, with the origins of both", () => {
    const [one] = or(
      [{ literals: [is("GET")], origins: [{ label: "a" }] }],
      [{ literals: [is("GET")], origins: [{ label: "b" }] }],
    );
    expect(one?.origins.map((origin) => origin.label)).toEqual(["a", "b"]);
  });

  test("the order and the repetition of literals do not change a term's key", () => {
    const path = holds(attribute("request.path"), { test: "text", pattern: prefix("/a") });
    const key = (...literals: Term["literals"]) => termKey({ literals, origins: [] });
    expect(key(is("GET"), path)).toBe(key(path, is("GET"), is("GET")));
    expect(key(holds(method, { test: "text", pattern: oneOf(["A", "B"]) }))).toBe(
      key(holds(method, { test: "text", pattern: oneOf(["B", "A", "A"]) })),
    );
  });

  test("values of one attribute are merged, contradictions found", () => {
    const either = holds(method, { test: "text", pattern: oneOf(["GET", "HEAD"]) });
    expect(simplify({ literals: [either, is("GET")], origins: [] })?.literals).toHaveLength(1);
    expect(simplify({ literals: [is("GET"), is("PUT")], origins: [] })).toBeUndefined();
  });
});

describe("operations on access functions, against enumeration", () => {
  const decide = (fn: AccessFunction, values: Assignment) => decideOn(fn, values) === "allow";
  const lists = (...all: readonly AccessFunction[]) => all.flatMap((fn) => [fn.allow, fn.deny]);

  test(
    "first match",
    () => {
      for (let seed = 10_000; seed < 10_000 + cases(400); seed++) {
        const source = random(seed);
        const from = twoDimensions(source);
        const entries: readonly Entry[] = Array.from({ length: 1 + source.below(5) }, () => ({
          when: randomTerms(source, from, 2, "entry"),
          decision: source.chance(0.5) ? "allow" : "deny",
        }));
        const otherwise = source.chance(0.5) ? "allow" : "deny";
        const fn = known(firstMatch(entries, otherwise));
        everywhere(
          entries.map((entry) => entry.when),
          (values) => {
            const first = entries.find((entry) => some(entry.when, values));
            expect(decideOn(fn, values), `seed ${seed}`).toBe(first?.decision ?? otherwise);
          },
        );
      }
    },
    patience,
  );

  test(
    "conjoin, guarded, anyOf, withoutDenies",
    () => {
      for (let seed = 20_000; seed < 20_000 + cases(300); seed++) {
        const source = random(seed);
        const from = twoDimensions(source);
        const [a, b] = [randomFunction(source, from, 3), randomFunction(source, from, 3)];
        const guard = randomTerms(source, from, 2, "guard");
        const [both, inside, either, plain] = [
          known(conjoin(a, b)),
          known(guarded(a, guard)),
          known(anyOf([a, b])),
          known(withoutDenies(a)),
        ];
        everywhere([...lists(a, b), guard], (values) => {
          const [inA, inB] = [decide(a, values), decide(b, values)];
          const found = [both, inside, either, plain].map((fn) => decide(fn, values));
          expect(found, `seed ${seed}`).toEqual([inA && inB, inA && some(guard, values), inA || inB, inA]);
        });
      }
    },
    patience,
  );

  test(
    "union of functions with disjoint guards keeps denies to their own branch",
    () => {
      for (let seed = 30_000; seed < 30_000 + cases(200); seed++) {
        const source = random(seed);
        const from = twoDimensions(source);
        const [a, b] = [randomFunction(source, from, 3), randomFunction(source, from, 3)];
        const guard = [randomTerm(source, from, "guard")];
        const rest = known(not(guard));
        const fn = union(known(guarded(a, guard)), known(guarded(b, rest)));
        everywhere([...lists(a, b), guard], (values) => {
          expect(decide(fn, values), `seed ${seed}`).toBe(decide(some(guard, values) ? a : b, values));
        });
      }
    },
    patience,
  );

  test("a first-match list of disjoint entries does not grow", () => {
    const entries: readonly Entry[] = Array.from({ length: 300 }, (_, index) => ({
      when: [
        {
          literals: [holds(attribute("jwt.sub"), { test: "text", pattern: exactly(`user-${index}`) })],
          origins: [],
        },
      ],
      decision: index % 2 === 0 ? "allow" : "deny",
    }));
    const fn = known(firstMatch(entries, "deny"));
    expect([fn.allow.length, fn.deny.length]).toEqual([150, 0]);
  });
});
