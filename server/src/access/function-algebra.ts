import type { AccessFunction, OpaqueAtom, Term, Terms } from "./predicate.ts";
import {
  always,
  and,
  defaultTermLimit,
  joinOrigins,
  joinTerms,
  or,
  subtract,
  type TooMany,
  termsDisjoint,
} from "./term-algebra.ts";

/** One entry of a list in which the first that holds decides. */
export interface Entry {
  readonly when: Terms;
  readonly decision: "allow" | "deny";
}

/** An access function of these terms, with those of `atoms` that stand in one of them, each once. */
export function accessFunction(
  allow: Terms,
  deny: Terms,
  ...atoms: readonly (readonly OpaqueAtom[])[]
): AccessFunction {
  const used = new Set<string>();
  for (const terms of [allow, deny]) {
    for (const one of terms) {
      for (const { attribute } of one.literals) if (attribute.sort === "opaque") used.add(attribute.key);
    }
  }
  const opaque = new Map<string, OpaqueAtom>();
  if (used.size > 0) {
    for (const atom of atoms.flat()) {
      if (used.has(atom.attribute.key) && !opaque.has(atom.attribute.key))
        opaque.set(atom.attribute.key, atom);
    }
  }
  return { allow, deny, opaque: [...opaque.values()] };
}

export const allowsNothing: AccessFunction = { allow: [], deny: [], opaque: [] };

/**
 * The function of a first-match list. Denies override here, so each deny is cut by the allows that stand before it
 * and that it overlaps; where entries are disjoint, or have one decision, nothing is cut. Denies that no later
 * allow overlaps are left out under a default of deny. If that grows beyond `limit`, allows are cut by earlier
 * denies instead.
 */
export function firstMatch(
  entries: readonly Entry[],
  otherwise: "allow" | "deny",
  opaque: readonly OpaqueAtom[] = [],
  limit = defaultTermLimit,
): AccessFunction | TooMany {
  const all: readonly Entry[] =
    otherwise === "allow" ? [...entries, { when: always(), decision: "allow" }] : entries;
  const allow = or(...all.filter((entry) => entry.decision === "allow").map((entry) => entry.when));
  const deny = cutDenies(all, limit);
  if (deny !== "too-many-terms") return accessFunction(allow, deny, opaque);
  const cut = cutAllows(all, limit);
  return cut === "too-many-terms" ? cut : accessFunction(cut, [], opaque);
}

function cutDenies(entries: readonly Entry[], limit: number): Terms | TooMany {
  const result: Term[] = [];
  for (const [index, entry] of entries.entries()) {
    if (entry.decision === "allow") continue;
    const later = allowsOf(entries.slice(index + 1));
    const needed = entry.when.filter((one) => later.some((other) => !termsDisjoint(one, other)));
    const cut = subtract(needed, allowsOf(entries.slice(0, index)), limit);
    if (cut === "too-many-terms" || result.length + cut.length > limit) return "too-many-terms";
    result.push(...cut);
  }
  return or(result);
}

function cutAllows(entries: readonly Entry[], limit: number): Terms | TooMany {
  const result: Term[] = [];
  const denied: Term[] = [];
  for (const entry of entries) {
    if (entry.decision === "deny") {
      denied.push(...entry.when);
      continue;
    }
    const cut = subtract(entry.when, denied, limit);
    if (cut === "too-many-terms" || result.length + cut.length > limit) return "too-many-terms";
    result.push(...cut);
  }
  return or(result);
}

function allowsOf(entries: readonly Entry[]): Terms {
  return entries.flatMap((entry) => (entry.decision === "allow" ? entry.when : []));
}

/** Both allow: every satisfiable pair of allow-terms; the denies of either. */
export function conjoin(
  a: AccessFunction,
  b: AccessFunction,
  limit = defaultTermLimit,
): AccessFunction | TooMany {
  const allow = and(a.allow, b.allow, limit);
  if (allow === "too-many-terms") return allow;
  return accessFunction(allow, or(a.deny, b.deny), a.opaque, b.opaque);
}

/** `fn` inside the guard, deny outside; its denies do not reach outside either, so that `union` stays exact. */
export function guarded(
  fn: AccessFunction,
  guard: Terms,
  limit = defaultTermLimit,
  guardAtoms: readonly OpaqueAtom[] = [],
): AccessFunction | TooMany {
  const allow = and(guard, fn.allow, limit);
  const deny = and(guard, fn.deny, limit);
  if (allow === "too-many-terms" || deny === "too-many-terms") return "too-many-terms";
  return accessFunction(allow, overlapping(deny, allow), fn.opaque, guardAtoms);
}

/** Some function allows. Exact only where their guards are disjoint (see `guarded`); else use `anyOf`. */
export function union(...all: readonly AccessFunction[]): AccessFunction {
  return accessFunction(
    or(...all.map((one) => one.allow)),
    or(...all.map((one) => one.deny)),
    ...all.map((one) => one.opaque),
  );
}

/** Some function allows, whatever they are: a deny of one is cut where it overlaps an allow of another. */
export function anyOf(all: readonly AccessFunction[], limit = defaultTermLimit): AccessFunction | TooMany {
  const parts: AccessFunction[] = [];
  for (const [index, one] of all.entries()) {
    const others = all.flatMap((other, at) => (at === index ? [] : other.allow));
    const clashes = one.deny.some((deny) => others.some((other) => !termsDisjoint(deny, other)));
    const part = clashes ? withoutDenies(one, limit) : one;
    if (part === "too-many-terms") return part;
    parts.push(part);
  }
  return union(...parts);
}

/** The same function with allow-terms only. */
export function withoutDenies(fn: AccessFunction, limit = defaultTermLimit): AccessFunction | TooMany {
  const allow = subtract(fn.allow, fn.deny, limit);
  return allow === "too-many-terms" ? allow : accessFunction(allow, [], fn.opaque);
}

/** The allow-terms of `fn` inside `region`, cut by its denies: where it allows, as terms that can be shown. */
export function allowedWithin(fn: AccessFunction, region: Term, limit = defaultTermLimit): Terms | TooMany {
  const inside = fn.allow.flatMap((one) => {
    const both = joinTerms(region, one);
    return both === undefined
      ? []
      : [{ literals: both.literals, origins: joinOrigins(one.origins, region.origins) }];
  });
  return subtract(inside, fn.deny, limit);
}

/** The terms that may overlap one of `others`. */
function overlapping(terms: Terms, others: Terms): Terms {
  if (terms.length * others.length > 1_000_000) return terms;
  return terms.filter((one) => others.some((other) => !termsDisjoint(one, other)));
}
