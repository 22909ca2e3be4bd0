/** Times and durations of CEL as texts, and times in time zones: the same on every machine. */
import { Duration } from "@marcbachmann/cel-js/evaluator";
import { LeafError } from "./leaf-error.ts";

/** RFC 3339, as the CEL specification and cel-go take it: upper-case T and Z, up to nine decimals. */
const instant = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|[+-](\d\d):(\d\d))$/;
const firstSecond = -62_135_596_800n;
const lastSecond = 253_402_300_799n;

/** From RFC 3339, or from seconds since the epoch; between the years 1 and 9999. Kept to the millisecond. */
export function timestampOf(value: string | bigint): Date {
  if (typeof value === "bigint") {
    if (value >= firstSecond && value <= lastSecond) return new Date(Number(value) * 1000);
    throw LeafError.because(`timestamp() takes times of the years 1 to 9999, not ${value} seconds`);
  }
  const parts = instant.exec(value)?.slice(1).map(Number);
  const at = parts && isDate(parts) ? new Date(value) : undefined;
  const seconds = at === undefined ? Number.NaN : Math.floor(at.getTime() / 1000);
  if (at !== undefined && seconds >= Number(firstSecond) && seconds <= Number(lastSecond)) return at;
  throw LeafError.because(`"${value.slice(0, 40)}" is no time like 2026-01-31T09:00:00Z`);
}

function isDate([
  year = 0,
  month = 0,
  day = 0,
  hour = 0,
  minute = 0,
  second = 0,
  ...zone
]: readonly number[]) {
  const [zoneHour = 0, zoneMinute = 0] = zone.map((one) => (Number.isNaN(one) ? 0 : one));
  // The last day of the month before the next one; years below 100 are not years of the 20th century.
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0);
  const fits = month >= 1 && month <= 12 && day >= 1 && day <= last.getUTCDate();
  return fits && hour < 24 && minute < 60 && second < 60 && zoneHour < 24 && zoneMinute < 60;
}

/** A sum, which may be out of the years 1 to 9999. */
export function timestampOfMilliseconds(value: number): Date {
  const seconds = Math.floor(value / 1000);
  if (seconds >= Number(firstSecond) && seconds <= Number(lastSecond)) return new Date(value);
  throw LeafError.because("the time is not in the years 1 to 9999");
}

export function timestampText(at: Date): string {
  return at.toISOString().replace(/\.?0+Z$/, "Z");
}

/** As Go's `ParseDuration` takes it: `1h30m`, `-1.5s`, `0`. */
const duration = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const nanoseconds: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
/** The specification's bound of a duration: about 10,000 years. */
const longest = 315_576_000_000n;

export function durationOf(text: string): Duration {
  if (text.length > 64 || (!duration.test(text) && !/^[-+]?0$/.test(text))) {
    throw LeafError.because(`"${text.slice(0, 40)}" is no duration like 15m or 1h30m`);
  }
  let total = 0n;
  for (const [, whole = "", decimals = "", unit = ""] of text.matchAll(
    /(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g,
  )) {
    const scale = nanoseconds[unit] ?? 0n;
    total += BigInt(whole) * scale + (BigInt(decimals) * scale) / 10n ** BigInt(decimals.length);
  }
  return durationOfNanoseconds(text.startsWith("-") ? -total : total);
}

/** Seconds and nanoseconds have the same sign, as in protobuf's Duration. */
export function durationOfNanoseconds(total: bigint): Duration {
  const [seconds, nanos] = [total / 1_000_000_000n, Number(total % 1_000_000_000n)];
  if (seconds <= longest && seconds >= -longest) return new Duration(seconds, nanos);
  throw LeafError.because(`${seconds}s is too long for a duration`);
}

export function durationText({ seconds, nanos }: Duration): string {
  const sign = seconds < 0n || nanos < 0 ? "-" : "";
  const whole = seconds < 0n ? -seconds : seconds;
  const decimals = String(Math.abs(nanos)).padStart(9, "0").replace(/0+$/, "");
  return `${sign}${whole}${decimals === "" ? "" : `.${decimals}`}s`;
}

/** A date whose UTC fields are those of the time in the zone: a name of the IANA database, or `+02:00`. */
export function inTimeZone(at: Date, zone: string): Date {
  const [, sign, hours, minutes] = /^([+-]?)(\d\d):(\d\d)$/.exec(zone) ?? [];
  if (hours !== undefined && minutes !== undefined) {
    const offset = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
    return new Date(at.getTime() + offset * 60_000);
  }
  const fields = new Map(
    formatterOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const field = (name: Intl.DateTimeFormatPartTypes) => fields.get(name) ?? 0;
  const zoned = new Date(0);
  zoned.setUTCFullYear(field("year"), field("month") - 1, field("day"));
  zoned.setUTCHours(field("hour"), field("minute"), field("second"), at.getUTCMilliseconds());
  return zoned;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  try {
    const number = "numeric";
    const made = new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: number,
      month: number,
      day: number,
      hour: number,
      minute: number,
      second: number,
    });
    // Names may come from requests: a bound keeps them from filling the table.
    if (formatters.size < 100) formatters.set(timeZone, made);
    return made;
  } catch (error) {
    if (error instanceof RangeError) throw LeafError.because(`"${timeZone.slice(0, 40)}" is no time zone`);
    throw error;
  }
}
