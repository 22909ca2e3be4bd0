/** Terms by numbers: the same literals, the same number, whatever was numbered before and however they are written. */
import { describe, expect, test } from "vitest";
import { attribute } from "../../../server/src/access/catalogue.ts";
import { literalKey } from "../../../server/src/access/literal-key.ts";
import { Oracle } from "../../../server/src/access/oracle.ts";
import { fails, holds, type Term, type Test } from "../../../server/src/access/predicate.ts";
import { isWrittenAlike } from "../../../server/src/access/same-term.ts";
import { TermTable } from "../../../server/src/access/term-table.ts";
import {
  containing,
  exactly,
  fullMatch,
  ignoringCase,
  oneOf,
  pathTemplate,
  prefix,
  sequence,
  suffix,
  type TextPattern,
} from "../../../server/src/access/text-pattern.ts";
import { cases, random } from "./support/random-functions.ts";

const path = attribute("request.path");
const groups = attribute("jwt.claims", "groups");
const text = (pattern: TextPattern): Test => ({ test: "text", pattern });

const patterns: readonly TextPattern[] = [
  exactly("/a"),
  exactly("/a/b"),
  oneOf(["/a", "/b"]),
  oneOf(["/b", "/a"]),
  oneOf(["/a", "/b", "/c"]),
  oneOf(["/a", "/a"]),
  oneOf([]),
  oneOf(Array.from({ length: 12 }, (_, index) => `/${index}`)),
  prefix("/a"),
  prefix("/a/"),
  suffix("/a"),
  containing("/a"),
  pathTemplate("/a/{x}"),
  pathTemplate("/a/{x}/b"),
  sequence({ literal: "/" }, { literal: "a" }),
  sequence({ literal: "/" }, { literal: "a" }, { any: "chars" }),
  sequence({ literal: "" }, { literal: "/a/" }, { any: "segment" }),
  fullMatch("/a"),
  fullMatch("/[ab]"),
];
const tests: readonly Test[] = [
  { test: "present" },
  ...patterns.flatMap((pattern): Test[] => [
    text(pattern),
    text(ignoringCase(pattern)),
    { test: "member", pattern },
    { test: "member", pattern, scalar: true },
  ]),
  { test: "boolean", value: true },
  { test: "boolean", value: false },
  { test: "type", type: "text" },
  { test: "range", min: 1 },
  { test: "range", min: 1, minOpen: true },
  { test: "range", max: 1 },
  { test: "range", min: 1, integer: true },
];

const literals = [path, groups].flatMap((on) => tests.flatMap((one) => [holds(on, one), fails(on, one)]));
const keyOf = (term: Term): string => [...new Set(term.literals.map(literalKey))].sort().join(" & ");
/** The same, in other objects. */
const copied = (term: Term): Term => structuredClone(term);

describe("terms by numbers", () => {
  test("two tests have one number exactly where they have one key", () => {
    const oracle = new Oracle(undefined);
    const keys = new Map<number, string>();
    const numbers = new Map<string, number>();
    for (const literal of [...literals, ...literals.toReversed()]) {
      const [number, key] = [oracle.lit(literal), literalKey(literal)];
      expect(keys.get(number) ?? key).toBe(key);
      expect(numbers.get(key) ?? number).toBe(number);
      keys.set(number, key);
      numbers.set(key, number);
    }
  });

  test("the number depends on the literals only, not on what was numbered before", () => {
    for (let seed = 0; seed < cases(300); seed++) {
      const source = random(seed);
      const few = Array.from({ length: 6 }, () => source.pick(literals));
      const terms = Array.from(
        { length: 12 },
        (): Term => ({
          literals: Array.from({ length: source.below(4) }, () => source.pick(few)),
          origins: [],
        }),
      );
      const table = new TermTable(new Oracle(undefined));
      const numbers = new Map<string, number>();
      // The same order, with some taken out and some exchanged, and any order.
      const edited = terms
        .filter(() => source.chance(0.8))
        .map((term) => (source.chance(0.2) ? source.pick(terms) : term));
      for (const term of [...terms, ...terms.map(copied), ...edited.map(copied), ...terms.toReversed()]) {
        const [number, key] = [table.intern(term), keyOf(term)];
        expect(numbers.get(key) ?? number).toBe(number);
        numbers.set(key, number);
      }
      expect(table.size).toBe(numbers.size);
    }
  });

  test("written alike: equal literals in the same order, and nothing less", () => {
    for (const one of literals)
      for (const other of literals) {
        const [a, b]: [Term, Term] = [
          { literals: [one], origins: [{ label: "a" }] },
          copied({ literals: [other], origins: [{ label: "b" }] }),
        ];
        const isSame =
          JSON.stringify([one.attribute.key, one.negated, one.test]) ===
          JSON.stringify([other.attribute.key, other.negated, other.test]);
        expect(isWrittenAlike(a, b)).toBe(isSame);
      }
    const [one, two] = [holds(path, text(exactly("/a"))), holds(path, text(exactly("/b")))];
    const of = (...list: Term["literals"]): Term => ({ literals: list, origins: [] });
    expect(isWrittenAlike(of(one, two), of(two, one))).toBe(false);
    expect(isWrittenAlike(of(one), of(one, two))).toBe(false);
    expect(isWrittenAlike(of(one, two), copied(of(one, two)))).toBe(true);
  });
});
