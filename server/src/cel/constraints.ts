/** What schemas ask of scalars beyond their types, on values and in words. */
import type { Json } from "../access/interaction.ts";
import { re2, re2Problem } from "../access/re2.ts";
import type { Bound, Constraints, Scalar } from "./condition.ts";

/** A keyword that a value breaks, in words: "is -5" and "at least 0". */
export interface BrokenKeyword {
  readonly is: string;
  readonly wanted: string;
}

/**
 * The first keyword that a value breaks. As JSON Schema says (2020-12, Validation, section 6), keywords of numbers ask
 * nothing of texts, nor those of texts of numbers. Lists and objects are held to their types alone.
 */
export function brokenKeyword(value: Json, constraints: Constraints): BrokenKeyword | undefined {
  if (typeof value === "object" && value !== null) return undefined;
  const { values } = constraints;
  if (values !== undefined && !values.includes(value))
    return { is: `is ${shown(value)}`, wanted: oneOf(values) };
  switch (typeof value) {
    case "number":
      return brokenByNumber(value, constraints);
    case "string":
      return brokenByText(value, constraints);
    default:
      return undefined;
  }
}

function brokenByNumber(
  value: number,
  { minimum, maximum, multipleOf = [] }: Constraints,
): BrokenKeyword | undefined {
  const is = `is ${value}`;
  if (minimum !== undefined && (minimum.isOpen ? value <= minimum.value : value < minimum.value))
    return { is, wanted: atLeast(minimum) };
  if (maximum !== undefined && (maximum.isOpen ? value >= maximum.value : value > maximum.value))
    return { is, wanted: atMost(maximum) };
  const divisor = multipleOf.find((one) => !isMultiple(value, one));
  return divisor === undefined ? undefined : { is, wanted: `a multiple of ${divisor}` };
}

/** Says how long the text is, never the text: it is of no list that everybody may read, and may be a secret. */
function brokenByText(
  value: string,
  { minLength, maxLength, patterns = [] }: Constraints,
): BrokenKeyword | undefined {
  // A text has as many code points as UTF-16 units at most, and half as many at least.
  const mayBeShort = minLength !== undefined && value.length < minLength * 2;
  const mayBeLong = maxLength !== undefined && value.length > maxLength;
  if (mayBeShort || mayBeLong) {
    const length = codePoints(value);
    const is = `has ${characters(length)}`;
    if (minLength !== undefined && length < minLength)
      return { is, wanted: `at least ${characters(minLength)}` };
    if (maxLength !== undefined && length > maxLength)
      return { is, wanted: `at most ${characters(maxLength)}` };
  }
  const pattern = patterns.find((one) => re2Problem(one) === undefined && !re2(one).test(value));
  return pattern === undefined ? undefined : { is: "does not match", wanted: `the pattern ${cut(pattern)}` };
}

/**
 * As decimal numbers, which is how both are written and what JSON Schema means: 0.29 is a multiple of 0.01, though its
 * double divided by that of 0.01 is no whole number.
 */
export function isMultiple(value: number, divisor: number): boolean {
  const [left, right] = [decimal(value), decimal(divisor)];
  const scale = Math.max(left.decimals, right.decimals);
  const whole = ({ digits, decimals }: Decimal): bigint => digits * 10n ** BigInt(scale - decimals);
  return whole(left) % whole(right) === 0n;
}

interface Decimal {
  readonly digits: bigint;
  /** Negative where zeros follow the digits. */
  readonly decimals: number;
}

function decimal(value: number): Decimal {
  const [mantissa = "0", exponent = "0"] = String(value).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), decimals: fraction.length - Number(exponent) };
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function characters(count: number): string {
  return count === 1 ? "1 character" : `${count} characters`;
}

function atLeast({ value, isOpen }: Bound): string {
  return isOpen ? `more than ${value}` : `at least ${value}`;
}

function atMost({ value, isOpen }: Bound): string {
  return isOpen ? `less than ${value}` : `at most ${value}`;
}

function oneOf(values: readonly Scalar[]): string {
  const some = values.slice(0, 8).map(shown).join(", ") + (values.length > 8 ? ", ..." : "");
  if (values.length === 0) return "no such value";
  return values.length === 1 ? some : `one of ${some}`;
}

function shown(value: Scalar): string {
  return cut(JSON.stringify(value));
}

/** Schemas may be long; messages are not. */
export function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
