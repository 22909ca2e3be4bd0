import { describe, expect, test } from "vitest";
import { decideOn, firstHolding } from "../../../server/src/access/assignment.ts";
import { type Answer, type Comparison, compare } from "../../../server/src/access/compare.ts";
import type { AccessFunction, Terms } from "../../../server/src/access/predicate.ts";
import {
  bruteForce,
  cases,
  dimensions,
  mutated,
  patience,
  type Random,
  random,
  randomFunction,
  randomTerms,
} from "./support/random-functions.ts";

const verdicts = {
  "true,true": "incomparable",
  "true,false": "wider",
  "false,true": "narrower",
  "false,false": "equal",
};

function holdsAsClaimed(
  answer: Answer,
  allowing: AccessFunction,
  denying: AccessFunction,
  impossible: Terms,
): void {
  if (answer.answer !== "yes") return;
  expect(answer.witnesses.length).toBeGreaterThan(0);
  for (const { assignment, allowTerm, deniedBy } of answer.witnesses) {
    expect(firstHolding(impossible, assignment)).toBeUndefined();
    expect(decideOn(allowing, assignment)).toBe("allow");
    expect(decideOn(denying, assignment)).toBe("deny");
    expect(firstHolding([allowTerm], assignment)).toBe(allowTerm);
    if (deniedBy !== undefined) expect(firstHolding([deniedBy], assignment)).toBe(deniedBy);
    else expect(firstHolding(denying.allow, assignment)).toBeUndefined();
  }
}

function checkPair(left: AccessFunction, right: AccessFunction, impossible: Terms, seed: number): Comparison {
  const expected = bruteForce(left, right, dimensions, impossible);
  const result = compare(left, right, { impossible });
  const found = [result.newlyAllows.answer, result.newlyDenies.answer];
  const wanted = [expected.newlyAllows, expected.newlyDenies].map((one) => (one ? "yes" : "no"));
  expect(found, `seed ${seed}`).toEqual(wanted);
  expect(result.verdict).toBe(verdicts[`${expected.newlyAllows},${expected.newlyDenies}`]);
  holdsAsClaimed(result.newlyAllows, right, left, impossible);
  holdsAsClaimed(result.newlyDenies, left, right, impossible);
  return result;
}

describe("against enumeration", () => {
  const few = (source: Random) => {
    const start = source.below(dimensions.length);
    return [0, 1, 2].map(
      (offset) => dimensions[(start + offset) % dimensions.length] as (typeof dimensions)[number],
    );
  };

  test(
    "independent random functions",
    () => {
      for (let seed = 0; seed < cases(1_500); seed++) {
        const source = random(seed);
        const from = few(source);
        const impossible = source.chance(0.3) ? randomTerms(source, from, 2, "impossible") : [];
        checkPair(randomFunction(source, from), randomFunction(source, from), impossible, seed);
      }
    },
    patience,
  );

  test(
    "functions that share most terms",
    () => {
      for (let seed = 100_000; seed < 100_000 + cases(1_500); seed++) {
        const source = random(seed);
        const from = few(source);
        const left = randomFunction(source, from, 8);
        checkPair(left, mutated(source, left, from), [], seed);
      }
    },
    patience,
  );

  test(
    "many terms on few values, where coverage is collective",
    () => {
      for (let seed = 200_000; seed < 200_000 + cases(300); seed++) {
        const source = random(seed);
        const from = source.chance(0.5) ? dimensions.slice(1, 3) : dimensions.slice(3, 5);
        checkPair(randomFunction(source, from, 24), randomFunction(source, from, 24), [], seed);
      }
    },
    patience,
  );
});
