import type { Place } from "../../text/place.ts";
import type { ScalarNode } from "../../text/tree.ts";

/** A scalar without its quotes, so that a fix of what it says leaves them alone. */
export function contentPlaceOf(node: ScalarNode): Place {
  if (node.style === "plain") return node.place;
  return { block: node.place.block, ...node.segments.toSource(0, node.text.length) };
}

/** What stands at a place of one block, without quotes around it; undefined where it spans blocks. */
export function textAt({ block, start, end, endBlock }: Place): string | undefined {
  if (endBlock !== undefined) return undefined;
  return block.text.slice(start, end).replace(/^(["'])(.*)\1$/, "$2");
}
