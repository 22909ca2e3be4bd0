import { literalKey, termKey } from "./literal-key.ts";
import type { Literal, Origin, Term, Terms } from "./predicate.ts";
import { simplify } from "./simplify.ts";
import { disjoint, implies } from "./theory.ts";

/** The answer of an operation whose exact result would have more terms than asked for; its caller makes it opaque. */
export type TooMany = "too-many-terms";

export const defaultTermLimit = 4_096;

/** Always true, once. */
export const always = (origins: readonly Origin[] = []): Terms => [{ literals: [], origins }];
export const never: Terms = [];

export function complementLiteral(literal: Literal): Literal {
  return { attribute: literal.attribute, test: literal.test, negated: !literal.negated };
}

/** Whether no interaction satisfies both: false where that is not found out by looking at pairs of literals. */
export function termsDisjoint(a: Term, b: Term): boolean {
  return a.literals.some((one) =>
    b.literals.some((other) => one.attribute.key === other.attribute.key && disjoint(one, other)),
  );
}

/** Whether every interaction of `a` is one of `b`: false where pairs of literals do not show it. */
export function termImplies(a: Term, b: Term): boolean {
  return b.literals.every((wanted) =>
    a.literals.some((one) => one.attribute.key === wanted.attribute.key && implies(one, wanted)),
  );
}

/** Both terms at once; undefined where they contradict each other. */
export function joinTerms(a: Term, b: Term): Term | undefined {
  if (a.literals.length === 0) return { literals: b.literals, origins: joinOrigins(a.origins, b.origins) };
  if (b.literals.length === 0) return { literals: a.literals, origins: joinOrigins(a.origins, b.origins) };
  return simplify({
    literals: [...a.literals, ...b.literals],
    origins: joinOrigins(a.origins, b.origins),
  });
}

/** Conjunction: every satisfiable pair. */
export function and(a: Terms, b: Terms, limit = defaultTermLimit): Terms | TooMany {
  const result = new TermSet();
  for (const left of a) {
    for (const right of b) {
      const both = joinTerms(left, right);
      if (both !== undefined && result.add(both) > limit) return "too-many-terms";
    }
  }
  return absorb(result.terms());
}

/** Conjunction of any number; of none: always true. */
export function andAll(all: readonly Terms[], limit = defaultTermLimit): Terms | TooMany {
  let result: Terms = always();
  for (const one of all) {
    const next = and(result, one, limit);
    if (next === "too-many-terms") return next;
    result = next;
  }
  return result;
}

/** Disjunction: all terms, each once. Never grows beyond the sum, so it needs no bound. */
export function or(...all: readonly Terms[]): Terms {
  const result = new TermSet();
  for (const terms of all) for (const one of terms) result.add(one);
  return absorb(result.terms());
}

/** Complement: one literal of every term fails. Origins are kept, since what is excluded also explains. */
export function not(terms: Terms, limit = defaultTermLimit): Terms | TooMany {
  return subtract(always(), terms, limit);
}

/** What of `terms` is in none of `minus`. Only terms that `minus` overlaps are split, by literals not implied. */
export function subtract(terms: Terms, minus: Terms, limit = defaultTermLimit): Terms | TooMany {
  let result = terms;
  for (const taken of minus) {
    const next = new TermSet();
    for (const one of result) {
      for (const piece of subtractTerm(one, taken)) {
        if (next.add(piece) > limit) return "too-many-terms";
      }
    }
    result = absorb(next.terms());
  }
  return result;
}

/** `term` without `taken`, as terms that may overlap: one for each literal of `taken` that can fail inside `term`. */
export function subtractTerm(term: Term, taken: Term): Terms {
  if (termsDisjoint(term, taken)) return [term];
  const pieces: Term[] = [];
  for (const literal of taken.literals) {
    const piece = simplify({
      literals: [...term.literals, complementLiteral(literal)],
      origins: term.origins,
    });
    if (piece !== undefined) pieces.push(piece);
  }
  return pieces;
}

/** Leaves out each term whose literals contain all those of another. Quadratic, hence only on short lists. */
export function absorb(terms: Terms): Terms {
  if (terms.length < 2 || terms.length > 400) return terms;
  const keyed = terms
    .map((one) => ({ term: one, keys: new Set(one.literals.map(literalKey)) }))
    .sort((a, b) => a.keys.size - b.keys.size);
  const kept: (typeof keyed)[number][] = [];
  for (const one of keyed) {
    const absorbed = kept.some((other) => [...other.keys].every((key) => one.keys.has(key)));
    if (!absorbed) kept.push(one);
  }
  if (kept.length === terms.length) return terms;
  const remaining = new Set(kept.map((one) => one.term));
  return terms.filter((one) => remaining.has(one));
}

/** Equal terms once, with the origins of all of them, in the order of first appearance. */
class TermSet {
  readonly #terms = new Map<string, Term>();

  /** Adds and tells how many there are. */
  add(one: Term): number {
    const key = termKey(one);
    const known = this.#terms.get(key);
    if (known === undefined) this.#terms.set(key, one);
    else if (known.origins !== one.origins) {
      this.#terms.set(key, { literals: known.literals, origins: joinOrigins(known.origins, one.origins) });
    }
    return this.#terms.size;
  }

  terms(): Terms {
    return [...this.#terms.values()];
  }
}

export function joinOrigins(a: readonly Origin[], b: readonly Origin[]): readonly Origin[] {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  const added = b.filter(
    (one) => !a.some((other) => other.label === one.label && samePlace(other.place, one.place)),
  );
  return added.length === 0 ? a : [...a, ...added];
}

function samePlace(a: Origin["place"], b: Origin["place"]): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.block === b.block && a.start === b.start && a.end === b.end;
}
