import type { Block, Location, Place, Position, Range } from "./place.ts";

/** The start offset of every line of `text`; `\n`, `\r\n` and a lone `\r` end a line, as in LSP. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let offset = 0; offset < text.length; offset++) {
    const unit = text.charCodeAt(offset);
    if (unit === 13 && text.charCodeAt(offset + 1) === 10) continue;
    if (unit === 10 || unit === 13) starts.push(offset + 1);
  }
  return starts;
}

/** One version of one file: its text, and where each of its blocks starts. The only place that knows lines. */
export class SourceLayout {
  #lines: readonly number[] | undefined;
  #blocks: readonly Block[] | undefined;

  constructor(
    readonly uri: string,
    readonly text: string,
    private readonly bases: ReadonlyMap<Block, number>,
  ) {}

  get lines(): readonly number[] {
    this.#lines ??= lineStarts(this.text);
    return this.#lines;
  }

  /** The offset in the file at which `block` starts. Throws when the block is not of this version of the file. */
  base(block: Block): number {
    const base = this.bases.get(block);
    if (base === undefined) throw new Error(`a block of another version of ${this.uri}`);
    return base;
  }

  has(block: Block): boolean {
    return this.bases.has(block);
  }

  /** The block that holds the absolute `offset`; at the border of two blocks the one that starts there. */
  blockAt(offset: number): Block | undefined {
    this.#blocks ??= [...this.bases.keys()].sort((a, b) => this.base(a) - this.base(b));
    let low = -1;
    let high = this.#blocks.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const block = this.#blocks[middle];
      if (block !== undefined && this.base(block) <= offset) low = middle;
      else high = middle;
    }
    return this.#blocks[low];
  }

  /** Absolute offsets of a place. */
  offsets(place: Place): { start: number; end: number } {
    return {
      start: this.base(place.block) + place.start,
      end: this.base(place.endBlock ?? place.block) + place.end,
    };
  }

  range(place: Place): Range {
    const { start, end } = this.offsets(place);
    return { start: this.positionAt(start), end: this.positionAt(end) };
  }

  location(place: Place): Location {
    return { uri: this.uri, range: this.range(place) };
  }

  positionAt(offset: number): Position {
    const clamped = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.lines.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.lines[middle] ?? 0) <= clamped) low = middle;
      else high = middle;
    }
    return { line: low, character: clamped - (this.lines[low] ?? 0) };
  }

  offsetAt(position: Position): number {
    const start = this.lines[position.line];
    if (start === undefined) return this.text.length;
    const next = this.lines[position.line + 1] ?? this.text.length + 1;
    return Math.min(start + position.character, next - 1, this.text.length);
  }

  /** Whether the absolute `offset` lies inside `place`, its end included (so that a cursor behind a word counts). */
  contains(place: Place, offset: number): boolean {
    const { start, end } = this.offsets(place);
    return start <= offset && offset <= end;
  }

  /** Whether `inner` lies inside `outer`, both of this version of the file; a place lies inside itself. */
  encloses(outer: Place, inner: Place): boolean {
    const a = this.offsets(outer);
    const b = this.offsets(inner);
    return a.start <= b.start && b.end <= a.end;
  }
}
