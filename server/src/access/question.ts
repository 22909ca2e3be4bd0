/** One of the two questions of a comparison: is there a request that one side allows and the other denies? */
import type { Answer, AnswerOptions, OneAnswer, Witness } from "./answers.ts";
import type { Budget } from "./budget.ts";
import type { OpaqueAtom, Term } from "./predicate.ts";
import type { Lists } from "./regions.ts";
import { DifferenceSearch, type Found } from "./search.ts";
import type { TermId, TermList } from "./term-table.ts";
import type { UncoveredFinder } from "./uncovered.ts";

/** One side, as each of the two searches reads its opaque atoms (`readings.ts`). */
export interface SideLists {
  /** As it is. */
  readonly given: Lists;
  /** What it allows under every value of the atoms. */
  readonly least: Lists;
  /** What it allows under some value. */
  readonly most: Lists;
}

type Shared = AnswerOptions & { readonly budget: Budget };
type Said = (found: Found, isCertain: boolean) => "confirmed" | "refuted" | "unknown";

/** So many requests whose decision depends on opaque atoms are offered to the evaluators. */
const maxOffers = 8;
const offersPerRegion = 3;

export class Question {
  readonly #certain: DifferenceSearch;
  /** Undefined where no term has an opaque atom. */
  readonly #possible: DifferenceSearch | undefined;

  constructor(
    finder: UncoveredFinder,
    allowing: SideLists,
    denying: SideLists,
    impossible: TermList,
    /** The name of the allowing side. */
    private readonly allowingIs: "left" | "right",
  ) {
    const hasOpaque = [allowing, denying].some((side) => side.least !== side.given);
    this.#certain = new DifferenceSearch(finder, allowing.least, denying.most, impossible, 1);
    this.#possible = hasOpaque
      ? new DifferenceSearch(finder, allowing.given, denying.given, impossible, offersPerRegion)
      : undefined;
  }

  changed(terms: ReadonlySet<TermId>): void {
    this.#certain.changed(terms);
    this.#possible?.changed(terms);
  }

  forgetRequests(): void {
    this.#certain.forgetRequests();
    this.#possible?.forgetRequests();
  }

  answer(options: Shared, atoms: ReadonlyMap<string, OpaqueAtom>): OneAnswer {
    const refuted: Witness[] = [];
    const other = this.allowingIs === "left" ? "right" : "left";
    const said: Said = (found, isCertain) => {
      const confirmation = options.confirm?.(found.assignment);
      // What differs under every value was found before; without evaluators the rest is not known.
      if (confirmation === undefined) return isCertain ? "confirmed" : "unknown";
      const [one, two] = [confirmation[this.allowingIs], confirmation[other]];
      if (one === "unknown" || two === "unknown") return "unknown";
      return one === "allow" && two === "deny" ? "confirmed" : "refuted";
    };
    const certain = this.#certainly(options, said, refuted);
    if (certain.answer === "yes" || this.#possible === undefined) return { answer: certain, refuted };
    const possible = this.#possibly(this.#possible, options, said, atoms);
    // That there is no request at all, under any value of the atoms, settles it whatever the first search met.
    const settled = possible.answer !== "unknown" || certain.answer !== "unknown";
    return { answer: settled ? possible : certain, refuted };
  }

  /** Whether there is no such request, under every value of the opaque atoms. */
  isEmpty(budget: Budget): boolean | "too-complex" {
    return (this.#possible ?? this.#certain).isEmpty(budget);
  }

  /** Requests that differ under every value of the opaque atoms. */
  #certainly(options: Shared, said: Said, refuted: Witness[]): Answer {
    const witnesses: Witness[] = [];
    const unconfirmed: Witness[] = [];
    const enough = options.maxWitnesses ?? 3;
    const result = this.#certain.run({ budget: options.budget, enough }, (found) => {
      const answered = said(found, true);
      const list = answered === "confirmed" ? witnesses : answered === "refuted" ? refuted : unconfirmed;
      list.push(witnessOf(found, "every"));
      return answered === "confirmed";
    });
    if (witnesses.length > 0) return { answer: "yes", witnesses };
    const [contradicted, undecided] = [refuted[0], unconfirmed[0]];
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
  #possibly(
    search: DifferenceSearch,
    options: Shared,
    said: Said,
    known: ReadonlyMap<string, OpaqueAtom>,
  ): Answer {
    const atoms = new Map<string, OpaqueAtom>();
    const witnesses: Witness[] = [];
    let part: Term | undefined;
    let offers = 0;
    const result = search.run({ budget: options.budget, enough: 1 }, (found) => {
      for (const { key } of found.opaque) {
        const atom = known.get(key);
        if (atom === undefined) throw new Error(`${key} is in no list of opaque atoms`);
        atoms.set(key, atom);
      }
      part ??= found.allowTerm;
      if (said(found, false) === "confirmed") witnesses.push(witnessOf(found, "confirmed"));
      // Enough offers: the search ends, and what was found stays unknown.
      return witnesses.length > 0 || ++offers >= maxOffers;
    });
    if (witnesses.length > 0) return { answer: "yes", witnesses };
    if (result.found === 0) return withoutWitness(result.tooComplex);
    return unknown([...atoms.values()], dependsOn([...atoms.values()]), part);
  }
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
