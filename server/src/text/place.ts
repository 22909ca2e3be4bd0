/**
 * Where something stands in a source file, kept relative to its block.
 *
 * A file is cut into blocks (a rule, an identity, the text between two of them). Everything that is read from a
 * file remembers offsets inside its block, never inside the file, so that an edit in one block moves nothing in
 * the others. Only a `SourceLayout` knows where each block starts in one version of the file; lines and columns
 * exist only at the edges (LSP, CLI), computed by `layout.ts`.
 */
export interface Block {
  readonly uri: string;
  /** The block's own text, exactly as in the file. */
  readonly text: string;
}

/** A half-open range of UTF-16 offsets. `end` is relative to `endBlock` where the range spans blocks. */
export interface Place {
  readonly block: Block;
  readonly start: number;
  readonly end: number;
  readonly endBlock?: Block;
}

/** Zero-based line and UTF-16 character, as in LSP. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface Location {
  readonly uri: string;
  readonly range: Range;
}

/** A part of a place; offsets are relative to the start of `place`. */
export function within(place: Place, start: number, end: number): Place {
  return { block: place.block, start: place.start + start, end: place.start + end };
}

/** The smallest place that covers both, `first` standing before `last` in the same file. */
export function span(first: Place, last: Place): Place {
  const endBlock = last.endBlock ?? last.block;
  return endBlock === first.block
    ? { block: first.block, start: first.start, end: last.end }
    : { block: first.block, start: first.start, end: last.end, endBlock };
}
