/**
 * What a decision may still cost, in steps of automata and others of similar cost (a few microseconds at most). It is
 * counted down by whoever works, and shared by all parts of one comparison, so that the whole is bounded.
 */
export interface Budget {
  remaining: number;
}

/** Enough for every realistic question, and reached within about half a second by the others. */
export const budget = (steps = 400_000): Budget => ({ remaining: steps });

/** Does a part of some work within a bound of its own, which the whole pays for; `meter` is what the whole has left. */
export function within<T>(meter: Budget | undefined, most: number, work: (own: Budget) => T): T {
  const start = Math.max(0, Math.min(most, meter?.remaining ?? most));
  const own: Budget = { remaining: start };
  try {
    return work(own);
  } finally {
    if (meter !== undefined) meter.remaining -= start - own.remaining;
  }
}
