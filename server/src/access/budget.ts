/**
 * What a decision may still cost, in automaton states and steps of similar cost (about a microsecond each). It is
 * counted down by whoever works, and shared by all parts of one comparison, so that the whole is bounded.
 */
export interface Budget {
  remaining: number;
}

/** Enough for every realistic question, and reached within about a tenth of a second by the others. */
export const budget = (states = 100_000): Budget => ({ remaining: states });
