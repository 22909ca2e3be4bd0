/**
 * Sets of Unicode code points and partitions of the alphabet by several such sets. Text is a sequence of code points
 * here, as in RE2; a lone surrogate counts as U+FFFD, which is what it becomes in UTF-8.
 */

/** Inclusive ranges `[low, high, low, high, ...]`, sorted, disjoint and not adjacent. */
export type CharSet = readonly number[];

export const lastCodePoint = 0x10ffff;
export const everyChar: CharSet = [0, lastCodePoint];

export const oneChar = (codePoint: number): CharSet => [codePoint, codePoint];

/** Brings ranges in any order, overlapping or not, into the form of a `CharSet`. */
export function charSet(ranges: readonly number[]): CharSet {
  const pairs: [number, number][] = [];
  for (let i = 0; i + 1 < ranges.length; i += 2) pairs.push([ranges[i] as number, ranges[i + 1] as number]);
  pairs.sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [low, high] of pairs) {
    const last = merged.length - 1;
    if (last > 0 && low <= (merged[last] as number) + 1) {
      merged[last] = Math.max(merged[last] as number, high);
    } else {
      merged.push(low, high);
    }
  }
  return merged;
}

export function complement(set: CharSet): CharSet {
  const result: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    const low = set[i] as number;
    if (low > next) result.push(next, low - 1);
    next = (set[i + 1] as number) + 1;
  }
  if (next <= lastCodePoint) result.push(next, lastCodePoint);
  return result;
}

export function containsChar(set: CharSet, codePoint: number): boolean {
  for (let i = 0; i < set.length; i += 2) {
    if (codePoint < (set[i] as number)) return false;
    if (codePoint <= (set[i + 1] as number)) return true;
  }
  return false;
}

export const isEveryChar = (set: CharSet): boolean =>
  set.length === 2 && set[0] === 0 && set[1] === lastCodePoint;

/** Adds the other case of every ASCII letter in the set. */
export function foldAscii(set: CharSet): CharSet {
  const added = [...set];
  for (let i = 0; i < set.length; i += 2) {
    const low = set[i] as number;
    const high = set[i + 1] as number;
    overlap(low, high, 0x41, 0x5a, 32, added);
    overlap(low, high, 0x61, 0x7a, -32, added);
  }
  return charSet(added);
}

function overlap(low: number, high: number, from: number, to: number, shift: number, out: number[]): void {
  const first = Math.max(low, from);
  const last = Math.min(high, to);
  if (first <= last) out.push(first + shift, last + shift);
}

/** The code points of a text, lone surrogates replaced. */
export function codePoints(text: string): number[] {
  const result: number[] = [];
  for (const char of text) result.push(scalar(char.codePointAt(0) as number));
  return result;
}

/** U+FFFD for a lone surrogate, else the code point itself. */
export const scalar = (codePoint: number): number =>
  codePoint >= 0xd800 && codePoint <= 0xdfff ? 0xfffd : codePoint;

/** Lower case for ASCII letters only: the folding of every `ignoreCase`. Returns the same string where it can. */
export function asciiLower(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (run) => run.toLowerCase()) : text;
}

/** The alphabet cut into classes, such that each set of the partition is a union of classes. */
export class Partition {
  /** Interval `i` runs from `starts[i]` to just before `starts[i + 1]`; `starts[0]` is 0. */
  readonly starts: readonly number[];
  readonly count: number;
  readonly #classes: readonly number[];
  readonly #ascii = new Uint16Array(128);

  constructor(starts: readonly number[], classes: readonly number[], count: number) {
    this.starts = starts;
    this.#classes = classes;
    this.count = count;
    for (let c = 0; c < 128; c++) this.#ascii[c] = this.#search(c);
  }

  /** The coarsest partition for these sets. */
  static of(sets: readonly CharSet[]): Partition {
    const cuts = new Set<number>([0]);
    for (const set of sets) {
      for (let i = 0; i < set.length; i += 2) {
        cuts.add(set[i] as number);
        cuts.add((set[i + 1] as number) + 1);
      }
    }
    cuts.delete(lastCodePoint + 1);
    const starts = [...cuts].sort((a, b) => a - b);
    const known = new Map<string, number>();
    const classes = starts.map((start) => {
      let signature = "";
      for (const set of sets) signature += containsChar(set, start) ? "1" : "0";
      const found = known.get(signature);
      if (found !== undefined) return found;
      known.set(signature, known.size);
      return known.size - 1;
    });
    return new Partition(starts, classes, known.size);
  }

  classOf(codePoint: number): number {
    return codePoint < 128 ? (this.#ascii[codePoint] as number) : this.#search(codePoint);
  }

  #search(codePoint: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] as number) <= codePoint) low = middle;
      else high = middle - 1;
    }
    return this.#classes[low] as number;
  }
}
