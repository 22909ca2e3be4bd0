/**
 * Seeded random pairs of access functions over the full predicate set, such that the labels (equal, wider, narrower,
 * incomparable, unknown) come out balanced. What label a pair has is not known here: that is for the oracle to say.
 */
import type { AccessFunction, Literal, Term, Terms } from "../../../../server/src/access/predicate.ts";
import { type Random, random } from "../support/random-functions.ts";
import { rewritten } from "./rewrites.ts";
import { atoms, atomTest, families, type Subject, subjects } from "./vocabulary.ts";

export interface RandomPair {
  readonly seed: number;
  readonly left: AccessFunction;
  readonly right: AccessFunction;
}

export function randomPair(seed: number): RandomPair {
  const source = random(seed);
  const from = theme(source);
  const left = randomFunction(source, from);
  switch (source.below(12)) {
    case 0:
    case 1:
      return { seed, left, right: related(left, source, from) };
    case 2:
    case 3:
      return { seed, left, right: rewritten(widened(left, source, from), source, from) };
    case 4:
    case 5:
      return { seed, left, right: rewritten(narrowed(left, source, from), source, from) };
    case 6:
    case 7:
    case 8:
      return { seed, left, right: randomFunction(source, from) };
    default:
      return { seed, left, right: rewritten(withDoubt(left, source), source, from) };
  }
}

/** The same in other words, or with one small change. */
export function related(left: AccessFunction, source: Random, from: readonly Subject[]): AccessFunction {
  const changes = [
    (fn: AccessFunction) => fn,
    (fn: AccessFunction) => widened(fn, source, from),
    (fn: AccessFunction) => narrowed(fn, source, from),
    (fn: AccessFunction) => shifted(fn, source, from),
  ];
  return rewritten(source.pick(changes)(left), source, from);
}

/** For one pair in six, regions of its attributes in which no request lies; none for the others. */
export function randomImpossible({ seed, left, right }: RandomPair): Terms {
  const source = random(seed ^ 0x5eed);
  if (!source.chance(1 / 6)) return [];
  const literals = [left.allow, left.deny, right.allow, right.deny]
    .flat()
    .flatMap((term) => term.literals)
    .filter((one) => one.attribute.sort !== "opaque");
  const keys = new Set(literals.map((one) => one.attribute.key));
  const from = subjects.filter((one) => keys.has(one.attribute.key));
  const count = from.length === 0 ? 0 : 1 + source.below(2);
  return Array.from({ length: count }, () => ({
    literals: Array.from({ length: 1 + source.below(3) }, () => randomLiteral(source, from)),
    origins: [],
  }));
}

/** A few attributes, those that belong together together, so that the terms of a pair meet each other. */
function theme(source: Random): readonly Subject[] {
  const chosen = new Set<Subject>();
  for (let count = 2 + source.below(4); count > 0; count--) {
    const one = source.pick(subjects);
    const family = families.find((keys) => keys.includes(one.attribute.key)) ?? [one.attribute.key];
    for (const other of subjects) if (family.includes(other.attribute.key)) chosen.add(other);
  }
  return [...chosen];
}

function randomLiteral(source: Random, from: readonly Subject[]): Literal {
  const { attribute, test } = source.pick(from);
  return { attribute, test: test(source), negated: source.chance(0.25) };
}

function atomLiteral(source: Random): Literal {
  return { attribute: source.pick(atoms).attribute, test: atomTest(source), negated: source.chance(0.25) };
}

function randomTerm(source: Random, from: readonly Subject[], label: string, atomShare: number): Term {
  const literals = Array.from({ length: 1 + source.below(4) }, () => randomLiteral(source, from));
  if (source.chance(atomShare)) literals.push(atomLiteral(source));
  return { literals, origins: [{ label }] };
}

/** At most so many terms, denies among them. */
export function randomFunction(source: Random, from: readonly Subject[], most = 12): AccessFunction {
  const atomShare = source.chance(0.3) ? 0.25 : 0;
  const terms = (count: number, label: string): Terms =>
    Array.from({ length: count }, (_, index) => randomTerm(source, from, `${label}${index}`, atomShare));
  const all = 1 + source.below(source.chance(0.5) ? Math.min(5, most) : most);
  const denies = source.chance(0.5) ? source.below(Math.ceil(all / 2)) : 0;
  return { allow: terms(all - denies, "allow"), deny: terms(denies, "deny"), opaque: atoms };
}

const without = <T>(items: readonly T[], at: number): readonly T[] =>
  items.filter((_, index) => index !== at);

/** One literal of one term less; the term itself where it has none. */
function looser(terms: Terms, source: Random): Terms {
  const at = source.below(Math.max(terms.length, 1));
  return terms.map((term, index) =>
    index === at ? { ...term, literals: without(term.literals, source.below(term.literals.length)) } : term,
  );
}

function tighter(terms: Terms, source: Random, from: readonly Subject[]): Terms {
  const at = source.below(Math.max(terms.length, 1));
  return terms.map((term, index) =>
    index === at ? { ...term, literals: [...term.literals, randomLiteral(source, from)] } : term,
  );
}

/** Allows no less: a term more, a literal less; of the denies the other way round. */
function widened(fn: AccessFunction, source: Random, from: readonly Subject[]): AccessFunction {
  const way = source.below(fn.deny.length > 0 ? 4 : 2);
  switch (way) {
    case 0:
      return { ...fn, allow: [...fn.allow, randomTerm(source, from, "added", 0)] };
    case 1:
      return { ...fn, allow: looser(fn.allow, source) };
    case 2:
      return { ...fn, deny: without(fn.deny, source.below(fn.deny.length)) };
    default:
      return { ...fn, deny: tighter(fn.deny, source, from) };
  }
}

/** Allows no more. */
function narrowed(fn: AccessFunction, source: Random, from: readonly Subject[]): AccessFunction {
  switch (source.below(3)) {
    case 0:
      return { ...fn, allow: tighter(fn.allow, source, from) };
    case 1:
      return { ...fn, allow: without(fn.allow, source.below(fn.allow.length)) };
    default:
      return { ...fn, deny: [...fn.deny, randomTerm(source, from, "added", 0)] };
  }
}

/** Something more and something less. */
function shifted(fn: AccessFunction, source: Random, from: readonly Subject[]): AccessFunction {
  const other = widened(fn, source, from);
  return source.chance(0.5)
    ? { ...other, allow: tighter(other.allow, source, from) }
    : { ...other, deny: [...other.deny, randomTerm(source, from, "added", 0)] };
}

/** An opaque condition more somewhere, or the value of one changed. */
function withDoubt(fn: AccessFunction, source: Random): AccessFunction {
  const doubt = (terms: Terms): Terms => {
    const at = source.below(Math.max(terms.length, 1));
    return terms.map((term, index) =>
      index === at ? { ...term, literals: [...term.literals, atomLiteral(source)] } : term,
    );
  };
  return fn.deny.length > 0 && source.chance(0.3)
    ? { ...fn, deny: doubt(fn.deny) }
    : { ...fn, allow: doubt(fn.allow) };
}
