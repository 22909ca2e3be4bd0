/** Differences and intersections of access functions as a few regions that a person can read, with a few requests. */
import { covers, type Witness } from "./compare.ts";
import { narrowedRegion, type ReadableRegion, type Sides, type Telling } from "./difference-regions.ts";
import { diverseWitnesses } from "./diverse-witnesses.ts";
import { joinRegions } from "./join-regions.ts";
import type { AccessFunction, Origin, Terms } from "./predicate.ts";
import { type DifferenceOptions, differenceCauses } from "./responsible.ts";
import { type TermCause, termCauses } from "./term-causes.ts";
import { allowsNothing, conjoin, joinOrigins, joinTerms } from "./terms.ts";

export interface RegionList {
  readonly regions: readonly ReadableRegion[];
  /** Whether some requests may lie in none of the regions: there are more than were asked for, or too many to find. */
  readonly truncated: boolean;
}

export interface ToldDifference extends RegionList {
  /** The rules responsible (`responsible.ts`), on either side, each once. */
  readonly allowOrigins: readonly Origin[];
  readonly denyOrigins: readonly Origin[];
  /** Requests that show different things, each confirmed; at most `maxWitnesses`, 3 by default. */
  readonly witnesses: readonly Witness[];
}

export interface RegionOptions extends Omit<DifferenceOptions, "most">, Pick<Telling, "unspoken"> {
  /** At most so many regions; 3 by default. */
  readonly most?: number;
}

const mostRegions = 3;
/** So many boxes are looked at, of which several may be told as one region. */
const mostBoxes = 24;
const mostRules = 12;

/**
 * The requests that `allowing` allows and `denying` denies. Regions may overlap, but none lies in another. None, and
 * not truncated: there is no such request.
 */
export function differenceRegions(
  allowing: AccessFunction,
  denying: AccessFunction,
  options: RegionOptions,
): RegionList {
  const { regions, truncated } = regionsOfCauses({ allowing, denying }, options);
  return { regions, truncated };
}

/** The same with requests, and the rules responsible. */
export function tellDifference(
  allowing: AccessFunction,
  denying: AccessFunction,
  options: RegionOptions,
): ToldDifference {
  const sides: Sides = { allowing, denying };
  const { causes, complete, regions, truncated } = regionsOfCauses(sides, options);
  const origins = (terms: Terms) => terms.map((term) => term.origins).reduce(joinOrigins, []);
  const named = complete
    ? causes.map(({ allows, denies }) => ({ allowOrigins: origins(allows), denyOrigins: origins(denies) }))
    : // There may be few rules even where their terms are too many.
      differenceCauses(allowing, denying, { ...options, most: mostRules }).causes;
  return {
    regions,
    truncated,
    allowOrigins: named.map((one) => one.allowOrigins).reduce(joinOrigins, []),
    denyOrigins: named.map((one) => one.denyOrigins).reduce(joinOrigins, []),
    witnesses: diverseWitnesses(causes, sides, options),
  };
}

/** The requests that both allow, as `differenceRegions` tells them. */
export function intersectionRegions(
  a: AccessFunction,
  b: AccessFunction,
  options: Omit<RegionOptions, "allowingIs" | "confirm">,
): RegionList {
  const both = conjoin(a, b);
  if (both === "too-many-terms") return { regions: [], truncated: true };
  return differenceRegions(both, allowsNothing, { ...options, allowingIs: "left" });
}

function regionsOfCauses(
  sides: Sides,
  options: RegionOptions,
): RegionList & { readonly causes: readonly TermCause[]; readonly complete: boolean } {
  const { causes, complete } = termCauses(sides.allowing, sides.denying, { ...options, most: mostBoxes });
  const boxes = causes.flatMap((cause) => boxesOf(cause, sides, options));
  const told = joinRegions(boxes.slice(0, mostBoxes).map((box) => narrowedRegion(box, sides, options)));
  const most = options.most ?? mostRegions;
  return {
    causes,
    complete,
    regions: told.slice(0, most),
    truncated: !complete || boxes.length > mostBoxes || told.length > most,
  };
}

/** What a deny rule stops is told by the rule alone, where all of it would be allowed; else by both rules. */
function boxesOf({ kind, allows, denies }: TermCause, { allowing }: Sides, options: RegionOptions): Terms {
  if (kind === "not-allowed") return allows;
  return denies.flatMap((deny) =>
    covers(allowing.allow, deny, options) === true
      ? [deny]
      : allows.flatMap((one) => joinTerms(one, deny) ?? []),
  );
}
