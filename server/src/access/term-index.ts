import type { Head, Lit, Oracle } from "./oracle.ts";
import type { TermId, TermTable } from "./term-table.ts";

interface AttributeIndex {
  /** Terms by what the attribute's text starts with. */
  readonly byHead: Map<string, TermId[]>;
  readonly lengths: readonly number[];
  readonly sortedHeads: readonly string[];
  /** Terms that say nothing about how the text starts. */
  readonly others: readonly TermId[];
  /** So many terms were in the table when it was made; later ones are looked at one by one. */
  readonly made: number;
}

/** Below this many terms looking at all of them is as fast. */
const worthIndexing = 48;

/**
 * Finds the terms that may overlap a box without looking at all: by equal text, by a prefix of the box's text, and
 * by texts that the box's is a prefix of. It may return terms that do not overlap, and never misses one that does.
 */
export class TermIndex {
  readonly #table: TermTable;
  readonly #oracle: Oracle;
  readonly #attributes = new Map<number, AttributeIndex>();

  constructor(table: TermTable) {
    this.#table = table;
    this.#oracle = table.oracle;
  }

  /** Of the lists, each once; undefined where more than `most` terms would have to be looked at. */
  candidates(box: readonly Lit[], lists: number, most = Number.POSITIVE_INFINITY): TermId[] | undefined {
    const { size } = this.#table;
    let best: readonly (readonly TermId[])[] | undefined;
    let later = 0;
    // Copying most of the terms costs more than looking at all of them.
    let bestSize = Math.min(size * 0.7, most + 1);
    if (size >= worthIndexing) {
      for (const lit of box) {
        const head = this.#oracle.head(lit);
        if (head === undefined || head.texts.length > 16) continue;
        const index = this.#indexOf(this.#oracle.attributeOf(lit));
        const found = bucketsFor(index, head, bestSize);
        if (found === undefined) continue;
        best = found;
        bestSize = found.reduce((sum, bucket) => sum + bucket.length, 0);
        later = index.made;
      }
    }
    if (best === undefined && size > most) return undefined;
    const result: TermId[] = [];
    for (const bucket of best ?? []) {
      for (const id of bucket) if (this.#table.isIn(id, lists)) result.push(id);
    }
    for (let id = later; id < size; id++) if (this.#table.isIn(id, lists)) result.push(id);
    return result.length < 2 ? result : [...new Set(result)];
  }

  #indexOf(attribute: number): AttributeIndex {
    const known = this.#attributes.get(attribute);
    const { size } = this.#table;
    if (known !== undefined && size - known.made <= 64 + known.made / 8) return known;
    const byHead = new Map<string, TermId[]>();
    const others: TermId[] = [];
    for (let id = 0; id < size; id++) {
      const head = this.#headIn(id, attribute);
      if (head === undefined) others.push(id);
      for (const text of head?.texts ?? []) {
        const same = byHead.get(text);
        if (same === undefined) byHead.set(text, [id]);
        else same.push(id);
      }
    }
    const index: AttributeIndex = {
      byHead,
      lengths: [...new Set([...byHead.keys()].map((text) => text.length))].sort((a, b) => a - b),
      sortedHeads: [...byHead.keys()].sort(compareText),
      others,
      made: size,
    };
    this.#attributes.set(attribute, index);
    return index;
  }

  #headIn(id: TermId, attribute: number): Head | undefined {
    for (const lit of this.#table.lits(id)) {
      if (this.#oracle.attributeOf(lit) !== attribute) continue;
      const head = this.#oracle.head(lit);
      if (head !== undefined) return head;
    }
    return undefined;
  }
}

/** The buckets of all terms that may overlap; undefined as soon as they hold `enough`: another attribute tells more. */
function bucketsFor(
  index: AttributeIndex,
  { texts, exact }: Head,
  enough: number,
): readonly (readonly TermId[])[] | undefined {
  const found: (readonly TermId[])[] = [index.others];
  let size = index.others.length;
  const add = (bucket: readonly TermId[] | undefined) => {
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
