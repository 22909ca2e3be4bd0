import type { Place } from "../text/place.ts";
import type { SegmentBuilder } from "../text/segment-builder.ts";
import { SegmentMap } from "../text/segments.ts";
import type { ScalarNode, ScalarStyle } from "../text/tree.ts";
import { scalarSegments } from "./scalar-segments.ts";

/** A scalar that finds out about its segments when first asked: most scalars never are. */
export class YamlScalar implements ScalarNode {
  readonly kind = "scalar";
  #segments: SegmentMap | undefined;

  constructor(
    readonly place: Place,
    readonly style: ScalarStyle,
    readonly value: string | number | boolean | null,
    readonly text: string,
    /** Of a block scalar: how much of its trailing blank lines stands behind `place`. */
    private readonly tail = 0,
    /** Of a block scalar: the indentation that an explicit indicator adds to. */
    private readonly parentIndent = 0,
  ) {}

  get segments(): SegmentMap {
    if (this.#segments === undefined) {
      const { block, start, endBlock } = this.place;
      const end = endBlock === undefined ? this.place.end : block.text.length;
      const quoted = this.style === "single" || this.style === "double";
      const { segments, text } = this.#read();
      // Where `yaml` reads a text differently in some corner, a range is the whole scalar rather than a wrong part.
      const whole = { value: 0, valueLength: this.text.length, source: start, sourceLength: end - start };
      const contentEnd = quoted && end - start > 1 ? end - 1 : end;
      this.#segments = new SegmentMap(text === this.text ? segments : [whole], contentEnd);
    }
    return this.#segments;
  }

  /** The text as the source has it, decoded anew. */
  decode(): string {
    return this.#read().text;
  }

  #read(): SegmentBuilder {
    const { block, start, end, endBlock } = this.place;
    // No scalar crosses a block in a sound document; in a broken one only its first part can be mapped.
    const to = endBlock === undefined ? Math.min(end + this.tail, block.text.length) : block.text.length;
    return scalarSegments(block.text, start, to, this.style, this.parentIndent);
  }
}
