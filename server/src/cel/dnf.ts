import type { JsonType, Literal, Terms, Test } from "../access/predicate.ts";

/** A conjunction of literals; a disjunction of them. `[]` is never true, `[[]]` always. */
export type Conjunction = readonly Literal[];
export type Dnf = readonly Conjunction[];

export const never: Dnf = [];
export const always: Dnf = [[]];

/** Conditions beyond this are opaque: comparing them costs more than they tell. */
const maximumTerms = 512;

export class TooManyTerms extends Error {}

export function or(...parts: readonly Dnf[]): Dnf {
  const some = parts.filter((part) => part.length > 0);
  return some.length > 1 ? simplify(some.flat()) : (some[0] ?? never);
}

export function and(...parts: readonly Dnf[]): Dnf {
  let product: Dnf = always;
  for (const part of parts) {
    if (product === always) {
      product = part;
      continue;
    }
    if (part === always) continue;
    if (product.length === 0 || part.length === 0) return never;
    if (product.length * part.length > maximumTerms * 8) throw new TooManyTerms();
    product = simplify(product.flatMap((left) => part.map((right) => [...left, ...right])));
  }
  return product;
}

export function not(part: Dnf): Dnf {
  return and(...part.map((conjunction): Dnf => conjunction.map((one) => [negate(one)])));
}

const negations = new WeakMap<Literal, Literal>();

/** The same object for the same literal, so that its key is made once. */
function negate(literal: Literal): Literal {
  let negated = negations.get(literal);
  if (negated === undefined) {
    negated = { ...literal, negated: !literal.negated };
    negations.set(literal, negated);
    negations.set(negated, literal);
  }
  return negated;
}

export function toTerms(part: Dnf): Terms {
  return part.map((literals) => ({ literals, origins: [] }));
}

/** Without conjunctions that can never hold, repeated literals, literals that others imply, and implied conjunctions. */
function simplify(part: Dnf): Dnf {
  const kept: { readonly literals: Conjunction; readonly keys: ReadonlySet<string> }[] = [];
  for (const conjunction of part) {
    const literals = simplifyConjunction(conjunction);
    if (literals === undefined) continue;
    const keys = new Set(literals.map(literalKey));
    if (kept.some((other) => isSubset(other.keys, keys))) continue;
    for (let index = kept.length - 1; index >= 0; index--) {
      const other = kept[index];
      if (other !== undefined && isSubset(keys, other.keys)) kept.splice(index, 1);
    }
    kept.push({ literals, keys });
    if (kept.length > maximumTerms) throw new TooManyTerms();
  }
  return kept.map((one) => one.literals);
}

/** Undefined where it can never hold, as far as the types and the literals themselves tell. */
function simplifyConjunction(conjunction: Conjunction): Conjunction | undefined {
  const byKey = new Map<string, Literal>();
  for (const literal of conjunction) byKey.set(literalKey(literal), literal);
  const types = new Map<string, JsonType | "any">();
  for (const literal of byKey.values()) {
    if (byKey.has(literalKey(negate(literal)))) return undefined;
    if (literal.negated) continue;
    const type = impliedType(literal.test);
    const known = types.get(literal.attribute.key);
    if (type === undefined) continue;
    if (known !== undefined && known !== "any" && type !== "any" && known !== type) return undefined;
    if (known === undefined || known === "any") types.set(literal.attribute.key, type);
  }
  const kept: Literal[] = [];
  for (const literal of byKey.values()) {
    const known = types.get(literal.attribute.key);
    const type = impliedType(literal.test);
    if (known === undefined || type === undefined) {
      // Of an absent value, only its absence needs saying.
      const isAbsent = literal.negated && literal.test.test !== "present" && type !== undefined;
      if (isAbsent && byKey.has(`!${literal.attribute.key} {"test":"present"}`)) continue;
      kept.push(literal);
      continue;
    }
    const saysOnlyType = literal.test.test === "present" || literal.test.test === "type";
    if (!literal.negated) {
      const stronger = [...byKey.values()].some((other) => isStronger(other, literal, known));
      if (!(saysOnlyType && stronger)) kept.push(literal);
      continue;
    }
    if (literal.test.test === "present") return undefined;
    if (known !== "any" && saysOnlyType && type === known) return undefined;
    // A test of another type fails anyway, so that its negation says nothing.
    if (known === "any" || type === known) kept.push(literal);
  }
  return kept;
}

/** Whether `other` says all that `literal`, a test of presence or type, says. */
function isStronger(other: Literal, literal: Literal, known: JsonType | "any"): boolean {
  if (other === literal || other.negated || other.attribute.key !== literal.attribute.key) return false;
  if (literal.test.test === "present") return other.test.test !== "present" && known !== "any";
  return other.test.test !== "present" && other.test.test !== "type";
}

function impliedType(test: Test): JsonType | "any" | undefined {
  switch (test.test) {
    case "present":
      return "any";
    case "type":
      return test.type;
    case "text":
    case "cidr":
      return "text";
    case "boolean":
      return "boolean";
    case "range":
      return "number";
    case "member":
      return test.scalar ? "any" : "list";
    case "opaque":
      return undefined;
  }
}

const keys = new WeakMap<Literal, string>();

function literalKey(literal: Literal): string {
  let key = keys.get(literal);
  if (key === undefined) {
    key = `${literal.negated ? "!" : ""}${literal.attribute.key} ${JSON.stringify(literal.test)}`;
    keys.set(literal, key);
  }
  return key;
}

function isSubset(small: ReadonlySet<string>, large: ReadonlySet<string>): boolean {
  if (small.size > large.size) return false;
  for (const key of small) if (!large.has(key)) return false;
  return true;
}
