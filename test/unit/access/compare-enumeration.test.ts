/** The comparison against brute force: every request of small finite domains, under every value of the atoms. */
import { describe, expect, test } from "vitest";
import { compare } from "../../../server/src/access/compare.ts";
import { enumerated } from "./oracle/enumerate.ts";
import { type FiniteSubject, finiteSubjects } from "./oracle/finite.ts";
import { randomFunction, related } from "./oracle/random-pair.ts";
import { pairInWords } from "./oracle/words.ts";
import { type Random, random } from "./support/random-functions.ts";

const isDeep = process.env.PLUMBLINE_DEEP !== undefined;

/** One to three attributes, so that there are few requests. */
function theme(source: Random): readonly FiniteSubject[] {
  const chosen = new Set<FiniteSubject>();
  for (let count = 1 + source.below(3); count > 0; count--) {
    const one = source.pick(finiteSubjects);
    chosen.add(one);
    // A claim inside of a claim comes with it, so that the tie between them counts.
    for (const other of finiteSubjects) {
      if (one.attribute.key.startsWith(`${other.attribute.key}.`)) chosen.add(other);
    }
  }
  return [...chosen];
}

describe("against enumeration", () => {
  test(
    "every answer on small finite domains",
    () => {
      const pairs = isDeep ? 200_000 : 400;
      const answers = new Map<string, number>();
      let requests = 0;
      for (let seed = 1; seed <= pairs; seed++) {
        const source = random(seed);
        const from = theme(source);
        const left = randomFunction(source, from, 4);
        const right = source.chance(0.7) ? related(left, source, from) : randomFunction(source, from, 4);
        const expected = enumerated(left, right, from);
        requests += expected.requests;
        const impossible = from.flatMap((one) => one.impossible);
        const found = compare(left, right, { impossible });
        const said = [found.newlyAllows.answer, found.newlyDenies.answer].join();
        const wanted = [expected.newlyAllows, expected.newlyDenies].join();
        answers.set(wanted, (answers.get(wanted) ?? 0) + 1);
        if (said === wanted) continue;
        expect.fail(`seed ${seed}: found ${said}, but it is ${wanted}\n${pairInWords(left, right)}`);
      }
      const shares = [...answers].sort((a, b) => b[1] - a[1]).map(([answer, count]) => `${answer} ${count}`);
      console.info(`${pairs} pairs, ${requests} requests: ${shares.join("; ")}`);
      // Each of the nine combinations of answers comes up.
      expect(answers.size).toBe(9);
    },
    isDeep ? 3_600_000 : 120_000,
  );
});
