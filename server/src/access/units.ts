const secondsPerUnit: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };

/** Seconds of a duration as in policy files: `90s`, `15m`, `1h30m`, `7d`. Undefined where it is none. */
export function durationSeconds(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    seconds += Number(count) * (secondsPerUnit[unit ?? ""] ?? 0);
  }
  return seconds;
}

/** Seconds since the epoch of an RFC 3339 time with an offset. Undefined where it is none. */
export function epochSeconds(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const milliseconds = Date.parse(text.toUpperCase());
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** As policy files write it, in the largest unit that fits: `15m`, `90s`, `0.5s`. */
export function durationText(seconds: number): string {
  const unit = (["d", "h", "m"] as const).find(
    (one) => seconds > 0 && seconds % (secondsPerUnit[one] ?? 1) === 0,
  );
  return unit === undefined ? `${seconds}s` : `${seconds / (secondsPerUnit[unit] ?? 1)}${unit}`;
}

/** RFC 3339 in UTC, without a fraction where it is whole; the number of seconds where no calendar has the day. */
export function timeText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace(/\.000Z$/, "Z");
}
