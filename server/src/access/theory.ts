import type { Budget } from "./budget.ts";
import type { Literal } from "./predicate.ts";
import type { AttributeValue } from "./value.ts";

export interface SatisfyOptions {
  /** Declared names that are tried first, so that witnesses speak of real tools, principals, paths. */
  readonly hints?: readonly string[];
  readonly budget?: Budget;
}

/**
 * A value that satisfies all literals, which all speak of the same attribute; undefined iff there is none. Prefers
 * natural values. `too-complex`: the budget was spent before the question was decided.
 */
export function satisfy(
  literals: readonly Literal[],
  options: SatisfyOptions = {},
): AttributeValue | undefined | "too-complex" {
  throw new Error(`being written: ${literals.length} ${options.hints?.length}`);
}

/** Whether every value that satisfies `a` satisfies `b`, of the same attribute. False where that is too complex. */
export function implies(a: Literal, b: Literal): boolean {
  throw new Error(`being written: ${a.negated} ${b.negated}`);
}

/** Whether no value satisfies both, of the same attribute. False where that is too complex to decide. */
export function disjoint(a: Literal, b: Literal): boolean {
  throw new Error(`being written: ${a.negated} ${b.negated}`);
}

/** Whether the literal holds for the value. A missing value is `{ kind: "absent" }`. */
export function valueHolds(value: AttributeValue, literal: Literal): boolean {
  throw new Error(`being written: ${value.kind} ${literal.negated}`);
}
