import { expect, test } from "vitest";
import { budget } from "../../../server/src/access/budget.ts";
import { type Answer, compare } from "../../../server/src/access/compare.ts";
import { adversaries } from "./support/adversarial.ts";

/** A fraction of what a comparison may cost by default, so that the tests are quick. */
const steps = 1_600_000;

/** One question of automata, or one branch, is finished before the bound is looked at again. */
const overshoot = 50_000;

const decided: Readonly<Record<string, readonly [Answer["answer"], Answer["answer"]]>> = {
  "random conjunctions over 60 booleans": ["no", "no"],
  "random conjunctions over 150 booleans": ["no", "unknown"],
  "twelve pigeons in eleven holes": ["no", "unknown"],
  "a letter twenty places before the end, against twenty-one": ["unknown", "unknown"],
  "many wildcards in many orders": ["unknown", "unknown"],
  "nested repetitions": ["yes", "unknown"],
  "paths of many segments in many templates": ["unknown", "unknown"],
};

test.each(adversaries().map((one) => [one.name, one] as const))(
  "%s: an answer, or the part that is too complex, within the budget",
  (name, { left, right }) => {
    const own = budget(steps);
    const { newlyAllows, newlyDenies } = compare(left, right, { budget: own });
    expect([newlyAllows.answer, newlyDenies.answer]).toEqual(decided[name]);
    expect(own.remaining).toBeGreaterThan(-overshoot);
    for (const answer of [newlyAllows, newlyDenies]) {
      if (answer.answer !== "unknown") continue;
      expect(answer.reason).toMatch(/^Too complex to decide within the budget at /);
      const [origin] = answer.part?.origins ?? [];
      expect(answer.reason).toContain(origin?.label ?? "no origin");
    }
  },
);

test("with nothing to spend, what differs is unknown and what is the same is still the same", () => {
  const [first] = adversaries();
  if (first === undefined) throw new Error("no adversary");
  expect(compare(first.left, first.right, { budget: budget(0) }).verdict).toBe("unknown");
  expect(compare(first.right, first.right, { budget: budget(0) }).verdict).toBe("equal");
});
