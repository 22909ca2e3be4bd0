/** The goals "semantic comparison": time by shape, size and change; after one edit; memory; growth. */
import { attribute } from "../../server/src/access/catalogue.ts";
import { compare, comparisonBudget } from "../../server/src/access/compare.ts";
import { holds, type Term } from "../../server/src/access/predicate.ts";
import { ComparisonSession } from "../../server/src/access/session.ts";
import { exactly } from "../../server/src/access/text-pattern.ts";
import { inChild } from "./child.ts";
import type { Row } from "./row.ts";
import { type Change, changes, pairOf, type Shape, shapes } from "./workload.ts";

export const sizes = [100, 1_000, 10_000, 30_000] as const;

/** What a pair must come out as, so that a fast wrong answer is no answer. */
const expected: Readonly<Record<Change, string>> = {
  equal: "equal",
  "one edit": "incomparable",
  "10% mutated": "incomparable",
  "re-expressed": "equal",
};

export interface Measured {
  /** Milliseconds of one comparison, median. */
  readonly cold: number;
  /** Milliseconds to an answer after one term was replaced. */
  readonly editP50: number;
  readonly editP95: number;
}

/** In a process of its own: `shape`, `size` and `change`. */
export function measure(shape: Shape, size: number, change: Change): Measured {
  // An editor's engine is compiled by the time that somebody has written so many rules, and has other comparisons at
  // hand. Without one, a forced collection takes compiled code with it, along with the last object of its classes.
  const atHand = kept(shape, change);
  for (let warm = 0; warm < 12; warm++) timed(shape, Math.min(size, 1_000), change);
  timed(shape, size, change);
  // A median of few runs of one millisecond is noise, and so would be the growth from it.
  const runs = size <= 1_000 ? 31 : 7;
  const times = Array.from({ length: runs }, () => timed(shape, size, change)).sort((a, b) => a - b);
  const { p50, p95 } = edits(shape, size, change);
  atHand.compare();
  return { cold: times[(runs - 1) / 2] ?? Number.NaN, editP50: p50, editP95: p95 };
}

function kept(shape: Shape, change: Change): ComparisonSession {
  const { left, right } = pairOf(shape, 1_000, change);
  const session = new ComparisonSession(left, right);
  session.compare();
  return session;
}

function timed(shape: Shape, size: number, change: Change): number {
  const { left, right } = pairOf(shape, size, change);
  globalThis.gc?.();
  const start = performance.now();
  const { verdict } = compare(left, right, { budget: comparisonBudget() });
  const time = performance.now() - start;
  if (verdict !== expected[change]) throw new Error(`${shape}, ${size}, ${change}: ${verdict}`);
  return time;
}

/** One allow-term gets another method and, in the next edit, its own one back. */
function edits(shape: Shape, size: number, change: Change): { readonly p50: number; readonly p95: number } {
  const { left, right } = pairOf(shape, size, change);
  const session = new ComparisonSession(left, right);
  session.compare();
  const times: number[] = [];
  const replace = (old: Term, by: Term): void => {
    const start = performance.now();
    session.edit({ side: "right", removed: { allow: [old] }, added: { allow: [by] } });
    session.compare();
    times.push(performance.now() - start);
  };
  for (let round = 0; round < 150; round++) {
    const term = right.allow[(round * 7_919 + 13) % right.allow.length];
    if (term === undefined) throw new Error("no term to edit");
    const method = holds(attribute("request.method"), { test: "text", pattern: exactly("TRACE") });
    const edited: Term = { ...term, literals: [method, ...term.literals.slice(1)] };
    replace(term, edited);
    replace(edited, term);
  }
  const { verdict } = session.compare();
  if (verdict !== expected[change]) throw new Error(`${shape}, ${size}, ${change} after edits: ${verdict}`);
  // The first edits still compile and index.
  const sorted = times.slice(20).sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95) };
}

/** Peak memory of a process that reads nothing and compares once. */
export function peakMemory(shape: Shape, size: number): number {
  timed(shape, size, "re-expressed");
  return process.resourceUsage().maxRSS / 1024;
}

export function comparisonRows(script: string): { readonly rows: readonly Row[]; readonly curves: string } {
  const rows: Row[] = [];
  const curves: string[] = [
    "| shape | change | 100 | 1,000 | 10,000 | 30,000 | growth | after one edit at 10,000: p50, p95 |",
    "|---|---|---|---|---|---|---|---|",
  ];
  for (const shape of shapes) {
    for (const change of changes) {
      const measured = sizes.map((size) =>
        inChild<Measured>(script, ["compare", shape, String(size), change]),
      );
      const [, thousand, tenThousand, most] = measured;
      if (thousand === undefined || tenThousand === undefined || most === undefined)
        throw new Error("no sizes");
      // Growth is n to this power between 1,000 and 30,000 terms; 1 is linear.
      const growth = Math.log(most.cold / thousand.cold) / Math.log(30);
      const name = `${shape}, ${change}`;
      rows.push(
        {
          name: `${name}: 10,000 terms a side`,
          ours: tenThousand.cold,
          unit: "ms",
          goal: { of: "ours", value: change === "re-expressed" ? 2_000 : 100 },
        },
        {
          name: `${name}: growth to 30,000`,
          ours: growth,
          unit: "exponent",
          goal: { of: "ours", value: 1.2 },
        },
        {
          name: `${name}: one edit, p50`,
          ours: tenThousand.editP50,
          unit: "ms",
          goal: { of: "ours", value: 1 },
        },
        {
          name: `${name}: one edit, p95`,
          ours: tenThousand.editP95,
          unit: "ms",
          goal: { of: "ours", value: 10 },
        },
      );
      const times = measured.map(({ cold }) => cold.toPrecision(3)).join(" | ");
      const edit = `${tenThousand.editP50.toPrecision(2)}, ${tenThousand.editP95.toPrecision(2)}`;
      curves.push(`| ${shape} | ${change} | ${times} | ${growth.toFixed(2)} | ${edit} |`);
    }
    const memory = inChild<number>(script, ["memory", shape, "10000"]);
    rows.push({
      name: `${shape}, re-expressed: peak memory at 10,000`,
      ours: memory,
      unit: "MB",
      goal: { of: "ours", value: 200 },
    });
  }
  return { rows, curves: curves.join("\n") };
}
