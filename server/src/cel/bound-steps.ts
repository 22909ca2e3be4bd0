/** The smallest step by which a bound of a condition moves, in the unit in which people write such bounds. */
import type { CelNode } from "./engine.ts";

/** The value of a number literal, with its sign. */
export function numberOf(node: CelNode): number | undefined {
  if (node.op === "-_") {
    const inner = numberOf(node.args);
    return inner === undefined ? undefined : -inner;
  }
  if (node.op !== "value") return undefined;
  const value: unknown = node.args;
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" ? value : undefined;
}

/**
 * A step lower and a step higher: one for whole numbers, else a hundredth, or a unit of the last digit where `text`, the
 * literal, has more of them. Nothing where doubles are too coarse for the step.
 */
export function movedNumber(value: number, text: string, isWhole: boolean): readonly string[] {
  const step = isWhole ? 1 : 10 ** -Math.max(2, decimalsOf(text));
  return [-step, step].flatMap((by) => numberText(value + by, text, step) ?? []);
}

/** Doubles have no more digits that count. */
const mostDecimals = 15;

const decimalsOf = (text: string): number => Math.min(mostDecimals, /\.(\d+)$/.exec(text)?.[1]?.length ?? 0);

/** As the bound was written: a double keeps its point. */
function numberText(value: number, before: string, step: number): string | undefined {
  if (step === 1) {
    if (!Number.isSafeInteger(Math.round(value))) return undefined;
    return before.includes(".") && Number.isInteger(value) ? value.toFixed(1) : String(value);
  }
  const text = value.toFixed(Math.round(-Math.log10(step)));
  return Number(text) === Number(before) ? undefined : text;
}

/** By a second, the step in which lifetimes are written. */
export function movedDuration(text: string): readonly string[] {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, us: 1e-6, ns: 1e-9 };
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|us|ns|m|s))+$/.test(text)) return [];
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|us|ns|m|s)/g))
    seconds += Number(count) * (units[unit ?? ""] ?? 0);
  return [seconds - 1, seconds + 1].filter((one) => one >= 0).map((one) => `duration("${one}s")`);
}

/** By a second. */
export function movedTimestamp(text: string): readonly string[] {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) return [];
  return [-1000, 1000].map(
    (by) => `timestamp("${new Date(milliseconds + by).toISOString().replace(".000Z", "Z")}")`,
  );
}
