import { type AssignedValue, type Assignment, decideOn, firstHolding, termHoldsOn } from "./assignment.ts";
import type { Attribute } from "./attribute.ts";
import { attributesOf } from "./attributes-of.ts";
import type { Budget } from "./budget.ts";
import { type Box, boxOf, CoverSolver } from "./cover.ts";
import { type Hints, type Lit, Oracle, TooComplex } from "./oracle.ts";
import { naturalIfFree, plainest } from "./plainest.ts";
import { impossibleByShape } from "./possible.ts";
import type { Term, Terms } from "./predicate.ts";
import { type Covers, type Lists, type Region, regionsOf } from "./regions.ts";
import type { AttributeValue } from "./value.ts";

export interface Found {
  /** A value for every attribute that a term speaks of. */
  readonly assignment: Assignment;
  readonly allowTerm: Term;
  readonly deniedBy: Term | undefined;
  /** The opaque attributes whose value it depends on. */
  readonly opaque: readonly Attribute[];
}

export interface SearchOptions {
  readonly impossible: Terms;
  readonly budget: Budget;
  readonly hints: Hints | undefined;
  /** So many different requests of one region are offered until one counts. */
  readonly attempts: number;
  /** Stop after this many that count. */
  readonly enough: number;
}

export interface SearchResult {
  /** How many regions hold a request, as far as they were looked at. */
  readonly found: number;
  /** A term whose region could not be decided within the budget. */
  readonly tooComplex: Term | undefined;
}

/** After the first request that counts, so many further regions are looked at for others. */
const furtherRegions = 64;

/**
 * Looks for requests that `allowing` allows and `denying` denies, and gives them to `onFound`, which says whether
 * one counts. Nothing found and nothing too complex: there is none. Requests of different rules come first.
 */
export function searchDifference(
  allowing: Lists,
  denying: Lists,
  options: SearchOptions,
  onFound: (found: Found) => boolean,
): SearchResult {
  const lists = [allowing.allow, allowing.deny, denying.allow, denying.deny, options.impossible];
  const mentioned = attributesOf(...lists);
  const impossible = [...options.impossible, ...impossibleByShape(mentioned)];
  const oracle = new Oracle(options.hints);
  let found = 0;
  let counted = 0;
  let further = 0;
  let tooComplex: Term | undefined;
  const seen = new Set<string>();
  // Few and often needed: they take part from the start.
  const start = impossible.length <= 64 ? impossible.map((term) => oracle.lits(term)) : [];
  const later: Region[] = [];

  const look = (region: Region): void => {
    const share: Budget = { remaining: Math.ceil(options.budget.remaining / 3) };
    const before = share.remaining;
    try {
      const rest = uncoveredPart(oracle, region, start, mentioned, share);
      if (rest === undefined) return;
      found++;
      const opaque = [...rest.box.keys()].flatMap((id) => {
        const attribute = oracle.attributes[id];
        return attribute?.sort === "opaque" ? [attribute] : [];
      });
      for (const assignment of offers(oracle, region, rest, mentioned, options.attempts, share)) {
        verify(allowing, denying, impossible, assignment, region);
        const deniedBy = region.denyTerm ?? firstHolding(denying.deny, assignment);
        if (onFound({ assignment, allowTerm: region.allowTerm, deniedBy, opaque })) {
          counted++;
          seen.add(labels(region));
          return;
        }
      }
    } catch (error) {
      if (!(error instanceof TooComplex)) throw error;
      tooComplex ??= region.allowTerm;
    } finally {
      options.budget.remaining -= before - share.remaining;
    }
  };

  const done = () => counted >= options.enough || (counted > 0 && further++ >= furtherRegions);
  const isInside = (lits: readonly Lit[], covers: Covers): boolean => {
    const share: Budget = { remaining: Math.ceil(options.budget.remaining / 100) };
    const before = share.remaining;
    try {
      return uncoveredPart(oracle, { lits, covers }, start, mentioned, share) === undefined;
    } catch (error) {
      if (error instanceof TooComplex) return false;
      throw error;
    } finally {
      options.budget.remaining -= before - share.remaining;
    }
  };
  for (const region of regionsOf(oracle, allowing, denying, impossible, isInside)) {
    if (done()) break;
    if (seen.has(labels(region))) later.push(region);
    else look(region);
    if (later.length > furtherRegions) break;
  }
  for (const region of later) {
    if (done()) break;
    look(region);
  }
  return { found, tooComplex };
}

/** So often terms are added one request at a time, before all that overlap the region take part. */
const maxRounds = 24;

/** A part of the region that is not covered, as far as the terms in it know, and a request of it that none covers. */
interface Rest {
  readonly box: Box;
  readonly plain: Assignment;
}

/**
 * Most terms that overlap a region have no part in the answer. So the solver starts with none, and each request
 * that it then finds brings in the terms that cover it: covered by some of the terms is covered, and a request that
 * no term at all covers is a witness.
 */
function uncoveredPart(
  oracle: Oracle,
  region: Pick<Region, "lits" | "covers">,
  start: readonly (readonly Lit[])[],
  mentioned: readonly Attribute[],
  budget: Budget,
): Rest | undefined {
  const whole = boxOf(oracle, region.lits);
  let known = start;
  for (let round = 0; ; round++) {
    const isLast = round >= maxRounds;
    if (isLast) known = [...start, ...region.covers.overlapping(region.lits)];
    const box = new CoverSolver(oracle, budget).uncovered(whole, known);
    if (box === undefined) return undefined;
    const plain = totalAssignment(oracle, box, mentioned, undefined, budget);
    const covering = region.covers.holding(plain);
    if (covering.length === 0) return { box, plain };
    if (isLast)
      throw new Error(`a request outside of all terms is in one: ${JSON.stringify([...plain.values()])}`);
    known = [...known, ...covering];
  }
}

/** Different requests of the uncovered part: with declared names where they are not covered, else the plain one. */
function* offers(
  oracle: Oracle,
  region: Region,
  { box, plain }: Rest,
  mentioned: readonly Attribute[],
  attempts: number,
  budget: Budget,
): Generator<Assignment> {
  const given = new Set<string>();
  for (let attempt = 0; attempt < attempts; attempt++) {
    const named = totalAssignment(oracle, box, mentioned, attempt, budget);
    const chosen = region.covers.holding(named).length === 0 ? named : plain;
    budget.remaining -= mentioned.length;
    const assignment = plainest(
      chosen,
      (attribute) => oracle.canBeAbsent(oracle.attributeId(attribute)),
      (candidate) => isIn(region, candidate),
    );
    const text = JSON.stringify([...assignment.values()]);
    if (given.has(text)) continue;
    given.add(text);
    yield assignment;
  }
}

function isIn({ allowTerm, denyTerm, covers }: Region, values: Assignment): boolean {
  return (
    termHoldsOn(allowTerm, values) &&
    (denyTerm === undefined || termHoldsOn(denyTerm, values)) &&
    covers.holding(values).length === 0
  );
}

/** Who allows and who denies, as users know them. */
function labels(region: Region): string {
  const of = (term: Term | undefined) => term?.origins.map((origin) => origin.label) ?? [];
  return JSON.stringify([of(region.allowTerm), of(region.denyTerm)]);
}

/**
 * A value for every mentioned attribute. What the box leaves free can have any value as far as the solver's terms
 * go; absent is the plainest. Without `attempt` no declared names are used.
 */
function totalAssignment(
  oracle: Oracle,
  box: Box,
  mentioned: readonly Attribute[],
  attempt: number | undefined,
  budget: Budget,
): Assignment {
  budget.remaining -= mentioned.length;
  const values = new Map<string, AssignedValue>();
  for (const attribute of mentioned) {
    const id = oracle.attributeId(attribute);
    const lits = box.get(id);
    const isFree = lits === undefined && oracle.canBeAbsent(id) && !naturalIfFree.has(attribute.id);
    const value: AttributeValue = isFree ? { kind: "absent" } : oracle.value(id, lits ?? [], attempt, budget);
    values.set(attribute.key, { attribute, value });
  }
  return values;
}

/** What the solver claims is run once more on the terms themselves. That it fails is a defect, and loud. */
function verify(
  allowing: Lists,
  denying: Lists,
  impossible: Terms,
  assignment: Assignment,
  region: Region,
): void {
  const isPossible = firstHolding(impossible, assignment) === undefined;
  if (isPossible && decideOn(allowing, assignment) === "allow" && decideOn(denying, assignment) === "deny") {
    return;
  }
  const label = region.allowTerm.origins[0]?.label ?? "a term";
  throw new Error(
    `the witness found for ${label} does not hold: ${JSON.stringify([...assignment.values()])}`,
  );
}
