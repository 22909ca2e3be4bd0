/** Our comparison and z3's on the same pairs, verdict by verdict, and what each takes. */
import { type Comparison, compare, type Verdict } from "../../../../server/src/access/compare.ts";
import type { AccessFunction, Terms } from "../../../../server/src/access/predicate.ts";
import { type OracleVerdict, z3Verdict, z3VerdictAtOnce } from "./oracle-verdict.ts";
import { StringTheory } from "./string-theory.ts";
import { pairInWords } from "./words.ts";
import { Z3 } from "./z3.ts";

export interface OraclePair {
  /** What leads to the pair again: its seed. */
  readonly name: string;
  readonly left: AccessFunction;
  readonly right: AccessFunction;
  readonly impossible?: Terms;
}

export interface OracleOptions {
  /** Milliseconds for each question that z3 gets; 5,000 by default. */
  readonly timeout?: number;
  /** So many z3 processes side by side; 1 by default. */
  readonly processes?: number;
  /**
   * `combined` (the default): z3 decides structure and strings apart, which is quick and remembers what it knows of
   * strings from pair to pair. `at once`: one script a question, as a user of z3 would write it; for its times.
   */
  readonly way?: "combined" | "at once";
  /** What is held against z3; `compare` by default. */
  readonly compare?: (left: AccessFunction, right: AccessFunction, impossible: Terms) => Comparison;
  /** Called after every pair. */
  readonly onPair?: (pair: OraclePair, ours: Comparison, theirs: OracleVerdict, soFar: Tally) => void;
}

export interface OracleReport {
  readonly pairs: number;
  /** Pairs on which both answers agree. */
  readonly agree: number;
  /** Pairs of which z3 leaves an answer open; never counted as agreement. */
  readonly undecided: number;
  /** How to get there again, both functions and both verdicts, in words. */
  readonly disagreements: readonly string[];
  /** By z3's verdict. */
  readonly labels: Readonly<Record<Verdict, number>>;
  /** Milliseconds at the median, of pairs with 5 to 15 terms on the larger side; NaN where there are none. */
  readonly medianOurs: number;
  readonly medianZ3: number;
  /** Median of z3's time divided by ours, pair by pair. */
  readonly ratio: number;
}

export async function comparePairsWithZ3(
  pairs: Iterable<OraclePair>,
  options: OracleOptions = {},
): Promise<OracleReport> {
  const tally = new Tally();
  const theory = new StringTheory();
  const iterator = pairs[Symbol.iterator]();
  const work = async (): Promise<void> => {
    const z3 = new Z3(options.timeout ?? 5_000);
    try {
      for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
        const { left, right, impossible = [] } = next.value;
        const started = performance.now();
        const ours = compared(next.value, options.compare ?? ourComparison);
        const milliseconds = performance.now() - started;
        const theirs =
          options.way === "at once"
            ? await z3VerdictAtOnce(z3, left, right, impossible)
            : await z3Verdict(z3, theory, left, right, impossible);
        tally.add(next.value, ours, milliseconds, theirs);
        options.onPair?.(next.value, ours, theirs, tally);
      }
    } finally {
      await z3.end();
    }
  };
  await Promise.all(Array.from({ length: options.processes ?? 1 }, work));
  return tally.report();
}

const ourComparison = (left: AccessFunction, right: AccessFunction, impossible: Terms): Comparison =>
  compare(left, right, { impossible });

function compared(pair: OraclePair, how: NonNullable<OracleOptions["compare"]>): Comparison {
  const { name, left, right, impossible = [] } = pair;
  try {
    return how(left, right, impossible);
  } catch (error) {
    throw new Error(`${name} cannot be compared\n${pairInWords(left, right, impossible)}`, { cause: error });
  }
}

/** What has been seen so far. */
export class Tally {
  #pairs = 0;
  #agree = 0;
  #undecided = 0;
  readonly #disagreements: string[] = [];
  readonly #labels: Record<Verdict, number> = {
    equal: 0,
    wider: 0,
    narrower: 0,
    incomparable: 0,
    unknown: 0,
  };
  readonly #times: { readonly ours: number; readonly z3: number }[] = [];

  add(pair: OraclePair, ours: Comparison, milliseconds: number, theirs: OracleVerdict): void {
    this.#pairs++;
    const terms = [pair.left, pair.right].map(({ allow, deny }) => allow.length + deny.length);
    const most = Math.max(...terms);
    if (most >= 5 && most <= 15) this.#times.push({ ours: milliseconds, z3: theirs.milliseconds });
    const asked = [theirs.newlyAllows, theirs.newlyDenies];
    const answered = [ours.newlyAllows.answer, ours.newlyDenies.answer];
    const isDecided = !asked.includes("undecided");
    const label = labelOf(theirs);
    if (isDecided) this.#labels[label]++;
    // One answer may be open and the other contradict ours all the same.
    const differ = asked.some((one, index) => one !== "undecided" && one !== answered[index]);
    if (differ || (isDecided && ours.verdict !== label)) {
      this.#disagreements.push(
        `${pair.name}: newly allows, newly denies: ours ${answered.join(", ")} (${ours.verdict}), ` +
          `z3 ${asked.join(", ")}\n${pairInWords(pair.left, pair.right, pair.impossible)}`,
      );
    } else if (isDecided) {
      this.#agree++;
    } else {
      this.#undecided++;
    }
  }

  get pairs(): number {
    return this.#pairs;
  }

  report(): OracleReport {
    return {
      pairs: this.#pairs,
      agree: this.#agree,
      undecided: this.#undecided,
      disagreements: this.#disagreements,
      labels: this.#labels,
      medianOurs: median(this.#times.map((one) => one.ours)),
      medianZ3: median(this.#times.map((one) => one.z3)),
      ratio: median(this.#times.map((one) => one.z3 / one.ours)),
    };
  }
}

/** The label that two answers make, from its definition in ARCHITECTURE. */
function labelOf({ newlyAllows, newlyDenies }: OracleVerdict): Verdict {
  if (newlyAllows === "yes") return newlyDenies === "yes" ? "incomparable" : "wider";
  if (newlyDenies === "yes") return "narrower";
  return newlyAllows === "no" && newlyDenies === "no" ? "equal" : "unknown";
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

export function reportInWords(report: OracleReport): string {
  const { pairs, agree, undecided, disagreements, labels, medianOurs, medianZ3, ratio } = report;
  const shares = Object.entries(labels).map(([label, count]) => `${label} ${count}`);
  return (
    `${pairs} pairs: ${agree} agree, ${disagreements.length} disagree, ${undecided} undecided by z3; ` +
    `${shares.join(", ")}; of 5 to 15 terms at the median ${medianOurs.toFixed(3)} ms, ` +
    `z3 ${medianZ3.toFixed(1)} ms, ${ratio.toFixed(0)} times as long`
  );
}
