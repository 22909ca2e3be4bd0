/**
 * A box of requests in which two sides differ, narrowed to what really differs and told in words. What is shown is
 * sound: every possible request of it differs, or it says that the difference lies *within* it.
 */
import { type Budget, budget as freshBudget } from "./budget.ts";
import { type CompareOptions, comparisonBudget, covers, isEmpty, newlyDenied } from "./compare.ts";
import { narrowLists } from "./narrow-lists.ts";
import type { AccessFunction, Literal, Term, Terms } from "./predicate.ts";
import { asRequests, describeTerm } from "./region.ts";
import { complementLiteral, joinTerms, simplify, termImplies, termsDisjoint } from "./terms.ts";
import { implies } from "./theory.ts";

/** A part of the space of requests as a person reads it: the requests of `term` that lie in no term of `except`. */
export interface ReadableRegion {
  readonly term: Term;
  /** At most two; the literals of each say only what `term` leaves open. */
  readonly except: Terms;
  /** `POST under /v1/admin/** by any workload of namespace qa`, `under /v1/** except GET under /v1/public/**`. */
  readonly text: string;
  /** Every possible request of `term` differs, and nothing is excepted. */
  readonly exact: boolean;
  /** Every possible request of the region differs; false: the difference lies within `term`, and `text` says so. */
  readonly sound: boolean;
}

/** Requests that the first side allows and the second denies. */
export interface Sides {
  readonly allowing: AccessFunction;
  readonly denying: AccessFunction;
}

export type Asking = Pick<CompareOptions, "impossible" | "budget">;

/** More terms that overlap the box than this have no short description. */
const mostOverlapping = 40;
const mostExceptions = 2;

/**
 * The part of the box in which the sides differ. All of it must be allowed by an allow-term of `allowing`; its own
 * denies, and what the other side allows, are taken out where few words can say so. At most a tenth of the budget.
 */
export function narrowedRegion(box: Term, sides: Sides, options: Asking): ReadableRegion {
  const whole = options.budget ?? comparisonBudget();
  const share = freshBudget(Math.ceil(whole.remaining / 10));
  const before = share.remaining;
  try {
    return narrowed(box, sides, { ...options, budget: share });
  } finally {
    whole.remaining -= before - share.remaining;
  }
}

function narrowed(box: Term, sides: Sides, asking: Asking & { readonly budget: Budget }): ReadableRegion {
  const near = overlapping(box, sides);
  const size = near.allowing.deny.length + near.denying.allow.length + near.denying.deny.length;
  if (size > mostOverlapping) return regionOf(box, [], false);
  const differs = (part: Term): boolean =>
    newlyDenied({ ...near.allowing, allow: [part] }, near.denying, { ...asking, maxWitnesses: 1 }).answer
      .answer !== "no";
  const listed = narrowLists(box, differs);
  if (differsThroughout(listed, [], near, asking)) return regionOf(shorter(listed, [], asking), [], true);
  const cut = exceptions(listed, near, asking);
  if (cut === undefined || !differsThroughout(cut.term, cut.except, near, asking))
    return regionOf(shorter(listed, [], asking), [], false);
  return regionOf(shorter(cut.term, cut.except, asking), cut.except, true);
}

/** Put in words. `sound`: the caller knows that every possible request of it differs. */
export function regionOf(term: Term, except: Terms, sound: boolean): ReadableRegion {
  const said = describeTerm(term);
  const excepted = except.map((one) => asRequests(describeTerm(one))).join(", and ");
  const text = !sound ? `within ${asRequests(said)}` : excepted === "" ? said : `${said}, except ${excepted}`;
  return { term, except, text, exact: sound && except.length === 0, sound };
}

/** What of the two sides may touch the box; the box itself in the place of what allows it. */
function overlapping(box: Term, { allowing, denying }: Sides): Sides {
  const touching = (terms: Terms) => terms.filter((one) => !termsDisjoint(box, one));
  return {
    allowing: { allow: [box], deny: touching(allowing.deny), opaque: allowing.opaque },
    denying: { allow: touching(denying.allow), deny: touching(denying.deny), opaque: denying.opaque },
  };
}

/** Whether every possible request of the term outside of `except` is allowed by one side and denied by the other; false where that is too complex. */
export function differsThroughout(term: Term, except: Terms, sides: Sides, asking: Asking): boolean {
  const { allowing, denying } = sides;
  const within = (terms: Terms): Terms => terms.flatMap((one) => joinTerms(term, one) ?? []);
  const opaque = [...allowing.opaque, ...denying.opaque];
  return (
    covers([...allowing.allow, ...except], term, asking) === true &&
    isEmpty({ allow: within(allowing.deny), deny: except, opaque }, asking) === true &&
    isEmpty({ allow: within(denying.allow), deny: [...denying.deny, ...except], opaque }, asking) === true
  );
}

/**
 * What the other side allows in the box, and what this side denies: as literals of the box, or as exceptions. Where a
 * deny rule of the other side reaches into what it allows, that part has a cause, and a region, of its own.
 */
function exceptions(
  box: Term,
  { allowing, denying }: Sides,
  asking: Asking,
): { readonly term: Term; readonly except: Terms } | undefined {
  const opaque = [...allowing.opaque, ...denying.opaque];
  // What the other side allows and denies as well is denied there, and no exception.
  const isTaken = (deny: Terms) => (one: Term) => {
    const both = joinTerms(box, one);
    return both !== undefined && isEmpty({ allow: [both], deny, opaque }, asking) !== true;
  };
  const taken = [...allowing.deny.filter(isTaken([])), ...denying.allow.filter(isTaken(denying.deny))];
  const open = widest(taken.map((one) => leftOpen(one, box)));
  const literals: Literal[] = [...box.literals];
  const except: Term[] = [];
  for (const one of open) {
    const [only, ...more] = one.literals;
    if (only === undefined) return undefined;
    if (more.length === 0) literals.push(complementLiteral(only));
    else except.push(one);
  }
  const term = simplify({ ...box, literals });
  return term === undefined || except.length > mostExceptions ? undefined : { term, except };
}

/** What of a term the box leaves open. */
function leftOpen(one: Term, box: Term): Term {
  const isOpen = (literal: Literal): boolean =>
    !box.literals.some((given) => given.attribute.key === literal.attribute.key && implies(given, literal));
  const open = { ...one, literals: one.literals.filter(isOpen) };
  return simplify(open) ?? open;
}

/** Those that lie in no other. */
function widest(terms: Terms): Terms {
  return terms.filter(
    (one, at) =>
      !terms.some(
        (other, index) => index !== at && termImplies(one, other) && (index < at || !termImplies(other, one)),
      ),
  );
}

/** Without literals that follow from the others and from what is possible; the least telling go first. */
export function shorter(term: Term, except: Terms, asking: Asking): Term {
  let current = term;
  for (const literal of [...term.literals].reverse()) {
    const rest = current.literals.filter((one) => one !== literal);
    const outside = { literals: [...rest, complementLiteral(literal)], origins: term.origins };
    if (isEmpty({ allow: [outside], deny: except, opaque: [] }, asking) === true)
      current = { ...current, literals: rest };
  }
  return current;
}
