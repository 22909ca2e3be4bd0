/** Attributes without which an allow holds, while some value of them keeps it from holding. */
import type { Attribute } from "../../access/attribute.ts";
import type { Budget } from "../../access/budget.ts";
import { fails, holds, type Literal, type Term } from "../../access/predicate.ts";
import { type Judged, placesOf } from "./judged.ts";

/** More pairs of terms than this are not looked at: a condition so large is not read by people either. */
const mostPairs = 256;

/**
 * Whether it holds with some value of the attribute. If not, its presence is what is not wanted: an allow that takes
 * only requests without a header says so.
 */
export function holdsWithSome(judged: Judged, attribute: Attribute, budget: Budget): boolean {
  const present = holds(attribute, { test: "present" });
  return (judged.rule.condition?.compiled.partition.true ?? []).some(({ literals }) =>
    isPossible(judged, [...literals.filter(isDecidable), present], budget),
  );
}

/**
 * Decided with the partition of the condition: one term of `true` that holds where the attribute is absent, one of
 * `false` where it is present, and a request for each that fulfils the rest of both. Terms with opaque atoms are left
 * out, since nobody knows when they hold.
 */
export function opensWithout(judged: Judged, attribute: Attribute, budget: Budget): boolean {
  const partition = judged.rule.condition?.compiled.partition;
  if (partition === undefined) return false;
  const isOf = (literal: Literal): boolean => literal.attribute.key === attribute.key;
  const open = partition.true.filter(
    (term) => isPlain(term) && term.literals.every((literal) => !isOf(literal) || literal.negated),
  );
  const shut = partition.false.filter((term) => isPlain(term) && mentions(term, isOf));
  let pairs = 0;
  for (const yes of open)
    for (const no of shut) {
      if (++pairs > mostPairs) return false;
      const rest = [...yes.literals, ...no.literals].filter((literal) => !isOf(literal));
      const absent = [...rest, fails(attribute, { test: "present" })];
      const present = [...rest, ...no.literals.filter(isOf), holds(attribute, { test: "present" })];
      if (isPossible(judged, absent, budget) && isPossible(judged, present, budget)) return true;
    }
  return false;
}

const isDecidable = ({ attribute }: Literal): boolean => attribute.sort !== "opaque";

const isPlain = ({ literals }: Term): boolean => literals.every(isDecidable);

const mentions = ({ literals }: Term, isOf: (literal: Literal) => boolean): boolean => literals.some(isOf);

/** Whether some request that the rule is about fulfils the literals; false where that is too complex to tell. */
function isPossible(judged: Judged, literals: readonly Literal[], budget: Budget): boolean {
  return placesOf(judged).some(({ in: place, factors }) => {
    if (factors === undefined) return false;
    for (const caller of factors.callers)
      for (const target of factors.targets) {
        if (budget.remaining <= 0) return false;
        const all = [...caller.literals, ...target.literals, ...factors.required, ...literals];
        if (place.space.isEmpty(all, budget) === false) return true;
      }
    return false;
  });
}
