/** `<= 500 and not <= 200` is `> 200 and <= 500`: what is a number there anyway need not be denied to be one. */
import type { Literal, Term, Test } from "../access/predicate.ts";

type Range = Extract<Test, { readonly test: "range" }>;

/**
 * The same requests, with bounds for negated ranges where another literal asks for a number already and the negated
 * range has one end. The negation alone would hold for what is absent or no number, too.
 */
export function positiveRanges(term: Term): Term {
  const numbers = new Set(
    term.literals
      .filter(({ test, negated }) => test.test === "range" && !negated)
      .map((one) => one.attribute),
  );
  const positive = term.literals.map((literal) => {
    const bound = literal.negated && numbers.has(literal.attribute) ? beyond(literal.test) : undefined;
    return bound === undefined ? literal : { ...literal, negated: false, test: bound };
  });
  return { ...term, literals: joined(positive) };
}

/** The numbers outside of a range that has one end. */
function beyond(test: Test): Range | undefined {
  if (test.test !== "range" || test.integer) return undefined;
  const { min, max } = test;
  if (min === undefined && max !== undefined)
    return { test: "range", min: max, ...(test.maxOpen ? {} : { minOpen: true as const }) };
  if (max === undefined && min !== undefined)
    return { test: "range", max: min, ...(test.minOpen ? {} : { maxOpen: true as const }) };
  return undefined;
}

/** A lower and an upper bound of one attribute as one range. */
function joined(literals: readonly Literal[]): readonly Literal[] {
  const result: Literal[] = [];
  for (const literal of literals) {
    const at = result.findIndex((other) => both(other, literal) !== undefined);
    const other = result[at];
    const one = other && both(other, literal);
    if (one === undefined) result.push(literal);
    else result[at] = one;
  }
  return result;
}

function both(a: Literal, b: Literal): Literal | undefined {
  if (a.attribute !== b.attribute || a.negated || b.negated) return undefined;
  if (a.test.test !== "range" || b.test.test !== "range") return undefined;
  const isLow = ({ min, max }: Range): boolean => min !== undefined && max === undefined;
  const isHigh = ({ min, max }: Range): boolean => min === undefined && max !== undefined;
  if (!(isLow(a.test) && isHigh(b.test)) && !(isHigh(a.test) && isLow(b.test))) return undefined;
  return { ...a, test: { ...a.test, ...b.test } };
}
