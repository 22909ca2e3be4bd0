import { type CompareOptions, covers, isEmpty } from "./compare.ts";
import type { AccessFunction, Term } from "./predicate.ts";
import { describeTerm } from "./region.ts";
import { joinTerms } from "./terms.ts";

/** A part of the space of requests as a person reads it. */
export interface ReadableRegion {
  readonly term: Term;
  /** `POST under /v1/admin/** by any workload of namespace qa`. */
  readonly text: string;
  /** Every possible request of the region differs; else the difference lies within it. */
  readonly exact: boolean;
}

/** Requests that the first side allows and the second denies. */
export interface Sides {
  readonly allowing: AccessFunction;
  readonly denying: AccessFunction;
}

type Asking = Pick<CompareOptions, "impossible" | "budget">;

/** Whether every possible request of the term is allowed by one side and denied by the other; false where that is too complex. */
export function differsThroughout(term: Term, sides: Sides, asking: Asking): boolean {
  return allowsAll(sides.allowing, term, asking) && deniesAll(sides.denying, term, asking);
}

function allowsAll({ allow, deny }: AccessFunction, term: Term, asking: Asking): boolean {
  if (covers(allow, term, asking) !== true) return false;
  return deny.every((one) => {
    const both = joinTerms(term, one);
    return both === undefined || isEmpty({ allow: [both], deny: [], opaque: [] }, asking) === true;
  });
}

function deniesAll({ allow, deny, opaque }: AccessFunction, term: Term, asking: Asking): boolean {
  const admitted = allow.flatMap((one) => joinTerms(term, one) ?? []);
  return isEmpty({ allow: admitted, deny, opaque }, asking) === true;
}

/** The term in words, and whether all of it differs. */
export function readableRegion(term: Term, sides: Sides, asking: Asking): ReadableRegion {
  return { term, text: describeTerm(term), exact: differsThroughout(term, sides, asking) };
}
