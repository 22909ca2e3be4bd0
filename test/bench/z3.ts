/** The comparison beside z3, on pairs over the full set of predicates as the tests make them. */
import { compare } from "../../server/src/access/compare.ts";
import { comparePairsWithZ3, median, type OraclePair } from "../unit/access/oracle/compare-with-z3.ts";
import { randomPair } from "../unit/access/oracle/random-pair.ts";
import type { Row } from "./row.ts";

const pairsAsked = 80;

/** Seeds of their own, so that nothing is known from the tests. */
const firstSeed = 900_000;

export async function z3Rows(): Promise<readonly Row[]> {
  // Ours by itself: beside z3 it would mostly wait, and start anew with cold caches each time.
  const ours = median([...pairs(firstSeed, pairsAsked)].map(({ seed }) => ourTime(seed)));
  const report = await comparePairsWithZ3(pairs(firstSeed, pairsAsked), { way: "at once", timeout: 5_000 });
  if (report.disagreements.length > 0) throw new Error(report.disagreements.join("\n"));
  return [
    {
      name: "pairs of 5 to 15 terms, at the median",
      ours,
      unit: "ms",
      peer: { name: "z3", value: report.medianZ3 },
      goal: { of: "ratio", value: 100 },
    },
  ];
}

/** The engine is warm in an editor, as z3 is compiled. Every run makes the pair anew, since patterns are remembered. */
function ourTime(seed: number): number {
  if (!isWarm) for (const { left, right } of pairs(firstSeed + 10_000, 1_500)) compare(left, right);
  isWarm = true;
  const times = Array.from({ length: 3 }, () => {
    const { left, right } = randomPair(seed);
    const start = performance.now();
    compare(left, right);
    return performance.now() - start;
  });
  return median(times);
}

let isWarm = false;

function* pairs(from: number, count: number): Generator<OraclePair & { readonly seed: number }> {
  let made = 0;
  for (let seed = from; made < count; seed++) {
    const { left, right } = randomPair(seed);
    const size = Math.max(left.allow.length + left.deny.length, right.allow.length + right.deny.length);
    if (size < 5 || size > 15) continue;
    made++;
    yield { name: `seed ${seed}`, seed, left, right };
  }
}
