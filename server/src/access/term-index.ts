import type { Lit, Oracle } from "./oracle.ts";

/** A term as sorted literals, with its number in the list that it comes from. */
export interface IndexedTerm {
  readonly lits: readonly Lit[];
  readonly at: number;
}

interface AttributeIndex {
  /** Terms by what the attribute's text starts with. */
  readonly byHead: Map<string, IndexedTerm[]>;
  readonly lengths: readonly number[];
  readonly sortedHeads: readonly string[];
  /** Terms that say nothing about how the text starts. */
  readonly others: readonly IndexedTerm[];
}

/** Below this many terms looking at all of them is as fast. */
const worthIndexing = 48;

/**
 * Finds the terms that may overlap a box without looking at all: by equal text, by a prefix of the box's text, and
 * by texts that the box's is a prefix of. It may return terms that do not overlap, and never misses one that does.
 */
export class TermIndex {
  readonly #oracle: Oracle;
  readonly #terms: readonly IndexedTerm[];
  readonly #attributes = new Map<number, AttributeIndex>();

  constructor(oracle: Oracle, terms: readonly (readonly Lit[])[]) {
    this.#oracle = oracle;
    this.#terms = terms.map((lits, at) => ({ lits, at }));
  }

  get size(): number {
    return this.#terms.length;
  }

  candidates(box: readonly Lit[]): readonly IndexedTerm[] {
    if (this.#terms.length < worthIndexing) return this.#terms;
    let best: readonly IndexedTerm[] = this.#terms;
    for (const lit of box) {
      const head = this.#oracle.head(lit);
      if (head === undefined || head.texts.length > 16) continue;
      const index = this.#indexOf(this.#oracle.attributeOf(lit));
      if (index.others.length >= best.length) continue;
      const found = lookUp(index, head.texts, head.exact, best.length);
      if (found !== undefined && found.length < best.length) best = found;
    }
    return best;
  }

  #indexOf(attribute: number): AttributeIndex {
    const known = this.#attributes.get(attribute);
    if (known !== undefined) return known;
    const byHead = new Map<string, IndexedTerm[]>();
    const others: IndexedTerm[] = [];
    for (const term of this.#terms) {
      const head = term.lits
        .filter((lit) => this.#oracle.attributeOf(lit) === attribute)
        .map((lit) => this.#oracle.head(lit))
        .find((one) => one !== undefined);
      if (head === undefined) others.push(term);
      for (const text of head?.texts ?? []) {
        const same = byHead.get(text);
        if (same === undefined) byHead.set(text, [term]);
        else same.push(term);
      }
    }
    const index: AttributeIndex = {
      byHead,
      lengths: [...new Set([...byHead.keys()].map((text) => text.length))].sort((a, b) => a - b),
      sortedHeads: [...byHead.keys()].sort(compareText),
      others,
    };
    this.#attributes.set(attribute, index);
    return index;
  }
}

/** Undefined as soon as there are `enough`: then another attribute tells more. */
function lookUp(
  index: AttributeIndex,
  texts: readonly string[],
  exact: boolean,
  enough: number,
): readonly IndexedTerm[] | undefined {
  const found = new Set(index.others);
  const add = (terms: readonly IndexedTerm[] | undefined) => {
    for (const term of terms ?? []) found.add(term);
  };
  for (const text of texts) {
    for (const length of index.lengths) {
      if (length > text.length) break;
      add(index.byHead.get(text.slice(0, length)));
    }
    if (!exact) {
      for (let at = lowerBound(index.sortedHeads, text); at < index.sortedHeads.length; at++) {
        const head = index.sortedHeads[at];
        if (head === undefined || !head.startsWith(text)) break;
        add(index.byHead.get(head));
        if (found.size >= enough) return undefined;
      }
    }
    if (found.size >= enough) return undefined;
  }
  return [...found].sort((a, b) => a.at - b.at);
}

/** The first place in the sorted list that is not before `text`. */
function lowerBound(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareText(sorted[middle] ?? "", text) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
