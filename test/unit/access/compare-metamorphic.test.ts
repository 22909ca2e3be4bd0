/**
 * Changes of a pair that change no answer, or change it in a known way, over the full predicate set: order,
 * splitting, repetition, complements of complements, other patterns for the same texts, other names, other sides.
 */
import { describe, expect, test } from "vitest";
import { type Comparison, compare } from "../../../server/src/access/compare.ts";
import type { AccessFunction } from "../../../server/src/access/predicate.ts";
import { type RandomPair, randomPair } from "./oracle/random-pair.ts";
import { otherAttributes, otherCase } from "./oracle/rename.ts";
import { rewrites } from "./oracle/rewrites.ts";
import { subjects } from "./oracle/vocabulary.ts";
import { pairInWords } from "./oracle/words.ts";
import { cases, random } from "./support/random-functions.ts";

const patience = process.env.PLUMBLINE_DEEP === undefined ? 120_000 : 3_600_000;
const answers = ({ newlyAllows, newlyDenies }: Comparison) => [newlyAllows.answer, newlyDenies.answer];

function* pairs(from: number, few: number): Generator<RandomPair> {
  for (let seed = from; seed < from + cases(few); seed++) yield randomPair(seed);
}

const said = ({ seed, left, right }: RandomPair) => `seed ${seed}\n${pairInWords(left, right)}`;

describe("what changes no answer", () => {
  test.each([...rewrites.keys()])(
    "%s: a function in other words is the same, and so is what it is beside",
    (name) => {
      const rewrite = rewrites.get(name);
      if (rewrite === undefined) throw new Error(`${name} is no rewrite`);
      for (const pair of pairs(1_000_000, 6)) {
        const source = random(pair.seed);
        const other = rewrite(pair.right, source, subjects);
        expect(compare(pair.right, other).verdict, said({ ...pair, left: other })).toBe("equal");
        const [before, after] = [compare(pair.left, pair.right), compare(pair.left, other)];
        expect(answers(after), said(pair)).toEqual(answers(before));
      }
    },
    patience,
  );

  test(
    "other names: of attributes with the same values, and of what they are compared with",
    () => {
      for (const pair of pairs(1_100_000, 25)) {
        const before = answers(compare(pair.left, pair.right));
        for (const renamed of [otherAttributes, otherCase]) {
          const after = compare(renamed(pair.left), renamed(pair.right));
          expect(answers(after), said(pair)).toEqual(before);
        }
      }
    },
    patience,
  );
});

describe("what changes answers in a known way", () => {
  test(
    "other sides",
    () => {
      for (const pair of pairs(1_200_000, 25)) {
        const [there, back] = [compare(pair.left, pair.right), compare(pair.right, pair.left)];
        expect(answers(back), said(pair)).toEqual(answers(there).reverse());
      }
    },
    patience,
  );

  test(
    "everything and nothing",
    () => {
      const everything: AccessFunction = { allow: [{ literals: [], origins: [] }], deny: [], opaque: [] };
      const nothing: AccessFunction = { allow: [], deny: [], opaque: [] };
      for (const pair of pairs(1_300_000, 20)) {
        expect(compare(everything, pair.left).newlyAllows.answer, said(pair)).toBe("no");
        expect(compare(nothing, pair.left).newlyDenies.answer, said(pair)).toBe("no");
        const both = { ...pair.left, deny: [...pair.left.deny, ...pair.left.allow] };
        expect(compare(nothing, both).verdict, said(pair)).toBe("equal");
      }
    },
    patience,
  );
});
