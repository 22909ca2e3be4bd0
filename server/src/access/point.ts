import { type Assignment, assignedValue } from "./assignment.ts";
import type { Lit, Oracle } from "./oracle.ts";
import { valueHolds } from "./theory.ts";
import type { AttributeValue } from "./value.ts";

/** One request as a comparison sees it: each literal is decided once. */
export class Point {
  readonly #decided: Int8Array;

  constructor(
    private readonly oracle: Oracle,
    readonly assignment: Assignment,
  ) {
    this.#decided = new Int8Array(oracle.literalCount);
  }

  value(attributeId: number): AttributeValue | undefined {
    const attribute = this.oracle.attributes[attributeId];
    return attribute === undefined ? undefined : assignedValue(this.assignment, attribute);
  }

  holds(lit: Lit): boolean {
    const test = lit & ~1;
    let decided = this.#decided[test];
    // A literal that was made after the point has no place to be remembered in.
    if (decided === undefined || decided === 0) {
      const literal = this.oracle.literal(test);
      decided = valueHolds(assignedValue(this.assignment, literal.attribute), literal) ? 1 : 2;
      this.#decided[test] = decided;
    }
    return (decided === 1) === ((lit & 1) === 0);
  }

  holdsAll(lits: readonly Lit[]): boolean {
    for (let at = 0; at < lits.length; at++) if (!this.holds(lits[at] as Lit)) return false;
    return true;
  }
}
