import { type Budget, within } from "./budget.ts";
import type { TextDomain } from "./domain.ts";
import { findText, mayTouch } from "./find-text.ts";
import { languageOf, matches } from "./text-language.ts";
import type { TextPattern } from "./text-pattern.ts";

/**
 * Inclusion and disjointness of two patterns within a domain, for the very many pairs that a look at both decides:
 * finite sets, literal ends, and one sample text of each. Undefined where only a search can tell.
 */

/** A text of the pattern in the domain; undefined where there is none; null where that is too complex. */
type Sample = string | undefined | null;

const sampleBudget = 80_000;

const samples = new WeakMap<TextPattern, Map<TextDomain, Sample>>();

function sampleOf(pattern: TextPattern, domain: TextDomain, meter: Budget | undefined): Sample {
  let known = samples.get(pattern);
  if (known === undefined) {
    known = new Map();
    samples.set(pattern, known);
  }
  if (known.has(domain)) return known.get(domain);
  const hasAll = meter === undefined || meter.remaining >= sampleBudget;
  const found = within(meter, sampleBudget, (own) =>
    findText({ inside: [pattern], outside: [], domain }, own),
  );
  const sample = found === "none" ? undefined : found === "too-complex" ? null : found.found;
  if (sample !== null || hasAll) known.set(domain, sample);
  return sample;
}

/** Whether no text of the domain is in the pattern; false also where that is too complex to decide. */
export const isEmpty = (pattern: TextPattern, domain: TextDomain, meter?: Budget): boolean =>
  sampleOf(pattern, domain, meter) === undefined;

/** Whether every text of the domain that is in `inner` is in `outer`. */
export function covers(
  outer: TextPattern,
  inner: TextPattern,
  domain: TextDomain,
  meter?: Budget,
): boolean | undefined {
  const { shape, ignoreCase } = languageOf(inner);
  if (shape.shape === "finite" && !ignoreCase) {
    // The sample is remembered, while asking whether a value is possible runs an automaton.
    const sample = sampleOf(inner, domain, meter);
    if (sample === undefined) return true;
    if (sample !== null && !matches(outer, sample)) return false;
    for (const value of shape.values) {
      if (!matches(outer, value) && isPossible(value, domain)) return false;
    }
    return true;
  }
  const wide = languageOf(outer);
  // A text of a pattern with literal ends has both of them, one after the other.
  if ("prefix" in shape && wide.shape.shape === "affix" && ignoreCase === wide.ignoreCase) {
    const { prefix, suffix } = wide.shape;
    if (shape.prefix.startsWith(prefix) && shape.suffix.endsWith(suffix)) return true;
  }
  const sample = sampleOf(inner, domain, meter);
  if (sample === undefined) return true;
  return sample !== null && !matches(outer, sample) ? false : undefined;
}

/** Whether no text of the domain is in both. */
export function areApart(
  a: TextPattern,
  b: TextPattern,
  domain: TextDomain,
  meter?: Budget,
): boolean | undefined {
  const left = languageOf(a);
  if (left.shape.shape === "finite" && !left.ignoreCase) return noneOf(left.shape.values, b, domain);
  const right = languageOf(b);
  if (right.shape.shape === "finite" && !right.ignoreCase) return noneOf(right.shape.values, a, domain);
  if (!mayTouch(a, b)) return true;
  return isCommon(sampleOf(a, domain, meter), b) || isCommon(sampleOf(b, domain, meter), a)
    ? false
    : undefined;
}

const isCommon = (sample: Sample, pattern: TextPattern): boolean =>
  typeof sample === "string" && matches(pattern, sample);

function noneOf(values: ReadonlySet<string>, pattern: TextPattern, domain: TextDomain): boolean {
  for (const value of values) if (matches(pattern, value) && isPossible(value, domain)) return false;
  return true;
}

const isPossible = (value: string, domain: TextDomain): boolean =>
  domain.pattern === undefined || matches(domain.pattern, value);
