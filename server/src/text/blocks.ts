import type { Block, Place } from "./place.ts";

/**
 * Cuts a file into blocks while it is read, from its start to its end, and makes places from absolute offsets.
 * Readers ask for places mostly in order, so that the block is nearly always the one of the last question.
 */
export class BlockCutter {
  readonly #blocks: Block[] = [];
  readonly #starts: number[] = [];
  readonly #bases = new Map<Block, number>();
  #last = 0;

  constructor(
    private readonly uri: string,
    private readonly text: string,
  ) {}

  /** Where each block starts; complete after the last `cut`. */
  get bases(): ReadonlyMap<Block, number> {
    return this.#bases;
  }

  /**
   * Adds the blocks of `[start, end)`, cut at `cuts` (offsets in any order; those outside are ignored). Ranges are
   * added in order and without gaps. An empty file has one empty block.
   */
  cut(start: number, end: number, cuts: readonly number[]): void {
    const inside = cuts.filter((cut) => cut > start && cut < end).sort((a, b) => a - b);
    let from = start;
    for (const to of [...inside, end]) {
      if (to === from && !(end === 0 && this.#blocks.length === 0)) continue;
      const block: Block = { uri: this.uri, text: this.text.slice(from, to) };
      this.#blocks.push(block);
      this.#starts.push(from);
      this.#bases.set(block, from);
      from = to;
    }
  }

  /** The place of the absolute range `[start, end)`, which must lie in what was cut. */
  place(start: number, end: number): Place {
    const first = this.#indexOf(start);
    const base = this.#starts[first] ?? 0;
    const block = this.#blocks[first];
    if (block === undefined) throw new Error(`no block of ${this.uri} at ${start}`);
    if (end <= base + block.text.length) return { block, start: start - base, end: end - base };
    // The end belongs to the block that ends there, not to the next one that starts there.
    const last = this.#indexOf(end - 1);
    const endBlock = this.#blocks[last] ?? block;
    return { block, start: start - base, end: end - (this.#starts[last] ?? 0), endBlock };
  }

  #indexOf(offset: number): number {
    const starts = this.#starts;
    const near = this.#last;
    if (starts[near] !== undefined && starts[near] <= offset) {
      const next = starts[near + 1];
      if (next === undefined || offset < next) return near;
    }
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    this.#last = low;
    return low;
  }
}
