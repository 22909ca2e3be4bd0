import type { Attribute } from "./attribute.ts";
import type { Budget } from "./budget.ts";
import { domainOf } from "./domain.ts";
import { holds, type Literal, type Term, type Test } from "./predicate.ts";
import { complementLiteral } from "./term-algebra.ts";
import { TestNumbers } from "./test-numbers.ts";
import { disjoint, implies, satisfy } from "./theory.ts";
import type { AttributeValue } from "./value.ts";

/** A literal as a number: even ones are tests, and `lit ^ 1` is the complement of `lit`. */
export type Lit = number;

/** What the first of two literals of one attribute says of the second. */
export type Relation = "implies" | "excludes" | "neither";

/** Thrown where the budget is spent; caught by whoever asked, who answers "too complex" and names the part. */
export class TooComplex extends Error {}

export interface Hints {
  /** Declared names by attribute key, or by attribute id for all attributes of that id. */
  readonly byAttribute: ReadonlyMap<string, readonly string[]>;
}

const maxMemo = 250_000;

/**
 * Literals and attributes as numbers, and the questions about them that the theories answer, each asked once. One
 * oracle serves one comparison.
 */
export class Oracle {
  readonly attributes: Attribute[] = [];
  #hasOpaque = false;
  readonly #optional: boolean[] = [];
  readonly #attributeIds = new Map<string, number>();
  /** The complement of a test is made when somebody asks for it. */
  readonly #literals: (Literal | undefined)[] = [];
  readonly #attributeOf: number[] = [];
  /** Made when first asked for; null: there is none. */
  readonly #heads: (Head | null | undefined)[] = [];
  /** By attribute. */
  readonly #tests: TestNumbers[] = [];
  #relations = new Map<number, Relation>();
  #satisfiable = new Map<string | Lit, boolean>();
  #values = new Map<string, AttributeValue>();

  constructor(readonly hints: Hints | undefined) {}

  /** Literals are the numbers below it. */
  get literalCount(): number {
    return this.#literals.length;
  }

  /** Whether any attribute so far is one of an opaque atom. */
  get hasOpaque(): boolean {
    return this.#hasOpaque;
  }

  attributeId(attribute: Attribute): number {
    const known = this.#attributeIds.get(attribute.key);
    if (known !== undefined) return known;
    this.attributes.push(attribute);
    this.#optional.push(domainOf(attribute).kinds.includes("absent"));
    this.#attributeIds.set(attribute.key, this.attributes.length - 1);
    this.#tests.push(new TestNumbers());
    if (attribute.sort === "opaque") this.#hasOpaque = true;
    return this.attributes.length - 1;
  }

  lit(literal: Literal): Lit {
    const attribute = this.attributeId(literal.attribute);
    const fresh = this.#literals.length;
    const id = (this.#tests[attribute] as TestNumbers).numberOf(literal.test, fresh);
    if (id === fresh) {
      const test = literal.negated ? complementLiteral(literal) : literal;
      this.#literals.push(test, literal.negated ? literal : undefined);
      this.#attributeOf.push(attribute);
    }
    return literal.negated ? id + 1 : id;
  }

  /** The literals of a term, sorted and each once. */
  lits(term: Term): readonly Lit[] {
    const { literals } = term;
    // Of its exact size: lists that grow have room for more, and there are as many lists as terms.
    const lits: Lit[] = new Array(literals.length);
    for (let at = 0; at < literals.length; at++) lits[at] = this.lit(literals[at] as Literal);
    return sortInPlace(lits);
  }

  literal(lit: Lit): Literal {
    const literal = this.#literals[lit];
    if (literal !== undefined) return literal;
    const test = this.#literals[lit & ~1];
    if (test === undefined) throw new Error(`no literal ${lit}`);
    const complement = complementLiteral(test);
    this.#literals[lit] = complement;
    return complement;
  }

  attributeOf(lit: Lit): number {
    return this.#attributeOf[lit >> 1] ?? -1;
  }

  /** What every text that passes the test starts with; only for positive tests of text. */
  head(lit: Lit): Head | undefined {
    if ((lit & 1) === 1) return undefined;
    let head = this.#heads[lit >> 1];
    if (head === undefined) {
      head = headOf(this.literal(lit)) ?? null;
      this.#heads[lit >> 1] = head;
    }
    return head ?? undefined;
  }

  canBeAbsent(attributeId: number): boolean {
    return this.#optional[attributeId] === true;
  }

  /** Whether no value passes both, as far as that can be told without asking a theory. */
  plainlyExcludes(a: Lit, b: Lit): boolean {
    if (a === (b ^ 1)) return true;
    const [left, right] = [this.head(a), this.head(b)];
    return left !== undefined && right !== undefined && headsExclude(left, right);
  }

  /** Both literals speak of the same attribute. Where it is too complex to tell: neither. */
  relation(a: Lit, b: Lit, budget: Budget): Relation {
    if (a === b) return "implies";
    if (this.plainlyExcludes(a, b)) return "excludes";
    const key = a * 0x400_0000 + b;
    let known = this.#relations.get(key);
    if (known === undefined) {
      const [one, other] = [this.literal(a), this.literal(b)];
      known = disjoint(one, other, budget) ? "excludes" : implies(one, other, budget) ? "implies" : "neither";
      if (this.#relations.size >= maxMemo) this.#relations = new Map();
      this.#relations.set(key, known);
    }
    return known;
  }

  /** Whether some value passes all; the literals, sorted and each once, speak of one attribute. */
  satisfiable(lits: readonly Lit[], budget: Budget): boolean | "too-complex" {
    const first = lits[0];
    if (first === undefined) return true;
    for (let index = 1; index < lits.length; index++) {
      if (lits[index] === ((lits[index - 1] ?? 0) ^ 1)) return false;
    }
    // An absent value fails every test, so it passes all negated ones.
    if (this.canBeAbsent(this.attributeOf(first)) && lits.every((lit) => (lit & 1) === 1)) return true;
    const key = lits.length === 1 ? first : lits.join();
    const known = this.#satisfiable.get(key);
    if (known !== undefined) return known;
    budget.remaining -= lits.length;
    if (this.#pairExcludes(lits, budget)) {
      this.#satisfiable.set(key, false);
      return false;
    }
    const answer = this.#decide(lits, budget);
    if (answer === "too-complex") return answer;
    if (this.#satisfiable.size >= maxMemo) this.#satisfiable = new Map();
    this.#satisfiable.set(key, answer);
    return answer;
  }

  /** Whether two of them alone exclude each other, which is told by looking at their ends more often than not. */
  #pairExcludes(lits: readonly Lit[], budget: Budget): boolean {
    for (let one = 0; one < lits.length; one++) {
      for (let other = one + 1; other < lits.length; other++) {
        if (this.relation(lits[one] as Lit, lits[other] as Lit, budget) === "excludes") return true;
      }
    }
    return false;
  }

  #decide(lits: readonly Lit[], budget: Budget): boolean | "too-complex" {
    const value = satisfy(
      lits.map((lit) => this.literal(lit)),
      { budget },
    );
    return value === "too-complex" ? value : value !== undefined;
  }

  /**
   * A natural value that passes all; of no literals, any that is there. Throws where there is none: the caller has
   * asked `satisfiable` before. With `rotation` declared names are tried, starting at another one each time.
   */
  value(
    attributeId: number,
    lits: readonly Lit[],
    rotation: number | undefined,
    budget: Budget,
  ): AttributeValue {
    const attribute = this.attributes[attributeId];
    if (attribute === undefined) throw new Error(`no attribute ${attributeId}`);
    const hints = rotation === undefined ? [] : this.#hintsFor(attribute, rotation);
    if (hints.length > 0) return this.#find(attribute, lits, budget, hints);
    const key = `${attributeId}:${lits.join()}`;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = this.#find(attribute, lits, budget, hints);
    if (this.#values.size >= maxMemo) this.#values = new Map();
    this.#values.set(key, value);
    return value;
  }

  #find(
    attribute: Attribute,
    lits: readonly Lit[],
    budget: Budget,
    hints: readonly string[],
  ): AttributeValue {
    const literals = lits.length === 0 ? [holds(attribute, present)] : lits.map((lit) => this.literal(lit));
    const value = satisfy(literals, { budget, hints });
    if (value === "too-complex") throw new TooComplex(`finding a value of ${attribute.key}`);
    if (value === undefined) throw new Error(`no value of ${attribute.key} passes ${lits.length} tests`);
    return value;
  }

  #hintsFor(attribute: Attribute, rotation: number): readonly string[] {
    const names = this.hints?.byAttribute;
    const known = names?.get(attribute.key) ?? names?.get(attribute.id) ?? [];
    const at = known.length === 0 ? 0 : rotation % known.length;
    return [...known.slice(at), ...known.slice(0, at)];
  }
}

const present: Test = { test: "present" };

/** What every text that passes a test starts with. `exact`: those strings themselves pass, and nothing else. */
export interface Head {
  readonly texts: readonly string[];
  readonly exact: boolean;
}

function headOf(literal: Literal): Head | undefined {
  const { test } = literal;
  if (test.test !== "text" || test.pattern.ignoreCase) return undefined;
  if (test.pattern.kind === "oneOf") return { texts: test.pattern.values, exact: true };
  const [first, ...rest] = test.pattern.parts;
  if (first === undefined || !("literal" in first)) return undefined;
  return { texts: [first.literal], exact: rest.length === 0 };
}

function headsExclude(a: Head, b: Head): boolean {
  return a.texts.every((one) =>
    b.texts.every((other) => {
      if (a.exact && b.exact) return one !== other;
      if (a.exact) return !one.startsWith(other);
      if (b.exact) return !other.startsWith(one);
      return !one.startsWith(other) && !other.startsWith(one);
    }),
  );
}

export function sortedUnique(lits: readonly Lit[]): readonly Lit[] {
  return sortInPlace([...lits]);
}

/** Sorted and each once. Lists are short, for which insertion is several times as fast as the general sort. */
function sortInPlace(lits: Lit[]): readonly Lit[] {
  if (lits.length > 24) {
    lits.sort((a, b) => a - b);
    return lits.filter((lit, index) => index === 0 || lit !== lits[index - 1]);
  }
  let size = 0;
  for (const lit of lits) {
    let at = size;
    while (at > 0 && (lits[at - 1] as Lit) > lit) at--;
    if (at > 0 && lits[at - 1] === lit) continue;
    for (let index = size; index > at; index--) lits[index] = lits[index - 1] as Lit;
    lits[at] = lit;
    size++;
  }
  lits.length = size;
  return lits;
}
