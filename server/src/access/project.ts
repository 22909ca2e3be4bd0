import type { Attribute } from "./attribute.ts";
import { attributesOf } from "./attributes-of.ts";
import { type Budget, budget } from "./budget.ts";
import { boxOf, CoverSolver } from "./cover.ts";
import { accessFunction } from "./function-algebra.ts";
import { Oracle, TooComplex } from "./oracle.ts";
import { impossibleByShape } from "./possible.ts";
import type { AccessFunction, Literal, Term, Terms } from "./predicate.ts";
import { defaultTermLimit, or, subtract, termsDisjoint } from "./term-algebra.ts";

export interface ProjectOptions {
  /** Regions in which no request can lie: a completion inside them does not count. */
  readonly impossible?: Terms;
  readonly budget?: Budget;
  /** The most terms that the result may have. */
  readonly limit?: number;
}

/** A literal that is on a side of the line: what the observer sees, and the rest. */
interface Halves {
  readonly term: Term;
  readonly seen: readonly Literal[];
  readonly hidden: readonly Literal[];
}

/**
 * The decision as somebody sees it who observes only the visible attributes: allowed iff some completion of the
 * others is allowed (design, section 5). Exact, denies included. An opaque atom is invisible where `visible` says
 * so; then any of its three values counts.
 */
export function project(
  fn: AccessFunction,
  visible: (attribute: Attribute) => boolean,
  options: ProjectOptions = {},
): AccessFunction | "too-complex" {
  const impossible = [
    ...(options.impossible ?? []),
    ...impossibleByShape(attributesOf(fn.allow, fn.deny, options.impossible ?? [])),
  ];
  const halves = (term: Term): Halves => ({
    term,
    seen: term.literals.filter((literal) => visible(literal.attribute)),
    hidden: term.literals.filter((literal) => !visible(literal.attribute)),
  });
  const denies = fn.deny.map(halves);
  const seenDenies = denies.filter((one) => one.hidden.length === 0).map((one) => one.term);
  // A deny that is partly hidden is dealt with inside each allow-term; one that is wholly seen applies as it is.
  const partly = [...denies, ...impossible.map(halves)].filter((one) => one.hidden.length > 0);
  const projection = new Projection(options.budget ?? budget(2_000_000), options.limit ?? defaultTermLimit);
  const allow: Term[] = [];
  try {
    for (const term of fn.allow) allow.push(...projection.of(halves(term), partly));
  } catch (error) {
    if (error instanceof TooComplex) return "too-complex";
    throw error;
  }
  return accessFunction(or(allow), seenDenies, fn.opaque);
}

class Projection {
  readonly #oracle = new Oracle(undefined);
  readonly #solver: CoverSolver;
  #terms = 0;

  constructor(
    private readonly budget: Budget,
    private readonly limit: number,
  ) {
    this.#solver = new CoverSolver(this.#oracle, budget);
  }

  /**
   * What the observer sees of `allow`: its seen half, where its hidden half has a value outside the hidden halves
   * of all denies that apply by what is seen. Where it has none, some of those denies must not apply: each smallest
   * way to choose them gives a term.
   */
  of(allow: Halves, denies: readonly Halves[]): Terms {
    const relevant = denies.filter((deny) => !termsDisjoint(allow.term, deny.term));
    const result: Term[] = [];
    const tried = new Set<string>();
    const visit = (applying: readonly Halves[], avoided: readonly Halves[]): void => {
      const key = avoided
        .map((deny) => relevant.indexOf(deny))
        .sort((a, b) => a - b)
        .join();
      if (tried.has(key)) return;
      tried.add(key);
      if (tried.size > this.limit) throw new TooComplex("too many combinations of denies");
      if (this.#hasRoom(allow, applying)) {
        result.push(...this.#avoiding(allow, avoided));
        return;
      }
      for (const deny of this.#core(allow, applying)) {
        if (deny.seen.length === 0) continue;
        visit(
          applying.filter((one) => one !== deny),
          [...avoided, deny],
        );
      }
    };
    visit(relevant, []);
    return result;
  }

  /** Whether the hidden half of `allow` has a value outside the hidden halves of the denies. */
  #hasRoom(allow: Halves, denies: readonly Halves[]): boolean {
    const lits = (half: readonly Literal[]) => this.#oracle.lits({ literals: half, origins: [] });
    const box = boxOf(this.#oracle, lits(allow.hidden));
    return (
      this.#solver.uncovered(
        box,
        denies.map((deny) => lits(deny.hidden)),
      ) !== undefined
    );
  }

  /** A smallest set of the denies that leaves no room: at least one of them must be avoided. */
  #core(allow: Halves, denies: readonly Halves[]): readonly Halves[] {
    let core = denies;
    for (const deny of denies) {
      const without = core.filter((one) => one !== deny);
      if (!this.#hasRoom(allow, without)) core = without;
    }
    return core;
  }

  #avoiding(allow: Halves, avoided: readonly Halves[]): Terms {
    const terms = subtract(
      [{ literals: allow.seen, origins: allow.term.origins }],
      avoided.map((deny) => ({ literals: deny.seen, origins: deny.term.origins })),
      this.limit,
    );
    if (terms === "too-many-terms") throw new TooComplex("too many terms");
    this.#terms += terms.length;
    this.budget.remaining -= terms.length;
    if (this.#terms > this.limit) throw new TooComplex("too many terms");
    return terms;
  }
}
