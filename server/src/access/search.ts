import { type Assignment, termHoldsOn } from "./assignment.ts";
import type { Attribute } from "./attribute.ts";
import type { Budget } from "./budget.ts";
import { TooComplex } from "./oracle.ts";
import { type Outcome, Outcomes, type Part } from "./outcomes.ts";
import { plainest } from "./plainest.ts";
import type { Point } from "./point.ts";
import type { Term } from "./predicate.ts";
import { type Lists, type Region, regionsOf } from "./regions.ts";
import type { TermId, TermList, TermTable } from "./term-table.ts";
import type { UncoveredFinder } from "./uncovered.ts";

export interface Found {
  /** A value for every attribute that a term speaks of. */
  readonly assignment: Assignment;
  readonly allowTerm: Term;
  readonly deniedBy: Term | undefined;
  /** The opaque attributes whose value it depends on. */
  readonly opaque: readonly Attribute[];
}

export interface SearchOptions {
  readonly budget: Budget;
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

/** Few and often needed, impossible regions take part in every question from the start. */
const mostFromStart = 64;

/**
 * Looks for requests that `allowing` allows and `denying` denies. What it finds out of a region it keeps, so that
 * after a change only the regions that the change may concern are looked at again.
 */
export class DifferenceSearch {
  readonly #table: TermTable;
  readonly #outcomes: Outcomes;

  constructor(
    private readonly finder: UncoveredFinder,
    private readonly allowing: Lists,
    private readonly denying: Lists,
    private readonly impossible: TermList,
    /** So many different requests of one region are offered until one counts. */
    private readonly attempts: number,
  ) {
    this.#table = impossible.table;
    this.#outcomes = new Outcomes(allowing, denying, impossible);
  }

  /** Whether there is no such request; as `run`, but nobody gets to see one. */
  isEmpty(budget: Budget): boolean | "too-complex" {
    let tooComplex = false;
    for (const region of this.#regions(budget)) {
      const outcome = this.#outcome(region, budget);
      if (outcome === undefined) tooComplex = true;
      else if (!("covered" in outcome)) return false;
    }
    return tooComplex ? "too-complex" : true;
  }

  /**
   * Gives requests to `onFound`, which says whether one counts. Nothing found and nothing too complex: there is none.
   * Requests of different rules come first.
   */
  run({ budget, enough }: SearchOptions, onFound: (found: Found) => boolean): SearchResult {
    let found = 0;
    let counted = 0;
    let further = 0;
    let tooComplex: Term | undefined;
    const seen = new Set<string>();
    const later: Region[] = [];
    const look = (region: Region): void => {
      const outcome = this.#outcome(region, budget);
      if (outcome !== undefined && "covered" in outcome) return;
      const requests = outcome && withShare(budget, 3, (share) => this.#requests(region, outcome, share));
      if (outcome === undefined || requests === undefined) {
        tooComplex ??= this.allowing.allow.term(region.allow);
        return;
      }
      found++;
      for (const request of requests) {
        if (!onFound(this.#found(region, request, outcome))) continue;
        counted++;
        seen.add(this.#labels(region));
        return;
      }
    };
    const done = () => counted >= enough || (counted > 0 && further++ >= furtherRegions);
    for (const region of this.#regions(budget)) {
      if (done()) break;
      if (seen.size > 0 && seen.has(this.#labels(region))) later.push(region);
      else look(region);
      if (later.length > furtherRegions) break;
    }
    for (const region of later) {
      if (done()) break;
      look(region);
    }
    return { found, tooComplex };
  }

  /** After these terms came into lists, or left them. */
  changed(terms: ReadonlySet<TermId>): void {
    this.#outcomes.changed(terms);
  }

  /** After an attribute came up that requests found before say nothing of. */
  forgetRequests(): void {
    this.#outcomes.forgetRequests();
  }

  #regions(budget: Budget): Generator<Region> {
    return regionsOf(
      this.finder,
      this.allowing,
      this.denying,
      this.impossible,
      this.#outcomes.openAllows(),
      budget,
      (deny, lists) => this.#isInside(deny, lists, budget),
    );
  }

  /** Undefined where the region is too complex for its share of the budget. */
  #outcome(region: Region, budget: Budget): Outcome | undefined {
    const known = this.#outcomes.get(region);
    if (known !== undefined) return known;
    const outcome = withShare(budget, 3, (share): Outcome => {
      const part = this.finder.part(region.lits, region.covers, this.#start(), share);
      return "by" in part ? { covered: part.by } : part;
    });
    if (outcome !== undefined) this.#outcomes.set(region, outcome);
    return outcome;
  }

  /** The opaque attributes of all terms that hold on the request but for their atoms. */
  #atomsAround(request: Point): readonly Attribute[] {
    const { oracle } = this.#table;
    const found = new Set<Attribute>();
    if (!oracle.hasOpaque) return [];
    for (const list of [this.allowing.allow, this.allowing.deny, this.denying.allow, this.denying.deny]) {
      for (const id of list.ids) {
        const lits = this.#table.lits(id);
        const atoms = lits.filter((lit) => oracle.literal(lit).attribute.sort === "opaque");
        if (atoms.length === 0 || !request.holdsAll(lits.filter((lit) => !atoms.includes(lit)))) continue;
        for (const atom of atoms) found.add(oracle.literal(atom).attribute);
      }
    }
    return [...found];
  }

  #isInside(deny: TermId, lists: number, budget: Budget): boolean {
    let inside = this.#outcomes.inside(deny);
    if (inside === undefined) {
      inside =
        withShare(budget, 100, (share) => {
          const part = this.finder.part(this.#table.lits(deny), lists, this.#start(), share);
          return "by" in part ? part.by : false;
        }) ?? false;
      this.#outcomes.setInside(deny, inside);
    }
    return inside !== false;
  }

  #start(): readonly TermId[] {
    return this.impossible.size <= mostFromStart ? [...this.impossible.ids] : [];
  }

  /** Different requests of the uncovered part: with declared names where they are not covered, else the plain one. */
  #requests(region: Region, part: Part, budget: Budget): readonly Point[] {
    if (part.requests !== undefined) return part.requests;
    const { oracle } = this.#table;
    const requests = new Map<string, Point>();
    for (let attempt = 0; attempt < this.attempts; attempt++) {
      const named = this.finder.point(part.box, attempt, budget, part.plain);
      const chosen = this.finder.holding(named, region.covers).length === 0 ? named : part.plain;
      budget.remaining -= oracle.attributes.length;
      const assignment = plainest(
        chosen.assignment,
        (attribute) => oracle.canBeAbsent(oracle.attributeId(attribute)),
        (candidate) => this.#isIn(region, this.finder.pointOf(candidate, chosen)),
      );
      const text = JSON.stringify([...assignment.values()]);
      if (requests.has(text)) continue;
      const request = this.finder.pointOf(assignment);
      this.#verify(request, region);
      requests.set(text, request);
    }
    part.requests = [...requests.values()];
    return part.requests;
  }

  #isIn({ lits, covers }: Region, point: Point): boolean {
    return point.holdsAll(lits) && this.finder.holding(point, covers).length === 0;
  }

  #found(region: Region, request: Point, part: Part): Found {
    part.opaque ??= this.#atomsAround(part.plain);
    const { deny } = this.denying;
    const denied = region.deny ?? Math.min(...this.finder.holding(request, deny.bit));
    return {
      assignment: request.assignment,
      allowTerm: this.allowing.allow.term(region.allow),
      deniedBy: Number.isFinite(denied) ? deny.term(denied) : undefined,
      opaque: part.opaque,
    };
  }

  /** Who allows and who denies, as users know them. */
  #labels({ allow, deny }: Region): string {
    const of = (term: Term | undefined) => term?.origins.map((origin) => origin.label) ?? [];
    const denyTerm = deny === undefined ? undefined : this.denying.deny.term(deny);
    return JSON.stringify([of(this.allowing.allow.term(allow)), of(denyTerm)]);
  }

  /** What the solver claims is run once more on all terms, without an index. That it fails is a defect, and loud. */
  #verify(request: Point, region: Region): void {
    const allowTerm = this.allowing.allow.term(region.allow);
    const isIn =
      termHoldsOn(allowTerm, request.assignment) &&
      (region.deny === undefined || termHoldsOn(this.denying.deny.term(region.deny), request.assignment));
    const { bit: allowedThere } = this.denying.allow;
    const outside =
      this.allowing.deny.bit | this.impossible.bit | (region.deny === undefined ? allowedThere : 0);
    let isOutside = true;
    for (let id = 0; isOutside && id < this.#table.size; id++)
      if (this.#table.isIn(id, outside) && request.holdsAll(this.#table.lits(id))) isOutside = false;
    if (isIn && isOutside) return;
    const label = allowTerm.origins[0]?.label ?? "a term";
    throw new Error(
      `the witness found for ${label} does not hold: ${JSON.stringify([...request.assignment.values()])}`,
    );
  }
}

/** Undefined where a part of what is left of the budget does not do. */
function withShare<T>(budget: Budget, part: number, work: (share: Budget) => T): T | undefined {
  const share: Budget = { remaining: Math.ceil(budget.remaining / part) };
  const before = share.remaining;
  try {
    return work(share);
  } catch (error) {
    if (error instanceof TooComplex) return undefined;
    throw error;
  } finally {
    budget.remaining -= before - share.remaining;
  }
}
