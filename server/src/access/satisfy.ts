import { type Budget, budget as freshBudget } from "./budget.ts";
import { domainOf, type ValueKind } from "./domain.ts";
import { testHolds } from "./evaluate-terms.ts";
import type { Literal } from "./predicate.ts";
import { solveKind } from "./solve-kind.ts";
import type { AttributeValue } from "./value.ts";

export interface SatisfyOptions {
  /** Declared names that are tried first, so that witnesses speak of real tools, principals, paths. */
  readonly hints?: readonly string[];
  readonly budget?: Budget;
  /** Whether an absent value or a value is the more natural one here; default: by attribute. */
  readonly prefer?: "absent" | "value";
}

/**
 * A value that satisfies all literals, which all speak of the same attribute; undefined iff no value that the
 * attribute can have (`domain.ts`) does. Prefers natural values. `too-complex`: the budget was spent before the
 * question was decided. Throws only for literals that may not exist: an expression that `isExpressibleRegex`
 * refuses, a network that `parseNetwork` cannot read.
 */
export function satisfy(
  literals: readonly Literal[],
  options: SatisfyOptions = {},
): AttributeValue | undefined | "too-complex" {
  const [first] = literals;
  if (first === undefined) return { kind: "absent" };
  const domain = domainOf(first.attribute);
  const context = {
    sort: first.attribute.sort,
    domain,
    hints: options.hints ?? [],
    budget: options.budget ?? freshBudget(),
  };
  let tooComplex = false;
  for (const kind of ordered(domain.kinds, options.prefer)) {
    const solution = solveKind(kind, literals, context);
    if (solution === "too-complex") tooComplex = true;
    else if (solution !== undefined) return confirmed(solution, literals);
  }
  return tooComplex ? "too-complex" : undefined;
}

/** Whether the literal holds for the value. A missing value is `{ kind: "absent" }`. */
export function valueHolds(value: AttributeValue, literal: Literal): boolean {
  return testHolds(value, literal.test) !== literal.negated;
}

function ordered(kinds: readonly ValueKind[], prefer: SatisfyOptions["prefer"]): readonly ValueKind[] {
  if (prefer === undefined || !kinds.includes("absent")) return kinds;
  const others = kinds.filter((one) => one !== "absent");
  return prefer === "absent" ? ["absent", ...others] : [...others, "absent"];
}

/** The evaluator has its own matcher (RE2): where the two disagree, one of them is wrong, which nobody may miss. */
function confirmed(value: AttributeValue, literals: readonly Literal[]): AttributeValue {
  const failed = literals.find((one) => !valueHolds(value, one));
  if (failed === undefined) return value;
  throw new Error(
    `theory and evaluator disagree on ${failed.attribute.key}: ${JSON.stringify(value)} ${JSON.stringify(failed.test)}`,
  );
}
