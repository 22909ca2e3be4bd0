/** Durations of policy files: a whole number and one unit, `90s`, `15m`, `1h`, `7d`. */

const units = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds, or undefined where `text` is not a duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^([0-9]{1,12})([smhd])$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * units[match[2] as keyof typeof units];
}

/** The shortest way to write a number of seconds, in the largest unit that divides it: 5400 is `90m`. */
export function formatDuration(seconds: number): string {
  for (const unit of ["d", "h", "m"] as const) {
    if (seconds !== 0 && seconds % units[unit] === 0) return `${seconds / units[unit]}${unit}`;
  }
  return `${seconds}s`;
}
