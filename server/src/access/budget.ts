/**
 * What a decision may still cost, in steps of automata and others of similar cost (a few microseconds at most). It is
 * counted down by whoever works, and shared by all parts of one comparison, so that the whole is bounded.
 */
export interface Budget {
  remaining: number;
}

/** Enough for every realistic question, and reached within about half a second by the others. */
export const budget = (states = 100_000): Budget => ({ remaining: states });
