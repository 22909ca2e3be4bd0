import type { Place } from "../text/place.ts";
import type { RuleCondition } from "./model.ts";
import { placeInScalar } from "./schema-path.ts";

/**
 * Where a range of a condition's text stands in the file. What spans several parts is shown in the first of them, and
 * what is in none (the `&&` between them) where the rule says its conditions.
 */
export function placeInCondition(
  { parts, place }: Pick<RuleCondition, "parts" | "place">,
  start: number,
  end: number,
): Place {
  const part = parts.find((one) => start <= one.end && one.start <= end);
  if (part === undefined) return place;
  const from = Math.max(start, part.start) - part.start;
  const to = Math.min(end, part.end) - part.start;
  return placeInScalar(part.node, from, Math.max(from, to));
}
