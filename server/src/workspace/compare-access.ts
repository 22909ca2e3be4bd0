/** Compares two access functions that have their own evaluators and their own views of what requests there can be. */

import { attributesOfFunctions } from "../access/attributes-of.ts";
import {
  type Answer,
  type Assignment,
  type CompareOptions,
  compare,
  type Hints,
  verdictOf,
} from "../access/compare.ts";
import type { Lost } from "../access/hop.ts";
import type { Interaction } from "../access/interaction.ts";
import { impossibleByShape } from "../access/possible.ts";
import type { AccessFunction, Literal, Term, Terms } from "../access/predicate.ts";
import { and, termKey } from "../access/terms.ts";
import { toInteraction } from "../access/witness.ts";
import { lostIn } from "../drift/lost.ts";
import type { ComparedPart, Said, SideWitness } from "./compare-report.ts";

/** One side of one comparison. */
export interface Comparand {
  readonly access: AccessFunction;
  /** Regions in which, as this side knows the world, no request can lie. */
  readonly impossible: readonly { readonly literals: readonly Literal[]; readonly why: string }[];
  readonly lost: readonly Lost[];
  /** What this side's ordinary evaluator says. */
  decide(request: Interaction): { readonly decision: Said; readonly reason: string };
}

export interface AccessContext {
  /** What every request has before a witness says more. */
  readonly base: Interaction;
  readonly hints: Hints;
}

/** Two comparands made ready for questions: which requests are possible, and what both evaluators say of one. */
export interface ReadyComparison {
  /** For `compare` and its parts; every witness is confirmed by both evaluators. */
  readonly options: Required<Pick<CompareOptions, "impossible" | "hints" | "confirm">>;
  witness(values: Assignment): SideWitness;
}

export function readyComparison(
  left: Comparand,
  right: Comparand,
  { base, hints }: AccessContext,
): ReadyComparison {
  const shared = impossibleOnBoth(left, right);
  const mentioned = attributesOfFunctions(left.access, right.access, { allow: shared, deny: [], opaque: [] });
  // A witness is confirmed first and shown later, and to decide a request asks every rule.
  const known = new WeakMap<Assignment, SideWitness>();
  const witness = (values: Assignment): SideWitness => {
    const before = known.get(values);
    if (before !== undefined) return before;
    const made = decided(values);
    known.set(values, made);
    return made;
  };
  const decided = (values: Assignment): SideWitness => {
    const request = toInteraction(values, base);
    const [one, other] = [left.decide(request), right.decide(request)];
    return {
      request,
      left: one.decision,
      right: other.decision,
      leftReason: one.reason,
      rightReason: other.reason,
    };
  };
  return {
    options: { impossible: [...shared, ...impossibleByShape(mentioned)], hints, confirm: witness },
    witness,
  };
}

export function compareAccess(
  left: Comparand,
  right: Comparand,
  context: AccessContext,
): Omit<ComparedPart, "environment" | "resource" | "path"> {
  return compareReady(left, right, readyComparison(left, right, context));
}

/**
 * The same terms on both sides: equal, without a question to any solver. Undefined where the terms differ, which does
 * not mean that the sides do.
 */
export function sameTerms(
  left: Comparand,
  right: Comparand,
): Omit<ComparedPart, "environment" | "resource" | "path"> | undefined {
  const isSame = (["allow", "deny"] as const).every((list) => {
    const [one, other] = [left.access[list], right.access[list]].map((terms) => new Set(terms.map(termKey)));
    return one?.size === other?.size && [...(one ?? [])].every((key) => other?.has(key));
  });
  if (!isSame) return undefined;
  return {
    verdict: "equal",
    newlyAllows: "no",
    newlyDenies: "no",
    witnesses: [],
    unknown: [],
    lost: [...left.lost, ...right.lost],
    assumptions: assumedByBoth(left, right),
  };
}

/** `compareAccess` for who asks more of the same sides. */
export function compareReady(
  left: Comparand,
  right: Comparand,
  { options, witness }: ReadyComparison,
): Omit<ComparedPart, "environment" | "resource" | "path"> {
  const { newlyAllows, newlyDenies } = compare(left.access, right.access, options);
  return {
    verdict: verdictOf(newlyAllows, newlyDenies),
    newlyAllows: newlyAllows.answer,
    newlyDenies: newlyDenies.answer,
    witnesses: [newlyAllows, newlyDenies].flatMap((answer) =>
      assignmentsOf(answer).map((values) => witness(values)),
    ),
    unknown: lostIn(newlyAllows, newlyDenies),
    lost: [...left.lost, ...right.lost],
    assumptions: assumedByBoth(left, right),
  };
}

function assignmentsOf(answer: Answer): readonly Assignment[] {
  return answer.answer === "yes" ? answer.witnesses.map((one) => one.assignment) : [];
}

/**
 * What is impossible on one side only is possible: where the right side lets another agent act for people, its requests
 * are exactly what is newly allowed.
 */
function impossibleOnBoth(left: Comparand, right: Comparand): Terms {
  const [one, other] = [regions(left), regions(right)];
  const both = and(one, other);
  if (both !== "too-many-terms") return both;
  // Fewer impossible regions are sound: they only leave more to be decided.
  const known = new Set(other.map(termKey));
  return one.filter((region) => known.has(termKey(region)));
}

function regions({ impossible }: Comparand): readonly Term[] {
  return impossible.map(({ literals }) => ({ literals, origins: [] }));
}

function assumedByBoth(left: Comparand, right: Comparand): readonly string[] {
  const others = new Set(right.impossible.map((one) => one.why));
  return [...new Set(left.impossible.map((one) => one.why))].filter((why) => others.has(why));
}
