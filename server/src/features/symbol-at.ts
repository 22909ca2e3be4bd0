/** What the cursor stands on: an own symbol, a condition, a keyword. */
import type { Rule } from "../policy/model.ts";
import { type PolicySymbol, symbols } from "../policy/symbols.ts";
import type { SourceLayout } from "../text/layout.ts";
import type { Place } from "../text/place.ts";
import type { ControlPlaneSnapshot } from "../workspace/snapshot.ts";

export interface SymbolAt {
  readonly symbol: PolicySymbol;
  readonly place: Place;
}

/** The symbol whose definition or reference covers the offset; of several (a file shared by resources) the smallest. */
export function symbolAt(
  plane: ControlPlaneSnapshot,
  layout: SourceLayout,
  offset: number,
): SymbolAt | undefined {
  let best: SymbolAt | undefined;
  for (const symbol of symbols(plane.set))
    for (const place of [...symbol.definitions, ...symbol.references])
      if (place.block.uri === layout.uri && layout.contains(place, offset))
        if (best === undefined || width(layout, place) < width(layout, best.place)) best = { symbol, place };
  return best;
}

function width(layout: SourceLayout, place: Place): number {
  const { start, end } = layout.offsets(place);
  return end - start;
}

export function ruleWithConditionAt(
  plane: ControlPlaneSnapshot,
  layout: SourceLayout,
  offset: number,
): Rule | undefined {
  return plane.set.policies
    .filter((policy) => policy.uri === layout.uri)
    .flatMap((policy) => policy.rules)
    .find((rule) => rule.condition !== undefined && layout.contains(rule.condition.place, offset));
}
