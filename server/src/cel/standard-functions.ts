import { RE2JSException } from "@bufbuild/re2";
import type { Duration, UnsignedInt } from "@marcbachmann/cel-js/evaluator";
import { re2 } from "../access/re2.ts";
import { correctDurationArithmetic } from "./duration-arithmetic.ts";
import { LeafError } from "./leaf-error.ts";
import { durationOf, durationText, inTimeZone, timestampOf, timestampText } from "./time-functions.ts";

/**
 * Functions of the CEL specification that the library has not as the specification says. It refuses to override its
 * own, so that ours have names of their own, which calls get before they are checked; whoever shows a name to people
 * writes it back (`writtenName`). What is wrong with the library's:
 * - `matches` runs on JavaScript's RegExp, which backtracks, and is not RE2;
 * - `timestamp` takes whatever JavaScript's Date takes, in the machine's time zone where the text names none;
 * - methods of timestamps with a time zone, and `getDayOfYear`, go by way of the machine's time zone, which is an hour
 *   off where that changes its clocks, and take no offsets such as "+02:00";
 * - `duration` takes durations of any size, and texts without digits; `getMilliseconds` of one is all of it;
 * - `int` takes "" and "0b11", and doubles of any size; `double` takes "0b11"; `lowerAscii`, `upperAscii` and `trim` change other letters too.
 */
const mark = "std_";

const replacedFunctions: ReadonlySet<string> = new Set(["int", "double", "timestamp", "duration"]);
const selectors: Readonly<Record<string, (zoned: Date) => number>> = {
  getFullYear: (at) => at.getUTCFullYear(),
  getMonth: (at) => at.getUTCMonth(),
  getDate: (at) => at.getUTCDate(),
  getDayOfMonth: (at) => at.getUTCDate() - 1,
  getDayOfWeek: (at) => at.getUTCDay(),
  getDayOfYear: (at) => Math.floor((at.getTime() - new Date(at).setUTCMonth(0, 1)) / 86_400_000),
  getHours: (at) => at.getUTCHours(),
  getMinutes: (at) => at.getUTCMinutes(),
  getSeconds: (at) => at.getUTCSeconds(),
  getMilliseconds: (at) => at.getUTCMilliseconds(),
};
const replacedMethods: ReadonlySet<string> = new Set([
  "matches",
  "lowerAscii",
  "upperAscii",
  "trim",
  ...Object.keys(selectors),
]);

export const re2Function = `${mark}matches`;

/** Our name of a function or method, where we have one. */
export function functionName(name: string): string {
  return replacedFunctions.has(name) ? mark + name : name;
}

export function methodName(name: string): string {
  return replacedMethods.has(name) ? mark + name : name;
}

/** The name that people know a function by. */
export function writtenName(name: string): string {
  return name.startsWith(mark) ? name.slice(mark.length) : name;
}

/** An expression that was made from a checked one, with the names that people know. */
export function writtenText(expression: string): string {
  return expression.replaceAll(/\bstd_(?=[A-Za-z]+\()/g, "");
}

/** Registers a function by its signature: `string.std_trim(): string`. */
type Register = (signature: string, handler: (...values: never[]) => unknown) => void;

const timestamp = "google.protobuf.Timestamp";
const duration = "google.protobuf.Duration";

export function registerStandardFunctions(register: Register): void {
  correctDurationArithmetic();
  register(`string.${re2Function}(string): bool`, matches);
  register(`string.${mark}lowerAscii(): string`, (text: string) =>
    text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
  );
  register(`string.${mark}upperAscii(): string`, (text: string) =>
    text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()),
  );
  register(`string.${mark}trim(): string`, (text: string) => trimmed(text));

  register(`${mark}int(int): int`, (value: bigint) => value);
  register(`${mark}int(uint): int`, (value: UnsignedInt) => inRange(value.value));
  register(`${mark}int(double): int`, integerOfDouble);
  register(`${mark}int(string): int`, integerOfText);
  register(`${mark}int(${timestamp}): int`, (at: Date) => BigInt(Math.floor(at.getTime() / 1000)));
  register(`${mark}double(double): double`, (value: number) => value);
  register(`${mark}double(int): double`, (value: bigint) => Number(value));
  register(`${mark}double(uint): double`, (value: UnsignedInt) => Number(value.value));
  register(`${mark}double(string): double`, doubleOfText);
  register(`string(${timestamp}): string`, timestampText);
  register(`string(${duration}): string`, durationText);

  register(`${mark}timestamp(${timestamp}): ${timestamp}`, (at: Date) => at);
  register(`${mark}timestamp(string): ${timestamp}`, (text: string) => timestampOf(text));
  register(`${mark}timestamp(int): ${timestamp}`, (seconds: bigint) => timestampOf(seconds));
  register(`${mark}duration(${duration}): ${duration}`, (length: Duration) => length);
  register(`${mark}duration(string): ${duration}`, durationOf);

  for (const [name, select] of Object.entries(selectors)) {
    register(`${timestamp}.${mark}${name}(): int`, (at: Date) => BigInt(select(at)));
    register(`${timestamp}.${mark}${name}(string): int`, (at: Date, zone: string) =>
      BigInt(select(inTimeZone(at, zone))),
    );
  }
  register(`${duration}.${mark}getHours(): int`, (length: Duration) => length.seconds / 3600n);
  register(`${duration}.${mark}getMinutes(): int`, (length: Duration) => length.seconds / 60n);
  register(`${duration}.${mark}getSeconds(): int`, (length: Duration) => length.seconds);
  register(`${duration}.${mark}getMilliseconds(): int`, (length: Duration) =>
    BigInt(Math.trunc(length.nanos / 1_000_000)),
  );
}

function matches(text: string, expression: string): boolean {
  try {
    return re2(expression).test(text);
  } catch (error) {
    if (error instanceof RE2JSException) throw LeafError.because(`"${expression}" is no RE2 expression`);
    throw error;
  }
}

/** White space as Unicode has it (White_Space), which JavaScript's `trim` is not: it takes U+FEFF and leaves U+0085. */
function trimmed(text: string): string {
  return text.replace(/^\p{White_Space}+/u, "").replace(/\p{White_Space}+$/u, "");
}

const limit = 2n ** 63n;

function inRange(value: bigint): bigint {
  if (value >= -limit && value < limit) return value;
  throw LeafError.because(`int() cannot hold ${value}`);
}

function integerOfDouble(value: number): bigint {
  if (Math.abs(value) < Number(limit)) return BigInt(Math.trunc(value));
  throw LeafError.because(`int() cannot hold ${value}`);
}

function integerOfText(text: string): bigint {
  if (/^[-+]?[0-9]{1,20}$/.test(text)) return inRange(BigInt(text.replace("+", "")));
  throw LeafError.because(`int() cannot read "${text.slice(0, 40)}"`);
}

function doubleOfText(text: string): number {
  if (/^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/.test(text)) return Number(text);
  const [, sign, name] = /^([-+]?)(inf(?:inity)?|nan)$/i.exec(text) ?? [];
  if (name?.toLowerCase() === "nan") return Number.NaN;
  if (name !== undefined) return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  throw LeafError.because(`double() cannot read "${text.slice(0, 40)}"`);
}
