import type { Test } from "./predicate.ts";

export type Range = Extract<Test, { readonly test: "range" }>;

/** Whether the number is in the range, and whole where the range asks for it. */
export function inRange(value: number, { min, minOpen, max, maxOpen, integer }: Range): boolean {
  if (min !== undefined && (minOpen ? value <= min : value < min)) return false;
  if (max !== undefined && (maxOpen ? value >= max : value > max)) return false;
  return integer !== true || Number.isInteger(value);
}

/**
 * A number in all of `inside` and in none of `outside`; undefined iff no double is. Bounds cut the line into points
 * and open intervals in which nothing but wholeness counts, so that one whole number and one other of each decide.
 * Numbers next to a bound come first: they show best what the bound does.
 */
export function findNumber(
  inside: readonly Range[],
  outside: readonly Range[],
  preferred: readonly number[] = [],
): number | undefined {
  const fits = (value: number): boolean =>
    inside.every((one) => inRange(value, one)) && !outside.some((one) => inRange(value, one));
  const known = preferred.find(fits);
  return known ?? candidates(inside, outside).find(fits);
}

function candidates(inside: readonly Range[], outside: readonly Range[]): readonly number[] {
  const bounds = new Set<number>();
  for (const { min, max } of [...inside, ...outside]) {
    if (min !== undefined) bounds.add(min);
    if (max !== undefined) bounds.add(max);
  }
  const sorted = [...bounds].sort((a, b) => a - b);
  if (sorted.length === 0) return [1, 0.5];
  const edges = [Number.NEGATIVE_INFINITY, ...sorted, Number.POSITIVE_INFINITY];
  const between: number[] = [];
  const whole: number[] = [];
  for (let i = 0; i + 1 < edges.length; i++) {
    const [low, high] = [edges[i] as number, edges[i + 1] as number];
    between.push(...fractions(low, high));
    whole.push(...wholes(low, high));
  }
  // The highest bound first: limits are what people set, and the least is often just nothing.
  return [...sorted.reverse(), ...between, ...whole].filter(Number.isFinite);
}

/** Numbers strictly between that are not whole, next to a bound in steps that people write: 200.01, 0.5. */
function fractions(low: number, high: number): readonly number[] {
  const near = Number.isFinite(low)
    ? [0.01, 0.1, 0.5].map((step) => rounded(low + step))
    : [0.01, 0.1, 0.5].map((step) => rounded(high - step));
  const all = [...near, low / 2 + high / 2, ...neighbours(low, high)];
  const found = all.find((one) => one > low && one < high && !Number.isInteger(one));
  return found === undefined ? [] : [found];
}

/** The doubles next to the bounds, for intervals so narrow that no readable number is inside. */
function neighbours(low: number, high: number): readonly number[] {
  return [nextUp(low), -nextUp(-high)];
}

function nextUp(value: number): number {
  if (!Number.isFinite(value)) return value;
  if (value === 0) return Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigUint64(0, view.getBigUint64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}

/** Whole numbers strictly between, next to a bound. */
function wholes(low: number, high: number): readonly number[] {
  const all = [Math.floor(low) + 1, Math.ceil(high) - 1, nextUp(low), -nextUp(-high)];
  const found = all.find((one) => one > low && one < high && Number.isInteger(one));
  return found === undefined ? [] : [found];
}

/** Without the digits that binary fractions add: 0.1 + 0.2 reads 0.3. */
const rounded = (value: number): number => Number(value.toPrecision(12));
