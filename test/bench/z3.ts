/** The comparison beside z3, on pairs over the full set of predicates as the tests make them. */
import { compare } from "../../server/src/access/compare.ts";
import { comparePairsWithZ3, type OraclePair } from "../unit/access/oracle/compare-with-z3.ts";
import { randomPair } from "../unit/access/oracle/random-pair.ts";
import type { Row } from "./row.ts";

const pairsAsked = 80;

/** Seeds of their own, so that nothing is known from the tests. */
const firstSeed = 900_000;

export async function z3Rows(): Promise<readonly Row[]> {
  // The engine is warm in an editor; z3 is compiled, and its start-up is not counted either.
  for (const { left, right } of pairs(firstSeed + 10_000, 1_500)) compare(left, right);
  await comparePairsWithZ3(pairs(firstSeed + 20_000, 10), { way: "at once", timeout: 500 });
  const report = await comparePairsWithZ3(pairs(firstSeed, pairsAsked), { way: "at once", timeout: 5_000 });
  if (report.disagreements.length > 0) throw new Error(report.disagreements.join("\n"));
  return [
    {
      name: "pairs of 5 to 15 terms, at the median",
      ours: report.medianOurs,
      unit: "ms",
      peer: { name: "z3", value: report.medianZ3 },
      goal: { of: "ratio", value: 100 },
    },
  ];
}

function* pairs(from: number, count: number): Generator<OraclePair> {
  let made = 0;
  for (let seed = from; made < count; seed++) {
    const { left, right } = randomPair(seed);
    const size = Math.max(left.allow.length + left.deny.length, right.allow.length + right.deny.length);
    if (size < 5 || size > 15) continue;
    made++;
    yield { name: `seed ${seed}`, left, right };
  }
}
