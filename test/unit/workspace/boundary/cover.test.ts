import { expect, test } from "vitest";
import type { Mutation } from "../../../../server/src/simulate/boundary/mutation.ts";
import { type Candidate, cover, fails } from "../../../../server/src/workspace/boundary/pool.ts";

const mutation = (id: string): Mutation => ({ id }) as Mutation;
const [a, b, c, d] = ["a", "b", "c", "d"].map(mutation) as [Mutation, Mutation, Mutation, Mutation];
const candidate = (cost: number, ...kills: readonly Mutation[]): Candidate =>
  ({ cost, kills: new Set(kills) }) as unknown as Candidate;

test("few candidates that kill everything, those that kill most first", () => {
  const [ab, bcd, one] = [candidate(1, a, b), candidate(9, b, c, d), candidate(1, c)];
  expect(cover([ab, one, bcd], new Set([a, b, c, d]))).toEqual([bcd, ab]);
});

test("of equals the one that reads better, then the first", () => {
  const [long, short, other] = [candidate(5, a), candidate(2, a), candidate(2, a)];
  expect(cover([long, short, other], new Set([a]))).toEqual([short]);
  expect(cover([long, short, other], new Set([a]))[0]).toBe(short);
});

test("what the others make superfluous goes again", () => {
  // Greedy takes the middle one first, which the two that follow cover.
  const [left, middle, right] = [candidate(1, a, b), candidate(0, b, c), candidate(1, c, d)];
  expect(cover([middle, left, right], new Set([a, b, c, d]))).toEqual([left, right]);
});

test("nothing is chosen for what nobody kills", () => {
  expect(cover([candidate(1, a)], new Set([b]))).toEqual([]);
});

test("a scenario fails where the runner would say so", () => {
  const allowed = { decision: "allow", rules: ["p/r", "p/s"] } as const;
  expect(fails({ decision: "allow" }, allowed)).toBe(false);
  expect(fails({ decision: "deny" }, allowed)).toBe(true);
  expect(fails({ decision: "allow", rule: "p/s" }, allowed)).toBe(false);
  expect(fails({ decision: "allow", rule: "p/t" }, allowed)).toBe(true);
  const listing = { ...allowed, listed: ["x", "y"] };
  expect(fails({ decision: "allow", listed: ["y", "x"] }, listing)).toBe(false);
  expect(fails({ decision: "allow", listed: ["x"] }, listing)).toBe(true);
  expect(fails({ decision: "allow", listed: ["x", "y", "z"] }, listing)).toBe(true);
});
