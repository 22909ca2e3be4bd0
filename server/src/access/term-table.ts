import type { Lit, Oracle } from "./oracle.ts";
import type { Term } from "./predicate.ts";
import { isWrittenAlike } from "./same-term.ts";

/** A term as a number: terms with the same literals have the same one, wherever they come from. */
export type TermId = number;

/** The terms of one comparison by their literals, and in which lists each of them stands. */
export class TermTable {
  /** Open addressing by a hash of the literals: one more than the term's number, or 0. Never more than half full. */
  #slots = new Int32Array(256);
  readonly #lits: (readonly Lit[])[] = [];
  /** The first term of each number. */
  readonly #terms: Term[] = [];
  /**
   * The number that the next term is likely to have. Sides that differ in little have most terms in the same order, and
   * to look whether two terms are written alike is several times as fast as to look up what they are made of.
   */
  #likely: TermId = 0;
  readonly #lists: number[] = [];
  /** Bits of lists that are gone. */
  readonly #free: number[] = [];
  #nextList = 1;

  constructor(readonly oracle: Oracle) {}

  get size(): number {
    return this.#lits.length;
  }

  intern(term: Term): TermId {
    const likely = this.#terms[this.#likely];
    if (likely !== undefined && isWrittenAlike(likely, term)) return this.#likely++;
    const size = this.#lits.length;
    const id = this.#internLits(term);
    // A new term most likely replaces the one that was expected.
    this.#likely = id === size ? this.#likely + 1 : id + 1;
    return id;
  }

  #internLits(term: Term): TermId {
    const lits = this.oracle.lits(term);
    let slot = this.#slotOf(lits);
    const known = this.#slots[slot] ?? 0;
    if (known !== 0) return known - 1;
    const id = this.#lits.length;
    if (id * 2 >= this.#slots.length) {
      this.#grow();
      slot = this.#slotOf(lits);
    }
    this.#slots[slot] = id + 1;
    this.#lits.push(lits);
    this.#terms.push(term);
    this.#lists.push(0);
    return id;
  }

  /** Where the term with these literals is, or would be. */
  #slotOf(lits: readonly Lit[]): number {
    const last = this.#slots.length - 1;
    let slot = hashOf(lits) & last;
    for (;;) {
      const known = this.#slots[slot] ?? 0;
      if (known === 0 || sameLits(this.lits(known - 1), lits)) return slot;
      slot = (slot + 1) & last;
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 4);
    for (const [id, lits] of this.#lits.entries()) this.#slots[this.#slotOf(lits)] = id + 1;
  }

  lits(id: TermId): readonly Lit[] {
    const lits = this.#lits[id];
    if (lits === undefined) throw new Error(`no term ${id}`);
    return lits;
  }

  /** `lists`: one list, or several joined by `|`. */
  isIn(id: TermId, lists: number): boolean {
    return ((this.#lists[id] ?? 0) & lists) !== 0;
  }

  /** A list of its own, as one bit. */
  newList(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const bit = this.#nextList;
    if (bit >= 2 ** 30) throw new Error("more lists than bits");
    this.#nextList *= 2;
    return bit;
  }

  freeList(bit: number): void {
    this.#free.push(bit);
  }

  mark(id: TermId, list: number, isIn: boolean): void {
    const lists = this.#lists[id] ?? 0;
    this.#lists[id] = isIn ? lists | list : lists & ~list;
  }
}

function hashOf(lits: readonly Lit[]): number {
  let hash = lits.length;
  for (let at = 0; at < lits.length; at++) hash = (Math.imul(hash, 0x01000193) ^ (lits[at] as Lit)) | 0;
  // The lower bits choose the place, so the upper ones are mixed into them.
  return (hash ^ (hash >>> 15)) >>> 0;
}

function sameLits(a: readonly Lit[], b: readonly Lit[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** An ordered list of terms, each once, with every place that each comes from. */
export class TermList {
  /** Its bit in the table. */
  readonly bit: number;
  /** The first of each. */
  readonly #terms = new Map<TermId, Term>();
  /** Further ones with the same literals. */
  readonly #repeated = new Map<TermId, readonly Term[]>();

  constructor(
    readonly table: TermTable,
    terms: Iterable<Term>,
  ) {
    this.bit = table.newList();
    for (const term of terms) this.add(term);
  }

  /** In the order in which they were added first. */
  get ids(): Iterable<TermId> {
    return this.#terms.keys();
  }

  get size(): number {
    return this.#terms.size;
  }

  /** All of them, repeated ones too. */
  get terms(): readonly Term[] {
    return [...this.#terms.values(), ...[...this.#repeated.values()].flat()];
  }

  has(id: TermId): boolean {
    return this.table.isIn(id, this.bit);
  }

  /** The first term of this list with these literals. */
  term(id: TermId): Term {
    const term = this.#terms.get(id);
    if (term === undefined) throw new Error(`term ${id} is not in the list`);
    return term;
  }

  /** Empties the list, which must not be used again. */
  release(): void {
    for (const id of this.#terms.keys()) this.table.mark(id, this.bit, false);
    this.#terms.clear();
    this.table.freeList(this.bit);
  }

  add(term: Term): TermId {
    const id = this.table.intern(term);
    if (this.has(id)) this.#repeated.set(id, [...(this.#repeated.get(id) ?? []), term]);
    else {
      this.#terms.set(id, term);
      this.table.mark(id, this.bit, true);
    }
    return id;
  }

  /** Takes out one term with these literals. Throws where there is none. */
  remove(term: Term): TermId {
    const id = this.table.intern(term);
    const first = this.#terms.get(id);
    if (first === undefined) throw new Error("a term that is not in the list cannot be removed");
    const all = [first, ...(this.#repeated.get(id) ?? [])];
    const at = Math.max(0, all.indexOf(term));
    const [now, ...others] = all.filter((_, index) => index !== at);
    this.#repeated.delete(id);
    if (now === undefined) {
      this.#terms.delete(id);
      this.table.mark(id, this.bit, false);
    } else {
      this.#terms.set(id, now);
      if (others.length > 0) this.#repeated.set(id, others);
    }
    return id;
  }
}
