import { type ReadableRegion, regionOf } from "./difference-regions.ts";
import { literalKey } from "./literal-key.ts";
import type { Literal, Term } from "./predicate.ts";
import { joinOrigins, termImplies } from "./terms.ts";
import { oneOf } from "./text-pattern.ts";

/** The same requests in fewer regions: values of one attribute together, and nothing that lies in another. */
export function joinRegions(regions: readonly ReadableRegion[]): readonly ReadableRegion[] {
  return outermost(joinValues(regions));
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
  const [values, others] = [plainValues(mine), plainValues(theirs)];
  if (values === undefined || others === undefined) return undefined;
  const pattern = oneOf([...new Set([...values, ...others])]);
  const literal: Literal = { ...mine, test: { test: "text", pattern } };
  return {
    literals: a.literals.map((one) => (one === mine ? literal : one)),
    origins: joinOrigins(a.origins, b.origins),
  };
}

function plainValues({ test }: Literal): readonly string[] | undefined {
  if (test.test !== "text" || test.pattern.kind !== "oneOf" || test.pattern.ignoreCase) return undefined;
  return test.pattern.values;
}

/** Without what lies in another that is as certain. */
function outermost(regions: readonly ReadableRegion[]): readonly ReadableRegion[] {
  const liesIn = (one: ReadableRegion, other: ReadableRegion): boolean =>
    (other.exact || (!one.sound && !other.sound)) && termImplies(one.term, other.term);
  return regions.filter(
    (one, at) =>
      !regions.some(
        (other, index) => index !== at && liesIn(one, other) && (index < at || !liesIn(other, one)),
      ),
  );
}
