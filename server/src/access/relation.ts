import { type Budget, within } from "./budget.ts";
import { type Domain, domainOf } from "./domain.ts";
import { contains as networkContains, networkOf } from "./ip.ts";
import type { Range } from "./numbers.ts";
import type { Literal } from "./predicate.ts";
import { satisfy } from "./satisfy.ts";
import { areApart, covers, isEmpty } from "./text-relation.ts";

/** Pairs that took a search are remembered; the others are quicker to decide again. */
type Memo = WeakMap<Literal, WeakMap<Literal, boolean>>;
const implied: Memo = new WeakMap();
const excluded: Memo = new WeakMap();
const complements = new WeakMap<Literal, Literal>();

/** What a question about two literals may cost; beyond it the answer is the cautious one. */
const pairBudget = 80_000;

/**
 * Whether every value that satisfies `a` satisfies `b`, of the same attribute. Exact but where that is too complex
 * to decide, which gives false. `meter` pays for what it costs.
 */
export function implies(a: Literal, b: Literal, meter?: Budget): boolean {
  if (a === b) return true;
  if (a.negated) {
    if (b.negated) return positiveImplies(complementOf(b), complementOf(a), meter);
    return decide(a, b, implied, () => [a, complementOf(b)], meter);
  }
  return b.negated ? positiveDisjoint(a, complementOf(b), meter) : positiveImplies(a, b, meter);
}

/** Whether no value satisfies both, of the same attribute. False where that is too complex to decide. */
export function disjoint(a: Literal, b: Literal, meter?: Budget): boolean {
  if (a === b) return decide(a, a, excluded, () => [a], meter);
  if (a.negated) {
    if (!b.negated) return positiveImplies(b, complementOf(a), meter);
    return decide(a, b, excluded, () => [a, b], meter);
  }
  return b.negated ? positiveImplies(a, complementOf(b), meter) : positiveDisjoint(a, b, meter);
}

function positiveImplies(a: Literal, b: Literal, meter: Budget | undefined): boolean {
  return (
    quickImplies(a, b, domainOf(a.attribute), meter) ??
    decide(a, b, implied, () => [a, complementOf(b)], meter)
  );
}

function positiveDisjoint(a: Literal, b: Literal, meter: Budget | undefined): boolean {
  return quickDisjoint(a, b, domainOf(a.attribute), meter) ?? decide(a, b, excluded, () => [a, b], meter);
}

/** Undefined: not decided without a search. Both are read as not negated. */
function quickImplies(
  a: Literal,
  b: Literal,
  domain: Domain,
  meter: Budget | undefined,
): boolean | undefined {
  const [one, other] = [a.test, b.test];
  if (one === other || other.test === "present") return true;
  if (a.attribute.sort === "ip" && (one.test === "text" || other.test === "text")) return undefined;
  if (one.test === "text") {
    if (!domain.kinds.includes("text")) return undefined;
    if (other.test === "text") return covers(other.pattern, one.pattern, domain.text, meter);
    if (other.test === "member" && other.scalar)
      return covers(other.pattern, one.pattern, domain.text, meter);
    return undefined;
  }
  if (one.test === "member" && other.test === "member" && domain.kinds.includes("list")) {
    // A scalar passes only tests that take scalars; else each test is about a member of its own.
    if (one.scalar && !other.scalar && domain.kinds.includes("text")) return undefined;
    return covers(other.pattern, one.pattern, domain.text, meter);
  }
  if (one.test === "range" && other.test === "range") return rangeWithin(one, other) ? true : undefined;
  if (one.test === "cidr" && other.test === "cidr") {
    return networkContains(networkOf(other.network), networkOf(one.network));
  }
  return undefined;
}

function quickDisjoint(
  a: Literal,
  b: Literal,
  domain: Domain,
  meter: Budget | undefined,
): boolean | undefined {
  const [one, other] = [a.test, b.test];
  if (a.attribute.sort === "ip" && (one.test === "text" || other.test === "text")) return undefined;
  if (one.test === "text" && other.test === "text" && domain.kinds.includes("text")) {
    return areApart(one.pattern, other.pattern, domain.text, meter);
  }
  if (one.test === "member" && other.test === "member" && domain.kinds.includes("list")) {
    const possible = !isEmpty(one.pattern, domain.text, meter) && !isEmpty(other.pattern, domain.text, meter);
    return possible ? false : undefined;
  }
  if (one.test === "range" && other.test === "range") return rangesApart(one, other) ? true : undefined;
  if (one.test === "cidr" && other.test === "cidr") {
    const [left, right] = [networkOf(one.network), networkOf(other.network)];
    return !networkContains(left, right) && !networkContains(right, left);
  }
  return undefined;
}

/** Whether nothing satisfies the literals; remembered by the pair that it is asked for. */
function decide(
  a: Literal,
  b: Literal,
  memo: Memo,
  literals: () => readonly Literal[],
  meter: Budget | undefined,
): boolean {
  let row = memo.get(a);
  if (row === undefined) {
    row = new WeakMap();
    memo.set(a, row);
  }
  const known = row.get(b);
  if (known !== undefined) return known;
  const hasAll = meter === undefined || meter.remaining >= pairBudget;
  const value = within(meter, pairBudget, (own) => satisfy(literals(), { budget: own }));
  // What was cut short by another's bound may be found out when it is asked again.
  if (value !== "too-complex" || hasAll) row.set(b, value === undefined);
  return value === undefined;
}

/** The same object for the same literal, so that what is remembered of it is found again. */
function complementOf(literal: Literal): Literal {
  let made = complements.get(literal);
  if (made === undefined) {
    made = { attribute: literal.attribute, test: literal.test, negated: !literal.negated };
    complements.set(literal, made);
    complements.set(made, literal);
  }
  return made;
}

function rangeWithin(a: Range, b: Range): boolean {
  if (b.integer && !a.integer) return false;
  const low =
    b.min === undefined ||
    (a.min !== undefined && (a.min > b.min || (a.min === b.min && (!b.minOpen || a.minOpen === true))));
  const high =
    b.max === undefined ||
    (a.max !== undefined && (a.max < b.max || (a.max === b.max && (!b.maxOpen || a.maxOpen === true))));
  return low && high;
}

const endsBefore = (a: Range, b: Range): boolean =>
  a.max !== undefined &&
  b.min !== undefined &&
  (a.max < b.min || (a.max === b.min && (a.maxOpen === true || b.minOpen === true)));

const rangesApart = (a: Range, b: Range): boolean => endsBefore(a, b) || endsBefore(b, a);
