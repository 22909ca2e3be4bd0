import { type AnswerOptions, type Comparison, type OneAnswer, verdictOf } from "./answers.ts";
import { type Budget, budget } from "./budget.ts";
import { type Hints, Oracle } from "./oracle.ts";
import { impossibleByShape } from "./possible.ts";
import type { AccessFunction, OpaqueAtom, Terms } from "./predicate.ts";
import { Question, type SideLists } from "./question.ts";
import { hasOpaque, leastAllowed, mostAllowed } from "./readings.ts";
import type { Lists } from "./regions.ts";
import { type TermId, TermList, TermTable } from "./term-table.ts";
import { UncoveredFinder } from "./uncovered.ts";

export interface SessionOptions {
  /** Regions in which no request can lie (ARCHITECTURE, "Comparison domain"). */
  readonly impossible?: Terms;
  readonly hints?: Hints;
}

/** What changes in one side of a session: terms that stand in it, and terms that come to it. */
export interface Edit {
  readonly side: "left" | "right";
  readonly removed?: Partial<Pick<AccessFunction, "allow" | "deny">>;
  readonly added?: Partial<AccessFunction>;
}

/** Enough for tens of thousands of terms; a few seconds at worst. */
export const comparisonBudget = (): Budget => budget(8_000_000);

/**
 * Two access functions that are compared, and compared again after edits. What was found out is kept where an edit
 * cannot concern it: a region that is covered, until one of the terms that cover it goes; a request that shows a
 * difference, until a term comes that it lies in.
 */
export class ComparisonSession {
  readonly #table: TermTable;
  readonly #finder: UncoveredFinder;
  readonly #impossible: TermList;
  readonly #atoms = new Map<string, OpaqueAtom>();
  readonly #sides: Readonly<Record<Edit["side"], Side>>;
  #newlyAllows: Question;
  #newlyDenies: Question;
  #attributes: number;

  constructor(left: AccessFunction, right: AccessFunction, options: SessionOptions = {}) {
    this.#table = new TermTable(new Oracle(options.hints));
    this.#sides = { left: new Side(this.#table, left), right: new Side(this.#table, right) };
    this.#impossible = new TermList(this.#table, options.impossible ?? []);
    this.#finder = new UncoveredFinder(this.#table);
    for (const atom of [...left.opaque, ...right.opaque]) this.#atoms.set(atom.attribute.key, atom);
    this.#addImpossibleShapes();
    this.#attributes = this.#table.oracle.attributes.length;
    this.#newlyAllows = this.#question("right", "left");
    this.#newlyDenies = this.#question("left", "right");
  }

  compare(options: AnswerOptions = {}): Comparison {
    const shared = { ...options, budget: options.budget ?? comparisonBudget() };
    const allows = this.newlyAllows(shared);
    const denies = this.newlyDenies(shared);
    return {
      newlyAllows: allows.answer,
      newlyDenies: denies.answer,
      verdict: verdictOf(allows.answer, denies.answer),
      refuted: [...allows.refuted, ...denies.refuted],
    };
  }

  /** Whether the right side allows what the left denies. */
  newlyAllows(options: AnswerOptions = {}): OneAnswer {
    return this.#newlyAllows.answer(
      { ...options, budget: options.budget ?? comparisonBudget() },
      this.#atoms,
    );
  }

  /** Whether the right side denies what the left allows. */
  newlyDenies(options: AnswerOptions = {}): OneAnswer {
    return this.#newlyDenies.answer(
      { ...options, budget: options.budget ?? comparisonBudget() },
      this.#atoms,
    );
  }

  /** Whether the right side allows nothing that the left denies, under every value of the opaque atoms. */
  isEmpty(within?: Budget): boolean | "too-complex" {
    return this.#newlyAllows.isEmpty(within ?? comparisonBudget());
  }

  /** Throws where a removed term does not stand in the side. */
  edit({ side, removed = {}, added = {} }: Edit): void {
    for (const atom of added.opaque ?? []) this.#atoms.set(atom.attribute.key, atom);
    const edited = this.#sides[side];
    const before = edited.readings;
    const changed = edited.edit(removed, added);
    this.#addImpossibleShapes(changed);
    if (edited.readings !== before) {
      this.#newlyAllows = this.#question("right", "left");
      this.#newlyDenies = this.#question("left", "right");
    } else
      for (const question of [this.#newlyAllows, this.#newlyDenies]) {
        // A request says something of every attribute that there was when it was found.
        if (this.#attributes !== this.#table.oracle.attributes.length) question.forgetRequests();
        question.changed(changed);
      }
    this.#attributes = this.#table.oracle.attributes.length;
  }

  #question(allowing: Edit["side"], denying: Edit["side"]): Question {
    const [one, other] = [this.#sides[allowing].readings, this.#sides[denying].readings];
    return new Question(this.#finder, one, other, this.#impossible, allowing);
  }

  /** What an attribute is part of may come up after it, so every new one brings shapes of others with it. */
  #addImpossibleShapes(changed?: Set<TermId>): void {
    for (const term of impossibleByShape(this.#table.oracle.attributes)) {
      if (this.#impossible.has(this.#table.intern(term))) continue;
      const id = this.#impossible.add(term);
      changed?.add(id);
    }
  }
}

/** One side's terms, in the readings of its opaque atoms that the questions need. */
class Side {
  readings: SideLists;

  constructor(table: TermTable, lists: Pick<AccessFunction, "allow" | "deny">) {
    this.readings = readingsOf(listsOf(table, lists));
  }

  /** The terms that came or left. Where atoms take part, the readings are made anew. */
  edit(
    removed: Partial<Pick<AccessFunction, "allow" | "deny">>,
    added: Partial<Pick<AccessFunction, "allow" | "deny">>,
  ): Set<TermId> {
    const { given, least, most } = this.readings;
    const changed = new Set<TermId>();
    for (const effect of ["allow", "deny"] as const) {
      for (const term of removed[effect] ?? []) changed.add(given[effect].remove(term));
      for (const term of added[effect] ?? []) changed.add(given[effect].add(term));
    }
    if (given === least && ![...(added.allow ?? []), ...(added.deny ?? [])].some(hasOpaque)) return changed;
    for (const reading of new Set([least, most])) {
      if (reading === given) continue;
      reading.allow.release();
      reading.deny.release();
    }
    this.readings = readingsOf(given);
    return changed;
  }
}

function readingsOf(given: Lists): SideLists {
  const { table } = given.allow;
  if (!table.oracle.hasOpaque) return { given, least: given, most: given };
  const own = { allow: given.allow.terms, deny: given.deny.terms };
  if (!own.allow.some(hasOpaque) && !own.deny.some(hasOpaque)) return { given, least: given, most: given };
  return {
    given,
    least: listsOf(table, leastAllowed(own)),
    most: listsOf(table, mostAllowed(own)),
  };
}

function listsOf(table: TermTable, { allow, deny }: Pick<AccessFunction, "allow" | "deny">): Lists {
  return { allow: new TermList(table, allow), deny: new TermList(table, deny) };
}
