import type { Assignment } from "./assignment.ts";
import { type Budget, budget } from "./budget.ts";
import type { Hints } from "./oracle.ts";
import type { AccessFunction, OpaqueAtom, Term, Terms } from "./predicate.ts";
import { type Found, searchDifference } from "./search.ts";

export type { Assignment } from "./assignment.ts";
export type { Hints } from "./oracle.ts";

/** What the ordinary evaluators of both sides say of one interaction. */
export interface Confirmation {
  readonly left: "allow" | "deny" | "unknown";
  readonly right: "allow" | "deny" | "unknown";
}

export interface CompareOptions {
  /** Regions in which no request can lie (ARCHITECTURE, "Comparison domain"). */
  readonly impossible?: Terms;
  /** What the comparison may cost; by default a few seconds. */
  readonly budget?: Budget;
  readonly hints?: Hints;
  /** Runs both ordinary evaluators on a witness. Without it a witness counts as the terms say. */
  readonly confirm?: (values: Assignment) => Confirmation;
  /** At most so many witnesses an answer; 3 by default. */
  readonly maxWitnesses?: number;
}

/** The answer to one of the questions alone. */
export interface OneAnswer {
  readonly answer: Answer;
  /** As in `Comparison`. */
  readonly refuted: readonly Witness[];
}

export interface Witness {
  /** A value for every attribute that a term of either side speaks of. */
  readonly assignment: Assignment;
  /** The term of the allowing side that lets the request in. */
  readonly allowTerm: Term;
  /** The term of the denying side that stops it; undefined: no allow-term of that side holds (default deny). */
  readonly deniedBy: Term | undefined;
  /** `every`: whatever the opaque atoms are. `confirmed`: the evaluators decided them on this request. */
  readonly holds: "every" | "confirmed";
}

export type Answer =
  | { readonly answer: "yes"; readonly witnesses: readonly Witness[] }
  | { readonly answer: "no" }
  | {
      readonly answer: "unknown";
      /** The opaque atoms on which it depends; none where it was too complex. */
      readonly atoms: readonly OpaqueAtom[];
      /** One sentence. */
      readonly reason: string;
      /** The term whose region could not be decided. */
      readonly part?: Term;
    };

export type Verdict = "equal" | "wider" | "narrower" | "incomparable" | "unknown";

export interface Comparison {
  /** Is there a request that the right side allows and the left denies? */
  readonly newlyAllows: Answer;
  /** Is there a request that the right side denies and the left allows? */
  readonly newlyDenies: Answer;
  readonly verdict: Verdict;
  /** Witnesses that the evaluators contradict: defects, of a lowering or of an evaluator. They never count. */
  readonly refuted: readonly Witness[];
}

/** Enough for tens of thousands of terms; a few seconds at worst. */
export const comparisonBudget = (): Budget => budget(8_000_000);

/**
 * Compares two access functions exactly, on the requests that are possible. Read it as "right is ... than left".
 * Each answer is `yes` (with witnesses), `no` (under every value of the opaque atoms) or `unknown`.
 */
export function compare(
  left: AccessFunction,
  right: AccessFunction,
  options: CompareOptions = {},
): Comparison {
  const shared = { ...options, budget: options.budget ?? comparisonBudget() };
  const allows = newlyAllowed(left, right, shared);
  const denies = newlyDenied(left, right, shared);
  return {
    newlyAllows: allows.answer,
    newlyDenies: denies.answer,
    verdict: verdictOf(allows.answer, denies.answer),
    refuted: [...allows.refuted, ...denies.refuted],
  };
}

/** Only whether the right side allows what the left denies: half the work where the other half is not wanted. */
export function newlyAllowed(
  left: AccessFunction,
  right: AccessFunction,
  options: CompareOptions = {},
): OneAnswer {
  return oneAnswer(right, left, "right", options);
}

/** Only whether the right side denies what the left allows. */
export function newlyDenied(
  left: AccessFunction,
  right: AccessFunction,
  options: CompareOptions = {},
): OneAnswer {
  return oneAnswer(left, right, "left", options);
}

function oneAnswer(
  allowing: AccessFunction,
  denying: AccessFunction,
  allowingIs: "left" | "right",
  options: CompareOptions,
): OneAnswer {
  const refuted: Witness[] = [];
  const shared = { ...options, budget: options.budget ?? comparisonBudget() };
  return { answer: answer(allowing, denying, allowingIs, shared, refuted), refuted };
}

/**
 * yes and no: wider. no and yes: narrower. yes and yes: incomparable. no and no: equal. An unknown answer beside a
 * `no`, or two of them: unknown. Beside a `yes` the label says what is certain, wider or narrower, and the other
 * answer itself tells that it is unknown: "incomparable" would claim a witness that nobody has.
 */
export function verdictOf(newlyAllows: Pick<Answer, "answer">, newlyDenies: Pick<Answer, "answer">): Verdict {
  const allows = newlyAllows.answer === "yes";
  const denies = newlyDenies.answer === "yes";
  if (allows && denies) return "incomparable";
  if (allows) return "wider";
  if (denies) return "narrower";
  return newlyAllows.answer === "no" && newlyDenies.answer === "no" ? "equal" : "unknown";
}

/** Whether no possible request is allowed, under every value of the opaque atoms. */
export function isEmpty(
  fn: AccessFunction,
  options: Pick<CompareOptions, "impossible" | "budget"> = {},
): boolean | "too-complex" {
  const shared = searchOptions({ ...options, budget: options.budget ?? comparisonBudget() }, 1, 1);
  const { found, tooComplex } = searchDifference(fn, { allow: [], deny: [] }, shared, () => true);
  return found > 0 ? false : tooComplex === undefined ? true : "too-complex";
}

/** Whether every possible interaction of the term lies in one of the terms. */
export function covers(
  terms: Terms,
  term: Term,
  options: Pick<CompareOptions, "impossible" | "budget"> = {},
): boolean | "too-complex" {
  return isEmpty({ allow: [term], deny: terms, opaque: [] }, options);
}

type Shared = CompareOptions & { readonly budget: Budget };

/** So many requests whose decision depends on opaque atoms are offered to the evaluators. */
const maxOffers = 8;
const offersPerRegion = 3;

/** Is there a request that `allowing` allows and `denying` denies? `allowingIs` is the name of the former. */
function answer(
  allowing: AccessFunction,
  denying: AccessFunction,
  allowingIs: "left" | "right",
  options: Shared,
  refuted: Witness[],
): Answer {
  const said = (found: Found): "confirmed" | "refuted" | "unknown" => {
    const confirmation = options.confirm?.(found.assignment);
    if (confirmation === undefined) return found.opaque.length === 0 ? "confirmed" : "unknown";
    const other = allowingIs === "left" ? "right" : "left";
    if (confirmation[allowingIs] === "unknown" || confirmation[other] === "unknown") return "unknown";
    return confirmation[allowingIs] === "allow" && confirmation[other] === "deny" ? "confirmed" : "refuted";
  };
  const certain = certainly(allowing, denying, options, said, refuted);
  const hasOpaque = [allowing.allow, allowing.deny, denying.allow, denying.deny].some(
    (terms) => withoutOpaque(terms).length < terms.length,
  );
  if (certain.answer === "yes" || !hasOpaque) return certain;
  const possible = possibly(allowing, denying, options, said);
  // That there is no request at all, under any value of the atoms, settles it whatever the first search met.
  return possible.answer === "unknown" && certain.answer === "unknown" ? certain : possible;
}

type Said = (found: Found) => "confirmed" | "refuted" | "unknown";

/** Requests whose decisions do not depend on opaque atoms: each atom has the value that is worst for the claim. */
function certainly(
  allowing: AccessFunction,
  denying: AccessFunction,
  options: Shared,
  said: Said,
  refuted: Witness[],
): Answer {
  const witnesses: Witness[] = [];
  const unconfirmed: Witness[] = [];
  const before = refuted.length;
  const result = searchDifference(
    { allow: withoutOpaque(allowing.allow), deny: opaqueTakenAsTrue(allowing.deny) },
    { allow: opaqueTakenAsTrue(denying.allow), deny: withoutOpaque(denying.deny) },
    searchOptions(options, 1, options.maxWitnesses ?? 3),
    (found) => {
      const answered = said(found);
      const list = answered === "confirmed" ? witnesses : answered === "refuted" ? refuted : unconfirmed;
      list.push(witnessOf(found, "every"));
      return answered === "confirmed";
    },
  );
  if (witnesses.length > 0) return { answer: "yes", witnesses };
  const [contradicted, undecided] = [refuted[before], unconfirmed[0]];
  if (contradicted !== undefined) {
    const reason = "The terms differ on a request on which the evaluators agree: a defect of Plumbline.";
    return unknown([], reason, contradicted.allowTerm);
  }
  if (undecided !== undefined) {
    return unknown(
      [],
      "The evaluators cannot decide a request on which the terms differ.",
      undecided.allowTerm,
    );
  }
  return withoutWitness(result.tooComplex);
}

/** Requests that differ under some value of the opaque atoms; the evaluators may know which value it is. */
function possibly(allowing: AccessFunction, denying: AccessFunction, options: Shared, said: Said): Answer {
  const known = new Map([...allowing.opaque, ...denying.opaque].map((atom) => [atom.attribute.key, atom]));
  const atoms = new Map<string, OpaqueAtom>();
  const witnesses: Witness[] = [];
  let part: Term | undefined;
  let offers = 0;
  const result = searchDifference(allowing, denying, searchOptions(options, offersPerRegion, 1), (found) => {
    for (const { key } of found.opaque) {
      const atom = known.get(key);
      if (atom === undefined) throw new Error(`${key} is in no list of opaque atoms`);
      atoms.set(key, atom);
    }
    part ??= found.allowTerm;
    if (said(found) === "confirmed") witnesses.push(witnessOf(found, "confirmed"));
    // Enough offers: the search ends, and what was found stays unknown.
    return witnesses.length > 0 || ++offers >= maxOffers;
  });
  if (witnesses.length > 0) return { answer: "yes", witnesses };
  if (result.found === 0) return withoutWitness(result.tooComplex);
  return unknown([...atoms.values()], dependsOn([...atoms.values()]), part);
}

function searchOptions(
  options: CompareOptions & { readonly budget: Budget },
  attempts: number,
  enough: number,
) {
  return {
    impossible: options.impossible ?? [],
    budget: options.budget,
    hints: options.hints,
    attempts,
    enough,
  };
}

function withoutOpaque(terms: Terms): Terms {
  return terms.filter((term) => term.literals.every((literal) => literal.attribute.sort !== "opaque"));
}

function opaqueTakenAsTrue(terms: Terms): Terms {
  return terms.map((term) =>
    term.literals.some((literal) => literal.attribute.sort === "opaque")
      ? { ...term, literals: term.literals.filter((literal) => literal.attribute.sort !== "opaque") }
      : term,
  );
}

function witnessOf(found: Found, holds: Witness["holds"]): Witness {
  return { assignment: found.assignment, allowTerm: found.allowTerm, deniedBy: found.deniedBy, holds };
}

function withoutWitness(tooComplex: Term | undefined): Answer {
  if (tooComplex === undefined) return { answer: "no" };
  const label = tooComplex.origins.map((origin) => origin.label).join(", ");
  const where = label === "" ? "" : ` at ${label}`;
  return unknown([], `Too complex to decide within the budget${where}.`, tooComplex);
}

function unknown(atoms: readonly OpaqueAtom[], reason: string, part: Term | undefined): Answer {
  return { answer: "unknown", atoms, reason, ...(part === undefined ? {} : { part }) };
}

function dependsOn(atoms: readonly OpaqueAtom[]): string {
  const texts = atoms.map((atom) => atom.text);
  const shown = texts.slice(0, 3).join("; ") + (texts.length > 3 ? `; and ${texts.length - 3} more` : "");
  return `It depends on what cannot be compared: ${shown}.`;
}
