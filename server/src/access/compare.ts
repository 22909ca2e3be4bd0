import type { AnswerOptions, CompareOptions, Comparison, OneAnswer } from "./answers.ts";
import type { AccessFunction, Term, Terms } from "./predicate.ts";
import { ComparisonSession } from "./session.ts";

export * from "./answers.ts";
export type { Assignment } from "./assignment.ts";
export type { Hints } from "./oracle.ts";
export { comparisonBudget } from "./session.ts";

/**
 * Compares two access functions exactly, on the requests that are possible. Read it as "right is ... than left".
 * Each answer is `yes` (with witnesses), `no` (under every value of the opaque atoms) or `unknown`.
 */
export function compare(
  left: AccessFunction,
  right: AccessFunction,
  options: CompareOptions = {},
): Comparison {
  return new ComparisonSession(left, right, options).compare(options);
}

/** Only whether the right side allows what the left denies: half the work where the other half is not wanted. */
export function newlyAllowed(
  left: AccessFunction,
  right: AccessFunction,
  options: CompareOptions = {},
): OneAnswer {
  return new ComparisonSession(left, right, options).newlyAllows(options);
}

/** Only whether the right side denies what the left allows. */
export function newlyDenied(
  left: AccessFunction,
  right: AccessFunction,
  options: CompareOptions = {},
): OneAnswer {
  return new ComparisonSession(left, right, options).newlyDenies(options);
}

type Bounds = Pick<CompareOptions, "impossible"> & Pick<AnswerOptions, "budget">;

/** Whether no possible request is allowed, under every value of the opaque atoms. */
export function isEmpty(fn: AccessFunction, options: Bounds = {}): boolean | "too-complex" {
  return new ComparisonSession({ allow: [], deny: [], opaque: [] }, fn, options).isEmpty(options.budget);
}

/** Whether every possible interaction of the term lies in one of the terms. */
export function covers(terms: Terms, term: Term, options: Bounds = {}): boolean | "too-complex" {
  return isEmpty({ allow: [term], deny: terms, opaque: [] }, options);
}
