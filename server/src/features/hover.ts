/** Hover: on what a condition reads, on every own symbol, on every keyword. */
import type { Position } from "../text/place.ts";
import { controlPlaneOf, type Snapshot } from "../workspace/snapshot.ts";
import { conditionHover } from "./condition-hover.ts";
import { describeSymbol } from "./describe/symbol.ts";
import type { Hover } from "./hover-result.ts";
import { keywordHover } from "./keyword-hover.ts";
import { symbolAt } from "./symbol-at.ts";

/** Undefined where there is nothing to say, and in files that are not ours. */
export function hover(snapshot: Snapshot, uri: string, position: Position): Hover | undefined {
  const layout = snapshot.layouts.get(uri);
  const file = snapshot.policyFiles.get(uri);
  if (layout === undefined || file === undefined) return undefined;
  const offset = layout.offsetAt(position);
  // A policy file outside of every control plane has no symbols, but its keywords mean the same.
  const plane = controlPlaneOf(snapshot, uri);
  if (plane === undefined) return keywordHover(file, offset);
  const condition = conditionHover(plane, layout, offset);
  if (condition !== undefined) return condition;
  const found = symbolAt(plane.set, layout, offset);
  if (found !== undefined)
    return {
      markdown: describeSymbol({ plane, layouts: snapshot.layouts }, found.symbol),
      range: layout.range(found.place),
    };
  return keywordHover(file, offset);
}
