/** Ranges of one file, found by an offset without looking at all of them. */

export interface Interval<T> {
  readonly start: number;
  readonly end: number;
  readonly value: T;
}

export class Intervals<T> {
  readonly #sorted: readonly Interval<T>[];
  /** The furthest end of an interval and all before it: where that lies before the offset, nothing earlier covers it. */
  readonly #reach: readonly number[];

  constructor(intervals: readonly Interval<T>[]) {
    this.#sorted = [...intervals].sort((a, b) => a.start - b.start || b.end - a.end);
    let furthest = -1;
    this.#reach = this.#sorted.map(({ end }) => {
      furthest = Math.max(furthest, end);
      return furthest;
    });
  }

  /** The smallest interval that covers `offset`, its end included (so that a cursor behind a word counts). */
  at(offset: number): Interval<T> | undefined {
    let best: Interval<T> | undefined;
    for (let index = this.#lastFrom(offset); index >= 0; index--) {
      if ((this.#reach[index] ?? -1) < offset) break;
      const one = this.#sorted[index];
      if (one === undefined || one.end < offset) continue;
      if (best === undefined || one.end - one.start < best.end - best.start) best = one;
    }
    return best;
  }

  /** The last interval that starts at `offset` or before it. */
  #lastFrom(offset: number): number {
    let low = -1;
    let high = this.#sorted.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle]?.start ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low;
  }
}
