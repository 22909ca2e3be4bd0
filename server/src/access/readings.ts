/**
 * What a function allows whatever its opaque atoms are, and what it allows for some value of them, as functions
 * without atoms. With these a request that differs *under every value* is searched for like any other.
 */
import type { AccessFunction, Literal, Term, Terms } from "./predicate.ts";
import { andAll, subtract, termsDisjoint } from "./term-algebra.ts";
import { valueHolds } from "./theory.ts";

type Lists = Pick<AccessFunction, "allow" | "deny">;

/** Values of atoms by the keys of their attributes. */
type Valuation = ReadonlyMap<string, "true" | "false" | "error">;

/** With more atoms than this in one question, or more terms, the cautious reading is taken: it leaves answers unknown. */
const mostAtoms = 4;
const mostTerms = 64;

export const hasOpaque = (term: Term): boolean => term.literals.some(isOpaque);

const isOpaque = ({ attribute }: Literal): boolean => attribute.sort === "opaque";

/**
 * What is allowed under every value of the atoms: no deny-term may hold under any, and under each of them some
 * allow-term has to, be it another one each time.
 */
export function leastAllowed({ allow, deny }: Lists): Lists {
  return {
    allow: [...allow.filter((one) => !hasOpaque(one)), ...always(allow.filter(hasOpaque))],
    deny: deny.flatMap(possible),
  };
}

/**
 * What is allowed under some value: of a deny-term without atoms nothing ever is; of one with atoms what an allow-term
 * allows under a value that the deny-term does not hold under.
 */
export function mostAllowed({ allow, deny }: Lists): Lists {
  const depending = deny.filter(hasOpaque);
  return {
    allow: allow.flatMap((one) => sometimesOutside(one, depending)),
    deny: deny.filter((one) => !hasOpaque(one)),
  };
}

function always(terms: Terms): Terms {
  const keys = atomsOf(terms);
  if (keys.length === 0 || keys.length > mostAtoms || terms.length > mostTerms) return [];
  const byValue: Terms[] = [];
  for (const values of valuations(keys)) {
    const holding = terms.filter((one) => agrees(one, values)).map(withoutAtoms);
    if (holding.length === 0) return [];
    byValue.push(holding);
  }
  const all = andAll(byValue, mostTerms);
  return all === "too-many-terms" ? [] : all;
}

function sometimesOutside(term: Term, denies: Terms): Terms {
  const plain = withoutAtoms(term);
  const [possibly] = possible(term);
  if (possibly === undefined) return [];
  const met = denies.filter((deny) => !termsDisjoint(plain, withoutAtoms(deny)));
  const keys = atomsOf([term, ...met]);
  if (met.length === 0 || keys.length > mostAtoms) return [plain];
  const parts: Term[] = [];
  for (const values of valuations(keys)) {
    if (!agrees(term, values)) continue;
    const outside = subtract(
      [plain],
      met.filter((deny) => agrees(deny, values)).map(withoutAtoms),
      mostTerms,
    );
    if (outside === "too-many-terms" || parts.length > mostTerms) return [plain];
    parts.push(...outside);
  }
  return parts;
}

/** The term as if its atoms had the values that it asks for; nothing where they cannot have them. */
function possible(term: Term): Terms {
  if (!hasOpaque(term)) return [term];
  const keys = atomsOf([term]);
  if (keys.length <= mostAtoms && ![...valuations(keys)].some((values) => agrees(term, values))) return [];
  return [withoutAtoms(term)];
}

function withoutAtoms(term: Term): Term {
  return hasOpaque(term) ? { ...term, literals: term.literals.filter((one) => !isOpaque(one)) } : term;
}

function atomsOf(terms: Terms): readonly string[] {
  return [
    ...new Set(terms.flatMap((one) => one.literals.filter(isOpaque).map(({ attribute }) => attribute.key))),
  ];
}

function agrees(term: Term, values: Valuation): boolean {
  return term.literals.every((literal) => {
    const value = values.get(literal.attribute.key);
    return value === undefined || valueHolds({ kind: "opaque", value }, literal);
  });
}

function* valuations(keys: readonly string[]): Generator<Valuation> {
  const choices = ["true", "false", "error"] as const;
  for (let number = 0; number < 3 ** keys.length; number++) {
    yield new Map(keys.map((key, index) => [key, choices[Math.floor(number / 3 ** index) % 3] ?? "true"]));
  }
}
