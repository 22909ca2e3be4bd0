import type { Head, Lit, Oracle } from "./oracle.ts";

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
 * by texts that the box's is a prefix of. It may return terms that do not overlap, or one twice, and never misses one that does.
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
    const all = this.#terms;
    if (all.length < worthIndexing) return all;
    let best: readonly (readonly IndexedTerm[])[] = [all];
    // Copying most of the terms costs more than looking at all of them.
    let bestSize = all.length * 0.7;
    for (const lit of box) {
      const head = this.#oracle.head(lit);
      if (head === undefined || head.texts.length > 16) continue;
      const index = this.#indexOf(this.#oracle.attributeOf(lit));
      const found = bucketsFor(index, head, bestSize);
      if (found === undefined) continue;
      best = found;
      bestSize = found.reduce((sum, bucket) => sum + bucket.length, 0);
    }
    return best.length === 1 ? (best[0] ?? []) : best.flat();
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

/** The buckets of all terms that may overlap; undefined as soon as they hold `enough`: another attribute tells more. */
function bucketsFor(
  index: AttributeIndex,
  { texts, exact }: Head,
  enough: number,
): readonly (readonly IndexedTerm[])[] | undefined {
  const found: (readonly IndexedTerm[])[] = [index.others];
  let size = index.others.length;
  const add = (bucket: readonly IndexedTerm[] | undefined) => {
    if (bucket === undefined) return;
    found.push(bucket);
    size += bucket.length;
  };
  for (const text of texts) {
    for (const length of index.lengths) {
      // A text of its own length is met again among those that start with it.
      if (length > text.length || (length === text.length && !exact)) break;
      add(index.byHead.get(text.slice(0, length)));
      if (size >= enough) return undefined;
    }
    if (exact) continue;
    for (let at = lowerBound(index.sortedHeads, text); at < index.sortedHeads.length; at++) {
      const head = index.sortedHeads[at];
      if (head === undefined || !head.startsWith(text)) break;
      add(index.byHead.get(head));
      if (size >= enough) return undefined;
    }
  }
  return size >= enough ? undefined : found;
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
