import { SegmentBuilder } from "../text/segment-builder.ts";
import type { ScalarStyle } from "../text/tree.ts";
import { blockScalarSegments } from "./block-scalar-segments.ts";
import { doubleQuotedSegments, plainSegments, singleQuotedSegments } from "./flow-scalar-segments.ts";

/**
 * The segments of the scalar that stands in `source[start, end)`, quotes or block header included. A decoder of its
 * own: `yaml` keeps no positions inside scalars. Property tests hold both to the same text.
 */
export function scalarSegments(
  source: string,
  start: number,
  end: number,
  style: ScalarStyle,
  parentIndent: number,
): SegmentBuilder {
  switch (style) {
    case "plain":
      return plainSegments(source, start, end);
    case "single":
      return singleQuotedSegments(source, start, end);
    case "double":
      return doubleQuotedSegments(source, start, end);
    case "literal":
    case "folded":
      return blockScalarSegments(source, start, end, parentIndent);
    case "json":
      return new SegmentBuilder(source);
  }
}
