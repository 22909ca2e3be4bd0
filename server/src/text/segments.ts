/**
 * Maps offsets of a decoded value (a YAML scalar after unquoting, unescaping and folding) to its source and back.
 * Segments are in order, do not overlap, and cover the whole value. A run copied as it stands has equal lengths;
 * an escape (`\u00e9`, `''`) or a fold (line break and indentation to one space) has different ones and is atomic.
 */
export interface Segment {
  /** Start in the decoded value, and length there, in UTF-16 units. */
  readonly value: number;
  readonly valueLength: number;
  /** Start in the source, relative to the block of the scalar, and length there. */
  readonly source: number;
  readonly sourceLength: number;
}

export class SegmentMap {
  constructor(
    readonly segments: readonly Segment[],
    /** Where an offset beyond the last segment stands: the end of the scalar's content in the source. */
    private readonly sourceEnd: number,
  ) {}

  /** The source range of the value range `[start, end)`. An empty range stays empty. */
  toSource(start: number, end: number): { start: number; end: number } {
    const from = this.#offset(start, "start");
    return { start: from, end: end <= start ? from : Math.max(from, this.#offset(end, "end")) };
  }

  /** The value offset of a source offset, or undefined where that offset is in no segment (indentation, quotes). */
  toValue(source: number): number | undefined {
    for (const segment of this.segments) {
      if (source < segment.source) return undefined;
      if (source <= segment.source + segment.sourceLength) {
        if (segment.valueLength === segment.sourceLength) return segment.value + (source - segment.source);
        return source === segment.source + segment.sourceLength
          ? segment.value + segment.valueLength
          : segment.value;
      }
    }
    return undefined;
  }

  #offset(value: number, edge: "start" | "end"): number {
    let low = 0;
    let high = this.segments.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const segment = this.segments[middle];
      if (segment === undefined) break;
      const inside =
        edge === "start"
          ? value >= segment.value && value < segment.value + segment.valueLength
          : value > segment.value && value <= segment.value + segment.valueLength;
      if (inside) {
        if (segment.valueLength === segment.sourceLength) return segment.source + (value - segment.value);
        return edge === "start" ? segment.source : segment.source + segment.sourceLength;
      }
      if (value < segment.value || (edge === "end" && value === segment.value)) high = middle - 1;
      else low = middle + 1;
    }
    return edge === "end" && value <= 0 ? (this.segments[0]?.source ?? this.sourceEnd) : this.sourceEnd;
  }
}
