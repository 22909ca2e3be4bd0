/** Differences and intersections of access functions as a few regions that a person can read. */
import { covers } from "./compare.ts";
import { narrowedRegion, type ReadableRegion, regionOf, type Sides } from "./difference-regions.ts";
import { literalKey } from "./literal-key.ts";
import type { AccessFunction, Literal, Origin, Term, Terms } from "./predicate.ts";
import { type Cause, type DifferenceOptions, differenceCauses } from "./responsible.ts";
import { allowsNothing, conjoin, joinTerms, termImplies } from "./terms.ts";
import { oneOf } from "./text-pattern.ts";

export interface RegionList {
  readonly regions: readonly ReadableRegion[];
  /** Whether some requests may lie in none of the regions: there are more than were asked for, or too many to find. */
  readonly truncated: boolean;
}

export interface RegionOptions extends Omit<DifferenceOptions, "most"> {
  /** At most so many regions; 3 by default. */
  readonly most?: number;
}

const mostRegions = 3;
/** So many boxes are looked at, of which several may be told as one region. */
const mostBoxes = 24;

/**
 * The requests that `allowing` allows and `denying` denies. Regions may overlap, but none lies in another. None, and
 * not truncated: there is no such request.
 */
export function differenceRegions(
  allowing: AccessFunction,
  denying: AccessFunction,
  options: RegionOptions,
): RegionList {
  const terms = new Map<string, Term>();
  const sides: Sides = { allowing: byTerm(allowing, terms), denying: byTerm(denying, terms) };
  const { causes, complete } = differenceCauses(sides.allowing, sides.denying, {
    ...options,
    most: mostBoxes,
  });
  const boxes = causes.flatMap((cause) => boxesOf(cause, sides, terms, options));
  const regions = boxes.slice(0, mostBoxes).map((box) => narrowedRegion(box, sides, options));
  const told = outermost(joinValues(regions));
  const most = options.most ?? mostRegions;
  return {
    regions: told.slice(0, most),
    truncated: !complete || boxes.length > mostBoxes || told.length > most,
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

/** Each term as a rule of its own, so that each is asked for. */
function byTerm(fn: AccessFunction, terms: Map<string, Term>): AccessFunction {
  const labelled = (some: Terms): Terms =>
    some.map(({ literals }) => {
      const origin: Origin = { label: String(terms.size) };
      const term: Term = { literals, origins: [origin] };
      terms.set(origin.label, term);
      return term;
    });
  return { ...fn, allow: labelled(fn.allow), deny: labelled(fn.deny) };
}

/** What a deny rule stops is told by the rule alone, where all of it would be allowed; else by both rules. */
function boxesOf(
  { kind, allowOrigins, denyOrigins }: Cause,
  { allowing }: Sides,
  terms: ReadonlyMap<string, Term>,
  options: RegionOptions,
): Terms {
  const named = (origins: readonly Origin[]) => origins.flatMap(({ label }) => terms.get(label) ?? []);
  const allows = named(allowOrigins);
  if (kind === "not-allowed") return allows;
  return named(denyOrigins).flatMap((deny) =>
    covers(allowing.allow, deny, options) === true
      ? [deny]
      : allows.flatMap((one) => joinTerms(one, deny) ?? []),
  );
}

/** Without what lies in another that is as certain. */
function outermost(regions: readonly ReadableRegion[]): readonly ReadableRegion[] {
  const lies = (one: ReadableRegion, other: ReadableRegion): boolean =>
    other.exact
      ? termImplies(one.term, other.term)
      : !one.sound && !other.sound && termImplies(one.term, other.term);
  return regions.filter(
    (one, at) =>
      !regions.some((other, index) => index !== at && lies(one, other) && (index < at || !lies(other, one))),
  );
}

/** `GET /a` and `POST /a` are `GET or POST /a`: exact regions that differ in the values of one attribute alone. */
function joinValues(regions: readonly ReadableRegion[]): readonly ReadableRegion[] {
  const joined: ReadableRegion[] = [];
  for (const next of regions) {
    let one = next;
    for (let at = 0; at < joined.length; at++) {
      const other = joined[at];
      const both = other?.exact && one.exact ? joinPair(other.term, one.term) : undefined;
      if (both === undefined) continue;
      joined.splice(at, 1);
      one = regionOf(both, [], true);
      // What is wider now may go with one that was passed over.
      at = -1;
    }
    joined.push(one);
  }
  return joined;
}

function joinPair(a: Term, b: Term): Term | undefined {
  const own = (one: Term, other: Term): readonly Literal[] => {
    const keys = new Set(other.literals.map(literalKey));
    return one.literals.filter((literal) => !keys.has(literalKey(literal)));
  };
  const [[mine, ...moreOfA], [theirs, ...moreOfB]] = [own(a, b), own(b, a)];
  if (mine === undefined || theirs === undefined || moreOfA.length + moreOfB.length > 0) return undefined;
  if (mine.attribute.key !== theirs.attribute.key || mine.negated || theirs.negated) return undefined;
  const values = [...(plainValues(mine) ?? []), ...(plainValues(theirs) ?? [])];
  if (plainValues(mine) === undefined || plainValues(theirs) === undefined) return undefined;
  const literal: Literal = { ...mine, test: { test: "text", pattern: oneOf([...new Set(values)]) } };
  return { ...a, literals: a.literals.map((one) => (one === mine ? literal : one)) };
}

function plainValues({ test }: Literal): readonly string[] | undefined {
  if (test.test !== "text" || test.pattern.kind !== "oneOf" || test.pattern.ignoreCase) return undefined;
  return test.pattern.values;
}
