import type { Literal, Term } from "./predicate.ts";
import { oneOf } from "./text-pattern.ts";

/** Longer lists stay as they are: a reader is shown three of them anyway, and each value costs a question. */
const mostValues = 12;

/**
 * A deployed line may name ten tools of which the policy denies one: the region of the difference is that one. Each
 * value of each list in a term is asked for alone, and those that `differs` says no of are left out.
 */
export function narrowLists(term: Term, differs: (part: Term) => boolean): Term {
  let narrowed = term;
  for (const literal of term.literals) {
    const values = valuesOf(literal);
    if (values === undefined) continue;
    const only = (kept: readonly string[]): Term => ({
      ...narrowed,
      literals: narrowed.literals.map((one) => (one === literal ? withValues(literal, kept) : one)),
    });
    const kept = values.filter((value) => differs(only([value])));
    if (kept.length > 0 && kept.length < values.length) narrowed = only(kept);
  }
  return narrowed;
}

function valuesOf({ test, negated }: Literal): readonly string[] | undefined {
  if (negated || (test.test !== "text" && test.test !== "member")) return undefined;
  const { pattern } = test;
  if (pattern.kind !== "oneOf" || pattern.ignoreCase) return undefined;
  return pattern.values.length > 1 && pattern.values.length <= mostValues ? pattern.values : undefined;
}

function withValues(literal: Literal, values: readonly string[]): Literal {
  const { test } = literal;
  return test.test === "text" || test.test === "member"
    ? { ...literal, test: { ...test, pattern: oneOf(values) } }
    : literal;
}
