import type { Budget } from "./budget.ts";
import { type Lit, type Oracle, sortedUnique } from "./oracle.ts";
import type { TermId, TermList } from "./term-table.ts";
import type { UncoveredFinder } from "./uncovered.ts";

/** The terms of one side, as one reading of its opaque atoms gives them. */
export interface Lists {
  readonly allow: TermList;
  readonly deny: TermList;
}

/** A part in which `allowing` may allow and `denying` deny. */
export interface Region {
  readonly lits: readonly Lit[];
  readonly allow: TermId;
  /** The deny-term of the other side that the region lies in; undefined: nothing allows there. */
  readonly deny: TermId | undefined;
  /** The lists whose terms take requests out of it. */
  readonly covers: number;
}

/**
 * The regions of `allowing` without `denying` (comparison.md, point 2): an allow-term that only `allowing` has,
 * less all that `allowing` denies or `denying` allows; and a deny-term that only `denying` has, inside an allow-term
 * of `allowing`, less what `allowing` denies. Terms that stand on both sides make no region, but still cover.
 *
 * `openAllows` are the allow-terms that only `allowing` has; those known to be covered may be left out.
 * `isInside(term, lists)` saves work: a deny-term inside the other side's denies need not be met again inside each
 * allow-term; false where it does not know.
 */
export function* regionsOf(
  finder: UncoveredFinder,
  allowing: Lists,
  denying: Lists,
  impossible: TermList,
  openAllows: Iterable<TermId>,
  budget: Budget,
  isInside: (deny: TermId, lists: number) => boolean,
): Generator<Region> {
  const { table } = allowing.allow;
  const never = allowing.deny.bit | impossible.bit;
  for (const allow of openAllows)
    yield { lits: table.lits(allow), allow, deny: undefined, covers: never | denying.allow.bit };
  for (const deny of denying.deny.ids) {
    if (allowing.deny.has(deny) || isInside(deny, never)) continue;
    const own = table.lits(deny);
    for (const allow of finder.overlapping(own, allowing.allow.bit)) {
      const others = table.lits(allow);
      if (excludes(table.oracle, others, own, budget)) continue;
      yield { lits: sortedUnique([...others, ...own]), allow, deny, covers: never };
    }
  }
}

function excludes(oracle: Oracle, a: readonly Lit[], b: readonly Lit[], budget: Budget): boolean {
  return a.some((one) =>
    b.some(
      (other) =>
        oracle.attributeOf(one) === oracle.attributeOf(other) &&
        oracle.relation(one, other, budget) === "excludes",
    ),
  );
}
