import type { Assignment } from "./assignment.ts";
import { termKey } from "./literal-key.ts";
import { type Lit, type Oracle, sortedUnique } from "./oracle.ts";
import { PointIndex } from "./point-index.ts";
import type { Term, Terms } from "./predicate.ts";
import { TermIndex } from "./term-index.ts";

/** The terms of one side, as one reading of its opaque atoms gives them. */
export interface Lists {
  readonly allow: Terms;
  readonly deny: Terms;
}

/** A part in which `allowing` may allow and `denying` deny, with all terms that may take requests out of it. */
export interface Region {
  readonly lits: readonly Lit[];
  readonly allowTerm: Term;
  /** The deny-term of the other side that the region lies in; undefined: nothing allows there. */
  readonly denyTerm: Term | undefined;
  readonly covers: Covers;
}

/** The terms that may take requests out of a region, found by region or by request; indexed when first asked. */
export class Covers {
  #byBox: TermIndex | undefined;
  #byPoint: PointIndex | undefined;

  constructor(
    private readonly oracle: Oracle,
    private readonly terms: Terms,
  ) {}

  /** All that may overlap the region. */
  overlapping(lits: readonly Lit[]): readonly (readonly Lit[])[] {
    this.#byBox ??= indexOf(this.oracle, this.terms);
    return this.#byBox.candidates(lits).map((term) => term.lits);
  }

  /** All that hold on the request. */
  holding(values: Assignment): readonly (readonly Lit[])[] {
    this.#byPoint ??= new PointIndex(this.terms);
    return this.#byPoint.holding(values).map((term) => this.oracle.lits(term));
  }
}

/**
 * The regions of `allowing` without `denying` (comparison.md, point 2): an allow-term that only `allowing` has,
 * less all that `allowing` denies or `denying` allows; and a deny-term that only `denying` has, inside an allow-term
 * of `allowing`, less what `allowing` denies. Terms that stand on both sides make no region, but still cover.
 *
 * `isInside` may say that a box is covered, so that a deny-term is not met again inside each allow-term; false where
 * it does not know.
 */
export function* regionsOf(
  oracle: Oracle,
  allowing: Lists,
  denying: Lists,
  impossible: Terms,
  isInside: (lits: readonly Lit[], covers: Covers) => boolean,
): Generator<Region> {
  const never = [...distinct(allowing.deny).values(), ...impossible];
  const allowedThere = distinct(denying.allow);
  const takenFromAllows = new Covers(oracle, [...never, ...allowedThere.values()]);
  for (const [key, allowTerm] of distinct(allowing.allow)) {
    if (allowedThere.has(key)) continue;
    const lits = oracle.lits(allowTerm);
    yield { lits, allowTerm, denyTerm: undefined, covers: takenFromAllows };
  }
  const deniedHere = distinct(allowing.deny);
  const allows = [...distinct(allowing.allow).values()];
  let allowIndex: TermIndex | undefined;
  const takenFromDenies = new Covers(oracle, never);
  for (const [key, denyTerm] of distinct(denying.deny)) {
    if (deniedHere.has(key)) continue;
    const own = oracle.lits(denyTerm);
    if (isInside(own, takenFromDenies)) continue;
    allowIndex ??= indexOf(oracle, allows);
    for (const candidate of new Set(allowIndex.candidates(own))) {
      const allowTerm = allows[candidate.at];
      if (allowTerm === undefined || excludes(oracle, candidate.lits, own)) continue;
      const lits = sortedUnique([...candidate.lits, ...own]);
      yield { lits, allowTerm, denyTerm, covers: takenFromDenies };
    }
  }
}

function indexOf(oracle: Oracle, terms: Terms): TermIndex {
  return new TermIndex(
    oracle,
    terms.map((term) => oracle.lits(term)),
  );
}

function excludes(oracle: Oracle, a: readonly Lit[], b: readonly Lit[]): boolean {
  return a.some((one) =>
    b.some(
      (other) =>
        oracle.attributeOf(one) === oracle.attributeOf(other) && oracle.relation(one, other) === "excludes",
    ),
  );
}

/** By canonical key, the first of each. */
function distinct(terms: Terms): ReadonlyMap<string, Term> {
  const result = new Map<string, Term>();
  for (const term of terms) {
    const key = termKey(term);
    if (!result.has(key)) result.set(key, term);
  }
  return result;
}
