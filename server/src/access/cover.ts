import type { Budget } from "./budget.ts";
import { type Lit, type Oracle, sortedUnique, TooComplex } from "./oracle.ts";

/** A box: for each attribute the literals that its value passes. Attributes that are not named are free. */
export type Box = ReadonlyMap<number, readonly Lit[]>;

/** What of a term is still to be decided inside a box: literals sorted, each once, at least one. */
type Rest = readonly Lit[];

export function boxOf(oracle: Oracle, lits: readonly Lit[]): Box {
  const box = new Map<number, Lit[]>();
  for (const lit of lits) {
    const attribute = oracle.attributeOf(lit);
    const known = box.get(attribute);
    if (known === undefined) box.set(attribute, [lit]);
    else known.push(lit);
  }
  return box;
}

/**
 * Decides whether a box lies inside a union of terms, exactly, and finds a part of it that does not. Every step
 * keeps this: the box that is worked on is not empty, and it has an uncovered point iff the box asked about has.
 * Throws `TooComplex` where the budget is spent first.
 */
export class CoverSolver {
  readonly #oracle: Oracle;
  readonly #budget: Budget;
  /** Residual problems that turned out covered. */
  readonly #covered = new Set<string>();
  #depth = 0;

  constructor(oracle: Oracle, budget: Budget) {
    this.#oracle = oracle;
    this.#budget = budget;
  }

  /** A non-empty part of the box that no term touches; undefined where the box is empty or covered. */
  uncovered(box: Box, terms: readonly (readonly Lit[])[]): Box | undefined {
    const start = new Map([...box].map(([attribute, lits]) => [attribute, sortedUnique(lits)] as const));
    for (const lits of start.values()) {
      if (!this.#satisfiable(lits)) return undefined;
    }
    // One term that says no more than the box: by far the most common way to be covered.
    const given = new Set([...start.values()].flat());
    if (terms.some((term) => term.every((lit) => given.has(lit)))) return undefined;
    this.#depth = 0;
    return this.#solve(start, terms);
  }

  #solve(start: Box, terms: readonly Rest[]): Box | undefined {
    const box = new Map(start);
    let rest: readonly Rest[] | undefined = this.#reduce(box, terms);
    for (;;) {
      if (rest === undefined) return undefined;
      rest = this.#eliminate(box, rest);
      if (rest.length === 0) return box;
      const forced = this.#force(box, rest);
      if (forced === "covered") return undefined;
      const before = rest;
      rest = forced === "nothing" ? this.#decideSingly(box, rest) : this.#reduce(box, rest);
      if (forced === "nothing" && rest === before) break;
    }
    return this.#split(box, rest);
  }

  /** Drops terms that miss the box and literals that hold all over it. Undefined where one term covers the box. */
  #reduce(box: Box, terms: readonly Rest[]): readonly Rest[] | undefined {
    const kept = new Map<string, Rest>();
    for (const term of terms) {
      const rest = this.#rest(box, term);
      if (rest === undefined) continue;
      if (rest.length === 0) return undefined;
      kept.set(rest.join(), rest);
    }
    return [...kept.values()];
  }

  /** The literals of a term that the box leaves open; undefined where they cannot all hold in it. */
  #rest(box: Box, term: Rest): Rest | undefined {
    this.#spend(term.length);
    // What can be told by looking comes first, since most terms miss the box by something plain.
    for (const lit of term) {
      for (const one of box.get(this.#oracle.attributeOf(lit)) ?? []) {
        if (this.#oracle.plainlyExcludes(one, lit)) return undefined;
      }
    }
    let open: Lit[] | undefined;
    for (let index = 0; index < term.length; index++) {
      const lit = term[index] as Lit;
      const given = box.get(this.#oracle.attributeOf(lit));
      let implied = false;
      if (given !== undefined) {
        for (const one of given) {
          const relation = this.#oracle.relation(one, lit, this.#budget);
          if (relation === "excludes") return undefined;
          if (relation === "implies") implied = true;
        }
      }
      if (implied) open ??= term.slice(0, index);
      else open?.push(lit);
    }
    return open ?? term;
  }

  /**
   * Gives an attribute a value on which every term that speaks of it fails, where there is one. Nothing is lost:
   * the other terms do not speak of it. This is the generic point of comparison.md, found by the theory itself.
   */
  #eliminate(box: Map<number, readonly Lit[]>, terms: readonly Rest[]): readonly Rest[] {
    let left = terms;
    for (let progress = true; progress && left.length > 0; ) {
      progress = false;
      for (const [attribute, groups] of this.#groups(left)) {
        const given = box.get(attribute) ?? [];
        const fitting = failingAll(groups).find((picks) => {
          const lits = sortedUnique([...given, ...picks]);
          return this.#oracle.satisfiable(lits, this.#budget) === true;
        });
        this.#spend(groups.length);
        if (fitting === undefined) continue;
        box.set(attribute, sortedUnique([...given, ...fitting]));
        left = left.filter((term) => !term.some((lit) => this.#oracle.attributeOf(lit) === attribute));
        progress = true;
        break;
      }
    }
    return left;
  }

  /** By attribute, most frequent first: of each term that speaks of it, the literals that do. */
  #groups(terms: readonly Rest[]): readonly (readonly [number, readonly Rest[]])[] {
    const byAttribute = new Map<number, Lit[][]>();
    for (const term of terms) {
      const own = new Map<number, Lit[]>();
      for (const lit of term) {
        const attribute = this.#oracle.attributeOf(lit);
        const group = own.get(attribute);
        if (group === undefined) own.set(attribute, [lit]);
        else group.push(lit);
      }
      for (const [attribute, group] of own) {
        const groups = byAttribute.get(attribute);
        if (groups === undefined) byAttribute.set(attribute, [group]);
        else groups.push(group);
      }
    }
    return [...byAttribute].sort((a, b) => b[1].length - a[1].length || a[0] - b[0]);
  }

  /** A term with one open literal: that literal must fail. All of them at once, then one question an attribute. */
  #force(box: Map<number, readonly Lit[]>, terms: readonly Rest[]): "forced" | "nothing" | "covered" {
    const forced = new Map<number, Lit[]>();
    for (const term of terms) {
      const [only] = term;
      if (term.length !== 1 || only === undefined) continue;
      const attribute = this.#oracle.attributeOf(only);
      const lits = forced.get(attribute);
      if (lits === undefined) forced.set(attribute, [only ^ 1]);
      else lits.push(only ^ 1);
    }
    for (const [attribute, lits] of forced) {
      const narrowed = sortedUnique([...(box.get(attribute) ?? []), ...lits]);
      if (!this.#satisfiable(narrowed)) return "covered";
      box.set(attribute, narrowed);
    }
    return forced.size === 0 ? "nothing" : "forced";
  }

  /** Literals that the box decides by several of its own together. The same list where there is none. */
  #decideSingly(box: Box, terms: readonly Rest[]): readonly Rest[] | undefined {
    const decided = new Map<Lit, boolean>();
    for (const lit of new Set(terms.flat())) {
      const given = box.get(this.#oracle.attributeOf(lit)) ?? [];
      if (this.#oracle.satisfiable(sortedUnique([...given, lit]), this.#budget) === false) {
        decided.set(lit, false);
      } else if (this.#oracle.satisfiable(sortedUnique([...given, lit ^ 1]), this.#budget) === false) {
        decided.set(lit, true);
      }
    }
    if (decided.size === 0) return terms;
    const kept = new Map<string, Rest>();
    for (const term of terms) {
      if (term.some((lit) => decided.get(lit) === false)) continue;
      const open = term.filter((lit) => !decided.has(lit));
      if (open.length === 0) return undefined;
      kept.set(open.join(), open);
    }
    return [...kept.values()];
  }

  /** Terms that share no attribute, even through others, are independent questions: one after the other. */
  #split(box: Box, terms: readonly Rest[]): Box | undefined {
    let result = box;
    for (const part of this.#components(terms)) {
      const found = this.#branch(result, part);
      if (found === undefined) return undefined;
      result = found;
    }
    return result;
  }

  #components(terms: readonly Rest[]): readonly (readonly Rest[])[] {
    const parents = new Map<number, number>();
    const root = (attribute: number): number => {
      let at = attribute;
      for (let up = parents.get(at); up !== undefined && up !== at; up = parents.get(at)) at = up;
      return at;
    };
    for (const term of terms) {
      const first = root(this.#oracle.attributeOf(term[0] ?? 0));
      for (const lit of term) parents.set(root(this.#oracle.attributeOf(lit)), first);
    }
    const parts = new Map<number, Rest[]>();
    for (const term of terms) {
      const key = root(this.#oracle.attributeOf(term[0] ?? 0));
      const part = parts.get(key);
      if (part === undefined) parts.set(key, [term]);
      else part.push(term);
    }
    return [...parts.values()].sort((a, b) => a.length - b.length);
  }

  /**
   * Leaves the shortest term, in disjoint ways: its first literal fails; the first holds and the second fails; and
   * so on. Frequent literals first, since failing them ends the most terms.
   */
  #branch(box: Box, terms: readonly Rest[]): Box | undefined {
    const key = this.#problemKey(box, terms);
    if (this.#covered.has(key)) return undefined;
    const counts = new Map<Lit, number>();
    for (const term of terms) for (const lit of term) counts.set(lit, (counts.get(lit) ?? 0) + 1);
    const count = (lit: Lit) => counts.get(lit) ?? 0;
    const weight = (term: Rest) => term.reduce((sum, lit) => sum + count(lit), 0);
    const chosen = terms.reduce((best, term) =>
      term.length < best.length || (term.length === best.length && weight(term) > weight(best)) ? term : best,
    );
    const order = [...chosen].sort((a, b) => count(b) - count(a) || a - b);
    // Each level keeps frames on the stack; a problem this deep has spent any sensible budget anyway.
    if (++this.#depth > 1_500) throw new TooComplex("too many terms depend on each other");
    const others = terms.filter((term) => term !== chosen);
    for (let index = 0; index < order.length; index++) {
      const lits = order.slice(0, index + 1).map((lit, at) => (at === index ? lit ^ 1 : lit));
      const part = this.#narrow(box, lits);
      const found = part === undefined ? undefined : this.#solve(part, others);
      if (found !== undefined) {
        this.#depth--;
        return found;
      }
    }
    this.#depth--;
    if (this.#covered.size < 500_000) this.#covered.add(key);
    return undefined;
  }

  #narrow(box: Box, lits: readonly Lit[]): Box | undefined {
    const narrowed = new Map(box);
    for (const [attribute, added] of boxOf(this.#oracle, lits)) {
      const all = sortedUnique([...(box.get(attribute) ?? []), ...added]);
      if (!this.#satisfiable(all)) return undefined;
      narrowed.set(attribute, all);
    }
    return narrowed;
  }

  /** What the answer depends on: the open terms, and what the box says of their attributes. */
  #problemKey(box: Box, terms: readonly Rest[]): string {
    const attributes = new Set(terms.flat().map((lit) => this.#oracle.attributeOf(lit)));
    const given = [...attributes].sort((a, b) => a - b).map((attribute) => (box.get(attribute) ?? []).join());
    return `${terms
      .map((term) => term.join())
      .sort()
      .join(";")}|${given.join(";")}`;
  }

  #satisfiable(lits: readonly Lit[]): boolean {
    this.#spend(1);
    const answer = this.#oracle.satisfiable(lits, this.#budget);
    if (answer === "too-complex") throw new TooComplex("a question about one attribute");
    return answer;
  }

  #spend(steps: number): void {
    this.#budget.remaining -= steps;
    if (this.#budget.remaining < 0) throw new TooComplex("the step budget is spent");
  }
}

/**
 * Ways to make every group fail by one literal each, cheapest guess first: a test rather than the complement of
 * one, and a literal that already failed for another group.
 */
function failingAll(groups: readonly Rest[]): readonly (readonly Lit[])[] {
  const pick = (prefer: (lit: Lit) => boolean): readonly Lit[] => {
    const failed = new Set<Lit>();
    for (const group of groups) {
      if (group.some((lit) => failed.has(lit ^ 1))) continue;
      const lit = group.find(prefer) ?? group[0];
      if (lit !== undefined) failed.add(lit ^ 1);
    }
    return [...failed];
  };
  const first = pick((lit) => (lit & 1) === 0);
  return groups.some((group) => group.length > 1) ? [first, pick((lit) => (lit & 1) === 1)] : [first];
}
