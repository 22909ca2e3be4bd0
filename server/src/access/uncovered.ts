import type { AssignedValue, Assignment } from "./assignment.ts";
import type { Budget } from "./budget.ts";
import { type Box, boxOf, CoverSolver } from "./cover.ts";
import type { Lit, Oracle } from "./oracle.ts";
import { naturalIfFree } from "./plainest.ts";
import { Point } from "./point.ts";
import { PointIndex } from "./point-index.ts";
import { TermIndex } from "./term-index.ts";
import type { TermId, TermTable } from "./term-table.ts";
import type { AttributeValue } from "./value.ts";

/** So often terms are added one request at a time, before all that overlap the region take part. */
const maxRounds = 24;

/** That few overlapping terms take part at once: to find out which of them matter costs more than to take them all. */
const fewTerms = 24;

/** The index of overlapping terms pays from so many questions on. */
const questionsWithoutIndex = 16;

/** What of a region is outside of terms: nothing, because of some of them; or a part, with a request in it. */
export type Uncovered =
  | { readonly by: readonly TermId[] }
  | {
      /** A part that is not covered, as far as the solver had to know the terms. */
      readonly box: Box;
      /** A request of it that no term holds on. */
      readonly plain: Point;
    };

/** Decides whether regions lie inside the union of terms of a table, by lists of the table. */
export class UncoveredFinder {
  readonly oracle: Oracle;
  readonly #table: TermTable;
  readonly #byPoint: PointIndex;
  readonly #byBox: TermIndex;
  #questions = 0;

  constructor(table: TermTable) {
    this.#table = table;
    this.oracle = table.oracle;
    this.#byPoint = new PointIndex(table);
    this.#byBox = new TermIndex(table);
  }

  /** The terms of the lists that hold on the request. */
  holding(point: Point, lists: number): readonly TermId[] {
    return this.#byPoint.holding(point, lists);
  }

  /** The terms of the lists that may overlap the region. */
  overlapping(lits: readonly Lit[], lists: number): readonly TermId[] {
    return this.#byBox.candidates(lits, lists) ?? [];
  }

  /**
   * Most terms that overlap a region have no part in the answer. So where there are many, the solver starts with none
   * but `start`, and each request that it then finds brings in the terms that cover it: covered by some of the terms
   * is covered, and a request that no term at all covers is what is asked for. Throws `TooComplex`.
   */
  part(lits: readonly Lit[], lists: number, start: readonly TermId[], budget: Budget): Uncovered {
    const whole = boxOf(this.oracle, lits);
    let known = start;
    let isLast = false;
    if (++this.#questions > questionsWithoutIndex) {
      const few = this.#byBox.candidates(lits, lists, fewTerms);
      if (few !== undefined) {
        known = [...start, ...few];
        isLast = true;
      }
    }
    for (let round = 0; ; round++) {
      if (!isLast && round >= maxRounds) {
        isLast = true;
        known = [...start, ...this.overlapping(lits, lists)];
      }
      const terms = known.map((id) => this.#table.lits(id));
      const box = new CoverSolver(this.oracle, budget).uncovered(whole, terms);
      if (box === undefined) return { by: known };
      const plain = this.point(box, undefined, budget);
      const covering = this.holding(plain, lists);
      if (covering.length === 0) return { box, plain };
      if (isLast)
        throw new Error(
          `a request outside of all terms is in one: ${JSON.stringify([...plain.assignment.values()])}`,
        );
      known = [...known, ...covering];
    }
  }

  /**
   * A request in the box with a value for every attribute. What the box leaves free can have any value as far as the
   * solver's terms go; absent is the plainest. Without `attempt` no declared names are used. `like`: as for `Point`.
   */
  point(box: Box, attempt: number | undefined, budget: Budget, like?: Point): Point {
    const { attributes } = this.oracle;
    budget.remaining -= attributes.length;
    const values = new Map<string, AssignedValue>();
    for (const [id, attribute] of attributes.entries()) {
      const lits = box.get(id);
      const isFree = lits === undefined && this.oracle.canBeAbsent(id) && !naturalIfFree.has(attribute.id);
      const value: AttributeValue = isFree ? absent : this.oracle.value(id, lits ?? [], attempt, budget);
      values.set(attribute.key, { attribute, value });
    }
    return new Point(this.oracle, values, like);
  }

  pointOf(assignment: Assignment, like?: Point): Point {
    return new Point(this.oracle, assignment, like);
  }
}

const absent: AttributeValue = { kind: "absent" };
