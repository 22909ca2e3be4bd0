import type { Attribute } from "./attribute.ts";
import type { Box } from "./cover.ts";
import type { Point } from "./point.ts";
import type { Lists, Region } from "./regions.ts";
import type { TermId, TermList } from "./term-table.ts";

/** What is known of a region, until a term that it depends on comes or goes. */
export type Outcome = { readonly covered: readonly TermId[] } | Part;

/** A part of a region that nothing covers. */
export interface Part {
  readonly box: Box;
  readonly plain: Point;
  /** Natural requests of it, made when somebody wants to see one. */
  requests?: readonly Point[];
  /** The opaque attributes that matter on them. */
  opaque?: readonly Attribute[];
}

/**
 * What one search found out of its regions. After terms came into lists or left them, only what depends on these is
 * forgotten: what is covered depends on the terms that cover it, a request on there being no term that it lies in.
 */
export class Outcomes {
  /** By allow-term: its region where nothing allows on the other side. */
  readonly #ofAllows: (Outcome | undefined)[] = [];
  /** By pair of deny-term and allow-term. */
  readonly #ofPairs = new Map<number, Outcome>();
  /** The terms that a deny-term lies inside; false: it does not, as far as is known. */
  readonly #denyInside = new Map<TermId, readonly TermId[] | false>();
  /** Allow-terms whose region is not known to be covered. Some of them may make no region any more. */
  #open: Set<TermId> | undefined;
  /** By term: the allow-terms whose regions it covers. Made at the first edit, since most comparisons see none. */
  #dependents: Map<TermId, TermId[]> | undefined;

  constructor(
    private readonly allowing: Lists,
    private readonly denying: Lists,
    private readonly impossible: TermList,
  ) {}

  /** The allow-terms that make a region which is not known to be covered. */
  *openAllows(): Generator<TermId> {
    this.#open ??= new Set([...this.allowing.allow.ids].filter((id) => this.#makesRegion(id)));
    for (const id of this.#open) {
      if (this.#makesRegion(id)) yield id;
      else this.#open.delete(id);
    }
  }

  get(region: Region): Outcome | undefined {
    return region.deny === undefined ? this.#ofAllows[region.allow] : this.#ofPairs.get(pairOf(region));
  }

  set(region: Region, outcome: Outcome): void {
    if (region.deny !== undefined) {
      this.#ofPairs.set(pairOf(region), outcome);
      return;
    }
    this.#ofAllows[region.allow] = outcome;
    if (!("covered" in outcome)) return;
    this.#open?.delete(region.allow);
    if (this.#dependents !== undefined) this.#depend(region.allow, outcome.covered);
  }

  inside(deny: TermId): readonly TermId[] | false | undefined {
    return this.#denyInside.get(deny);
  }

  setInside(deny: TermId, inside: readonly TermId[] | false): void {
    this.#denyInside.set(deny, inside);
  }

  /** After these terms came into lists, or left them. */
  changed(terms: ReadonlySet<TermId>): void {
    const { table } = this.impossible;
    const never = this.allowing.deny.bit | this.impossible.bit;
    const gone = (covered: readonly TermId[], lists: number): boolean =>
      covered.some((id) => terms.has(id) && !table.isIn(id, lists));
    const met = ({ plain, requests = [] }: Part, lists: number): boolean =>
      [...terms].some(
        (id) =>
          table.isIn(id, lists) && [plain, ...requests].some((request) => request.holdsAll(table.lits(id))),
      );
    const isStale = (outcome: Outcome, lists: number): boolean =>
      "covered" in outcome ? gone(outcome.covered, lists) : met(outcome, lists);

    const takenFromAllows = never | this.denying.allow.bit;
    this.#dependents ??= this.#allDependents();
    for (const term of terms) {
      if (!table.isIn(term, takenFromAllows))
        for (const allow of this.#dependents.get(term) ?? []) this.#forget(allow);
      if (this.#makesRegion(term) && !this.#isCovered(term)) this.#open?.add(term);
    }
    for (const allow of this.#open ?? []) {
      const outcome = this.#ofAllows[allow];
      if (outcome !== undefined && isStale(outcome, takenFromAllows)) this.#forget(allow);
    }
    for (const [key, outcome] of this.#ofPairs) if (isStale(outcome, never)) this.#ofPairs.delete(key);
    const neverCame = [...terms].some((id) => table.isIn(id, never));
    for (const [deny, inside] of this.#denyInside)
      if (inside === false ? neverCame : gone(inside, never)) this.#denyInside.delete(deny);
  }

  /** Forgets every request: after an attribute came up that they say nothing of. */
  forgetRequests(): void {
    for (const id of this.#open ?? []) this.#ofAllows[id] = undefined;
    for (const [key, outcome] of this.#ofPairs) if (!("covered" in outcome)) this.#ofPairs.delete(key);
  }

  #makesRegion(allow: TermId): boolean {
    return this.allowing.allow.has(allow) && !this.denying.allow.has(allow);
  }

  #isCovered(allow: TermId): boolean {
    const outcome = this.#ofAllows[allow];
    return outcome !== undefined && "covered" in outcome;
  }

  #forget(allow: TermId): void {
    this.#ofAllows[allow] = undefined;
    this.#open?.add(allow);
  }

  #allDependents(): Map<TermId, TermId[]> {
    this.#dependents = new Map();
    for (const [allow, outcome] of this.#ofAllows.entries())
      if (outcome !== undefined && "covered" in outcome) this.#depend(allow, outcome.covered);
    return this.#dependents;
  }

  #depend(allow: TermId, covered: readonly TermId[]): void {
    for (const term of covered) {
      const known = this.#dependents?.get(term);
      if (known === undefined) this.#dependents?.set(term, [allow]);
      else known.push(allow);
    }
  }
}

const pairOf = ({ deny = 0, allow }: Region): number => deny * 2 ** 26 + allow;
