import type { Place } from "../text/place.ts";
import { SegmentBuilder } from "../text/segment-builder.ts";
import { SegmentMap } from "../text/segments.ts";
import type { ScalarNode } from "../text/tree.ts";

/** Offsets of a line of a scalar, relative to the start of the scalar. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

/**
 * A scalar that YAML would read differently, as its author meant it: its lines as they stand, joined by spaces. So
 * the rest of the engine can go on with the condition that the author sees, while the file has its one problem.
 */
export class MeantScalar implements ScalarNode {
  readonly kind = "scalar";
  readonly style = "plain";
  readonly text: string;
  readonly segments: SegmentMap;

  constructor(
    readonly place: Place,
    pieces: readonly Piece[],
  ) {
    const builder = new SegmentBuilder(place.block.text);
    let previous = 0;
    for (const [index, piece] of pieces.entries()) {
      const [start, end] = [place.start + piece.start, place.start + piece.end];
      if (index > 0) builder.atomic(" ", previous, start);
      builder.verbatim(start, end);
      previous = end;
    }
    this.text = builder.text;
    this.segments = new SegmentMap(builder.segments, previous);
  }

  get value(): string {
    return this.text;
  }
}
