import type { Segment } from "./segments.ts";

/** Collects the segments of one scalar, in order, together with the decoded text. Offsets are those of `source`. */
export class SegmentBuilder {
  readonly segments: Segment[] = [];
  text = "";

  constructor(private readonly source: string) {}

  /** A run that stands in the value as it stands in the source. */
  verbatim(from: number, to: number): void {
    if (to <= from) return;
    const length = to - from;
    const last = this.segments.at(-1);
    if (
      last !== undefined &&
      last.valueLength === last.sourceLength &&
      last.source + last.sourceLength === from
    )
      this.segments[this.segments.length - 1] = {
        ...last,
        valueLength: last.valueLength + length,
        sourceLength: last.sourceLength + length,
      };
    else this.#push(length, from, to);
    this.text += this.source.slice(from, to);
  }

  /** An escape or a fold: `value` stands in the source as `[from, to)`. */
  atomic(value: string, from: number, to: number): void {
    if (value === "") return;
    this.#push(value.length, from, to);
    this.text += value;
  }

  #push(valueLength: number, from: number, to: number): void {
    this.segments.push({ value: this.text.length, valueLength, source: from, sourceLength: to - from });
  }
}
