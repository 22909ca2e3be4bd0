import { type Assignment, assignedValue } from "./assignment.ts";
import type { Lit, Oracle } from "./oracle.ts";
import { valueHolds } from "./theory.ts";
import type { AttributeValue } from "./value.ts";

/** One request as a comparison sees it: each literal is decided once. */
export class Point {
  readonly #decided: Int8Array;

  /** Attributes that have the same value there. */
  readonly #sameThere: readonly boolean[];

  /** `like`: a point that differs in few attributes; what it has found out of the others is not found out again. */
  constructor(
    private readonly oracle: Oracle,
    readonly assignment: Assignment,
    private readonly like?: Point,
  ) {
    this.#decided = new Int8Array(oracle.literalCount);
    const there = like?.assignment;
    this.#sameThere =
      there === undefined
        ? []
        : oracle.attributes.map(({ key }) => assignment.get(key)?.value === there.get(key)?.value);
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
      decided = this.#foundThere(test);
      if (decided === undefined || decided === 0) {
        const literal = this.oracle.literal(test);
        decided = valueHolds(assignedValue(this.assignment, literal.attribute), literal) ? 1 : 2;
      }
      this.#decided[test] = decided;
    }
    return (decided === 1) === ((lit & 1) === 0);
  }

  #foundThere(test: Lit): number | undefined {
    if (this.like === undefined || this.#sameThere[this.oracle.attributeOf(test)] !== true) return undefined;
    return this.like.#decided[test];
  }

  holdsAll(lits: readonly Lit[]): boolean {
    for (let at = 0; at < lits.length; at++) if (!this.holds(lits[at] as Lit)) return false;
    return true;
  }
}
