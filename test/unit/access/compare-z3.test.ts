/**
 * The comparison against z3, verdict by verdict, over the full predicate set: 20,000 pairs and more in
 * `npm run test:deep`, a seeded few otherwise.
 */
import { describe, expect, test } from "vitest";
import { comparePairsWithZ3, type OraclePair, reportInWords } from "./oracle/compare-with-z3.ts";
import { randomImpossible, randomPair } from "./oracle/random-pair.ts";

const isDeep = process.env.PLUMBLINE_DEEP !== undefined;

/** From here on forty pairs are as balanced as twenty thousand are from anywhere. */
const fewFrom = 3_027;

function* seeded(from: number, count: number): Generator<OraclePair> {
  for (let seed = from; seed < from + count; seed++) {
    const pair = randomPair(seed);
    yield { name: `seed ${seed}`, left: pair.left, right: pair.right, impossible: randomImpossible(pair) };
  }
}

describe("against z3", () => {
  test(
    "every verdict, over balanced labels",
    async () => {
      const report = await comparePairsWithZ3(isDeep ? seeded(100_000, 20_500) : seeded(fewFrom, 40), {
        processes: isDeep ? 2 : 1,
        onPair: (_pair, _ours, _theirs, soFar) => {
          if (soFar.pairs % 1_000 === 0) console.info(reportInWords(soFar.report()));
        },
      });
      console.info(reportInWords(report));
      expect(report.disagreements.slice(0, 5).join("\n\n")).toBe("");
      expect(report.disagreements.length).toBe(0);
      expect(report.undecided).toBeLessThanOrEqual(report.pairs * 0.02);
      for (const [label, count] of Object.entries(report.labels)) {
        expect(count / report.pairs, label).toBeGreaterThanOrEqual(0.15);
      }
    },
    isDeep ? 7_200_000 : 120_000,
  );

  test(
    "both ways to ask z3 say the same",
    async () => {
      const said = new Map<string, string>();
      const pairs = [...seeded(500_000, isDeep ? 100 : 5)];
      const note = ({ name }: OraclePair, how: string, answers: readonly string[]) =>
        said.set(`${name} ${how}`, answers.join());
      await comparePairsWithZ3(pairs, {
        onPair: (pair, _ours, { newlyAllows, newlyDenies }) =>
          note(pair, "apart", [newlyAllows, newlyDenies]),
      });
      const atOnce = await comparePairsWithZ3(pairs, {
        way: "at once",
        timeout: isDeep ? 2_000 : 300,
        onPair: (pair, _ours, { newlyAllows, newlyDenies }) =>
          note(pair, "at once", [newlyAllows, newlyDenies]),
      });
      console.info(`one script a question: ${reportInWords(atOnce)}`);
      const differing = pairs.filter(({ name }) => {
        const other = said.get(`${name} at once`)?.split(",") ?? [];
        const one = said.get(`${name} apart`)?.split(",") ?? [];
        return other.some((answer, index) => answer !== "undecided" && answer !== one[index]);
      });
      expect(differing.map((one) => one.name)).toEqual([]);
      expect(atOnce.pairs - atOnce.undecided).toBeGreaterThan(pairs.length / 4);
    },
    isDeep ? 3_600_000 : 120_000,
  );
});
