/** The requests to one resource in one environment, and which rules' terms cover which of them. */

import type { Budget } from "../../access/budget.ts";
import { attribute } from "../../access/catalogue.ts";
import { boxOf, CoverSolver } from "../../access/cover.ts";
import { type Lit, Oracle, TooComplex } from "../../access/oracle.ts";
import { impossibleByShape } from "../../access/possible.ts";
import { fails, type Literal, type Term, type Terms } from "../../access/predicate.ts";
import { type TermId, TermList, TermTable } from "../../access/term-table.ts";
import { UncoveredFinder } from "../../access/uncovered.ts";

/** `by`: terms that cover it, not the fewest. */
export type Coverage = { readonly by: readonly TermId[] } | "uncovered" | "too-complex";

/** Terms that count, each as often as it was added: a term stays as long as one of its rules does. */
export class Counted {
  readonly #counts = new Map<TermId, number>();

  constructor(
    private readonly table: TermTable,
    readonly bit: number,
  ) {}

  get size(): number {
    return this.#counts.size;
  }

  add(id: TermId): void {
    const before = this.#counts.get(id) ?? 0;
    this.#counts.set(id, before + 1);
    if (before === 0) this.table.mark(id, this.bit, true);
  }

  /** Throws where it is not there. */
  remove(id: TermId): void {
    const before = this.#counts.get(id);
    if (before === undefined) throw new Error("a term that does not count cannot be taken out");
    if (before > 1) this.#counts.set(id, before - 1);
    else {
      this.#counts.delete(id);
      this.table.mark(id, this.bit, false);
    }
  }
}

/** The lists of terms that a question is asked of. */
export interface Within {
  readonly lists: readonly Counted[];
  /** More terms, whatever list they are in. */
  readonly terms?: readonly TermId[];
  /** Requests of other environments count as possible. */
  readonly anyEnvironment?: true;
}

/** Few and often needed, impossible regions take part in every question from the start. */
const mostFromStart = 64;

/** What one question may cost. The patterns of a SPIFFE ID take ten thousand steps when they are met first. */
const stepsEach = 30_000;

export class Space {
  readonly #table = new TermTable(new Oracle(undefined));
  readonly #finder = new UncoveredFinder(this.#table);
  readonly #never: TermList;
  readonly #elsewhere: TermList;
  /** Regions of these shapes are in `#never` for so many attributes. */
  #attributes = 0;

  /** `impossible`: regions without requests; `elsewhere`: those whose requests are made in other environments. */
  constructor(impossible: Terms, elsewhere: Terms) {
    this.#never = new TermList(this.#table, impossible);
    this.#elsewhere = new TermList(this.#table, elsewhere);
  }

  /** A list of terms of its own. A table has room for some 25 of them. */
  newList(): Counted {
    return new Counted(this.#table, this.#table.newList());
  }

  intern(term: Term): TermId {
    return this.#table.intern(term);
  }

  /** Whether no possible request fulfils all literals. */
  isEmpty(
    literals: readonly Literal[],
    budget: Budget,
    options: Pick<Within, "anyEnvironment"> = {},
  ): boolean | "too-complex" {
    const lits = this.#table.oracle.lits({ literals, origins: [] });
    const answer = this.#cover(lits, { lists: [], ...options }, budget);
    if (answer === "too-complex") return answer;
    return answer !== "uncovered";
  }

  /**
   * Whether every possible request of the term lies in the others, under every value of the opaque atoms. A term
   * without requests is covered by nothing at all.
   */
  cover(id: TermId, within: Within, budget: Budget): Coverage {
    const lits = this.#table.lits(id);
    const plain = this.#plainCover(id, lits, within);
    if (plain !== undefined) {
      budget.remaining--;
      return { by: [plain] };
    }
    return this.#cover(lits, within, budget);
  }

  /** The same term, or one that asks for no more: by far the most common way to be covered. */
  #plainCover(id: TermId, lits: readonly Lit[], { lists, terms = [] }: Within): TermId | undefined {
    if (lists.some((list) => this.#table.isIn(id, list.bit))) return id;
    return terms.find((one) => one === id || this.#table.lits(one).every((lit) => lits.includes(lit)));
  }

  #cover(lits: readonly Lit[], within: Within, budget: Budget): Coverage {
    this.#addShapes();
    const never = this.#neverLists(within);
    const few = this.#fewNever(never);
    if (few !== undefined && within.lists.length === 0) {
      // All that matters takes part at once, so that no request need be made.
      const by = [...few, ...(within.terms ?? [])];
      const terms = by.map((id) => this.#table.lits(id));
      const { oracle } = this.#table;
      return withShare(budget, (share): Coverage => {
        const part = new CoverSolver(oracle, share).uncovered(boxOf(oracle, lits), terms);
        return part === undefined ? { by } : "uncovered";
      });
    }
    let bits = 0;
    for (const list of within.lists) bits |= list.bit;
    for (const list of never) bits |= list.bit;
    return withShare(budget, (share): Coverage => {
      const part = this.#finder.part(lits, bits, [...(few ?? []), ...(within.terms ?? [])], share);
      return "by" in part ? part : "uncovered";
    });
  }

  /** Undefined where they are many. */
  #fewNever(never: readonly TermList[]): readonly TermId[] | undefined {
    const size = never.reduce((sum, list) => sum + list.size, 0);
    return size > mostFromStart ? undefined : never.flatMap((list) => [...list.ids]);
  }

  #neverLists({ anyEnvironment }: Pick<Within, "anyEnvironment">): readonly TermList[] {
    return anyEnvironment ? [this.#never] : [this.#never, this.#elsewhere];
  }

  /** What an attribute is part of may come up after it, so every new one brings shapes of others with it. */
  #addShapes(): void {
    const { attributes } = this.#table.oracle;
    if (this.#attributes === attributes.length) return;
    const time = attribute("context.time");
    const shapes: Term[] = [...impossibleByShape(attributes)];
    // The clock is an input of every decision (design, section 3).
    if (attributes.includes(time)) shapes.push({ literals: [fails(time, { test: "present" })], origins: [] });
    for (const shape of shapes) if (!this.#never.has(this.#table.intern(shape))) this.#never.add(shape);
    this.#attributes = attributes.length;
  }
}

function withShare<T>(budget: Budget, work: (share: Budget) => T): T | "too-complex" {
  if (budget.remaining <= 0) return "too-complex";
  const share: Budget = { remaining: Math.min(stepsEach, budget.remaining) };
  const before = share.remaining;
  try {
    return work(share);
  } catch (error) {
    if (error instanceof TooComplex) return "too-complex";
    throw error;
  } finally {
    // An answer that is known at once is not for nothing either.
    budget.remaining -= before - share.remaining + 1;
  }
}
