/**
 * A box of requests in which two sides differ, narrowed to what really differs and told in words. What is shown is
 * sound: every possible request of it differs, or it says that the difference lies *within* it.
 */

import { attributesOf } from "./attributes-of.ts";
import { budget as freshBudget } from "./budget.ts";
import { type CompareOptions, comparisonBudget, newlyDenied } from "./compare.ts";
import { Emptiness } from "./emptiness.ts";
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

export interface Telling extends Asking {
  /**
   * Requests that no reader has in mind, as those with a token that no issuer makes: what is said of a region is about
   * all others. It is about these, too, where a box has no others.
   */
  readonly unspoken?: Terms;
}

/** More terms that overlap the box than this have no short description. */
const mostOverlapping = 40;
const mostExceptions = 2;

/**
 * The part of the box in which the sides differ. All of it must be allowed by an allow-term of `allowing`; its own
 * denies, and what the other side allows, are taken out where few words can say so. At most a tenth of the budget.
 */
export function narrowedRegion(box: Term, sides: Sides, options: Telling): ReadableRegion {
  const { budget: whole = comparisonBudget(), impossible = [], unspoken = [] } = options;
  const share = freshBudget(Math.ceil(whole.remaining / 10));
  const before = share.remaining;
  const all = [...impossible, ...unspoken];
  const spoken = new Emptiness(all, share);
  try {
    return unspoken.length === 0 || !spoken.isEmpty([box])
      ? narrowed(box, sides, spoken, { impossible: all, budget: share })
      : narrowed(box, sides, new Emptiness(impossible, share), { impossible, budget: share });
  } finally {
    whole.remaining -= before - share.remaining;
  }
}

function narrowed(box: Term, sides: Sides, never: Emptiness, asking: Asking): ReadableRegion {
  const near = overlapping(box, sides);
  const size = near.allowing.deny.length + near.denying.allow.length + near.denying.deny.length;
  if (size > mostOverlapping) return regionOf(box, [], false);
  const differs = (part: Term): boolean =>
    newlyDenied({ ...near.allowing, allow: [part] }, near.denying, { ...asking, maxWitnesses: 1 }).answer
      .answer !== "no";
  const listed = narrowLists(box, differs);
  if (differsThroughout(listed, [], near, never)) return regionOf(shorter(listed, [], never), [], true);
  const cut = exceptions(listed, near, never);
  if (cut === undefined || !differsThroughout(cut.term, cut.except, near, never))
    return regionOf(shorter(listed, [], never), [], false);
  return regionOf(shorter(cut.term, cut.except, never), cut.except, true);
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
function differsThroughout(
  term: Term,
  except: Terms,
  { allowing, denying }: Sides,
  never: Emptiness,
): boolean {
  const within = (terms: Terms): Terms => terms.flatMap((one) => joinTerms(term, one) ?? []);
  return (
    never.covers([...allowing.allow, ...except], term) &&
    never.isEmpty(within(allowing.deny), except) &&
    never.isEmpty(within(denying.allow), [...denying.deny, ...except])
  );
}

/**
 * What the other side allows in the box, and what this side denies: as literals of the box, or as exceptions. Where a
 * deny rule of the other side reaches into what it allows, that part has a cause, and a region, of its own.
 */
function exceptions(
  box: Term,
  { allowing, denying }: Sides,
  never: Emptiness,
): { readonly term: Term; readonly except: Terms } | undefined {
  // What the other side allows and denies as well is denied there, and no exception.
  const isTaken = (deny: Terms) => (one: Term) => {
    const both = joinTerms(box, one);
    return both !== undefined && !never.isEmpty([both], deny);
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
function shorter(term: Term, except: Terms, never: Emptiness): Term {
  let current = term;
  const about = new Set(attributesOf(except).map(({ key }) => key));
  for (const literal of [...term.literals].reverse()) {
    // `simplify` took out what follows from other literals of the same attribute.
    if (!never.constrained.has(literal.attribute.key) && !about.has(literal.attribute.key)) continue;
    const rest = current.literals.filter((one) => one !== literal);
    const outside: Term = { literals: [...rest, complementLiteral(literal)], origins: term.origins };
    if (never.isEmpty([outside], except)) current = { ...current, literals: rest };
  }
  return current;
}
