import { type AnswerOptions, type Comparison, type OneAnswer, verdictOf } from "./answers.ts";
import { type Budget, budget } from "./budget.ts";
import { type Hints, Oracle } from "./oracle.ts";
import { impossibleByShape } from "./possible.ts";
import type { AccessFunction, OpaqueAtom, Term, Terms } from "./predicate.ts";
import { Question, type SideLists } from "./question.ts";
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
      return;
    }
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

  constructor(
    private readonly table: TermTable,
    { allow, deny }: Pick<AccessFunction, "allow" | "deny">,
  ) {
    this.readings = readingsOf(table, allow, deny);
  }

  /** The terms that came or left. */
  edit(
    removed: Partial<Pick<AccessFunction, "allow" | "deny">>,
    added: Partial<Pick<AccessFunction, "allow" | "deny">>,
  ): Set<TermId> {
    const changed = new Set<TermId>();
    const { given, least, most } = this.readings;
    if (given === least && [...(added.allow ?? []), ...(added.deny ?? [])].some(hasOpaque)) {
      const now = (list: TermList, gone: Terms, come: Terms): Terms => {
        for (const term of gone) list.remove(term);
        return [...list.terms, ...come];
      };
      this.readings = readingsOf(
        this.table,
        now(given.allow, removed.allow ?? [], added.allow ?? []),
        now(given.deny, removed.deny ?? [], added.deny ?? []),
      );
      return changed;
    }
    const apply = (list: TermList, gone: Terms, come: Terms): void => {
      for (const term of gone) changed.add(list.remove(term));
      for (const term of come) changed.add(list.add(term));
    };
    for (const reading of new Set([given, least, most])) {
      const [allow, deny] =
        reading === given
          ? [same, same]
          : reading === least
            ? [withoutOpaque, assumed]
            : [assumed, withoutOpaque];
      apply(reading.allow, allow(removed.allow ?? []), allow(added.allow ?? []));
      apply(reading.deny, deny(removed.deny ?? []), deny(added.deny ?? []));
    }
    return changed;
  }
}

function readingsOf(table: TermTable, allow: Terms, deny: Terms): SideLists {
  const lists = (allows: Terms, denies: Terms): Lists => ({
    allow: new TermList(table, allows),
    deny: new TermList(table, denies),
  });
  const given = lists(allow, deny);
  if (!allow.some(hasOpaque) && !deny.some(hasOpaque)) return { given, least: given, most: given };
  return {
    given,
    least: lists(withoutOpaque(allow), assumed(deny)),
    most: lists(assumed(allow), withoutOpaque(deny)),
  };
}

const hasOpaque = (term: Term): boolean =>
  term.literals.some((literal) => literal.attribute.sort === "opaque");

const same = (terms: Terms): Terms => terms;
const withoutOpaque = (terms: Terms): Terms => terms.filter((term) => !hasOpaque(term));

/** Terms as if each atom had the value that they ask for; one that is assumed again is the same object. */
function assumed(terms: Terms): Terms {
  return terms.map((term) => {
    if (!hasOpaque(term)) return term;
    return { ...term, literals: term.literals.filter((literal) => literal.attribute.sort !== "opaque") };
  });
}
