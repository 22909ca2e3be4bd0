import { type Automaton, run, SetAutomaton } from "./automaton.ts";
import type { Budget } from "./budget.ts";
import type { TextDomain } from "./domain.ts";
import { findNatural } from "./natural-text.ts";
import { type Search, findText as searchProduct } from "./product.ts";
import { automatonOf, languageOf, matches } from "./text-language.ts";
import type { TextPattern } from "./text-pattern.ts";

/** A question about texts: in all of `inside` and of the domain, in none of `outside`. */
export interface TextQuestion {
  readonly inside: readonly TextPattern[];
  readonly outside: readonly TextPattern[];
  readonly domain: TextDomain;
  /** Further languages that have no pattern, as of addresses. */
  readonly automata?: readonly Automaton[];
  readonly hints?: readonly string[];
}

/**
 * Decides the question exactly. Three ways, cheapest first: a finite set is tried value by value; natural texts are
 * tried, most questions having many answers; the product of automata is searched for the rest.
 */
export function findText(question: TextQuestion, budget: Budget): Search {
  const { inside, outside, domain, automata = [], hints = [] } = question;
  const fits = (text: string): boolean =>
    inside.every((one) => matches(one, text)) &&
    !outside.some((one) => matches(one, text)) &&
    (domain.pattern === undefined || matches(domain.pattern, text)) &&
    automata.every((one) => run(one, text));
  const values = smallestSet(domain.pattern === undefined ? inside : [domain.pattern, ...inside]);
  if (values !== undefined) {
    const found = hints.find((one) => values.has(one) && fits(one)) ?? firstOf(values, fits);
    return found === undefined ? "none" : { found };
  }
  const easy = hints.find(fits) ?? findNatural(inside, domain, fits);
  if (easy !== undefined) return { found: easy };
  const patterns = domain.pattern === undefined ? inside : [...inside, domain.pattern];
  const found = searchProduct([...patterns.map(automatonOf), ...automata], excluded(inside, outside), budget);
  return typeof found === "object" ? { found: readable(found.found, domain, fits) } : found;
}

function firstOf(values: ReadonlySet<string>, fits: (text: string) => boolean): string | undefined {
  for (const value of values) if (fits(value)) return value;
  return undefined;
}

/** The fewest values that the answer must be among. Under `ignoreCase` the values stand for others, too. */
function smallestSet(inside: readonly TextPattern[]): ReadonlySet<string> | undefined {
  let best: ReadonlySet<string> | undefined;
  for (const pattern of inside) {
    const { shape, ignoreCase } = languageOf(pattern);
    if (shape.shape !== "finite" || ignoreCase) continue;
    if (best === undefined || shape.values.size < best.size) best = shape.values;
  }
  return best;
}

/** Finite sets are made one automaton; what cannot touch `inside`, judged by prefixes and suffixes, is left out. */
function excluded(inside: readonly TextPattern[], outside: readonly TextPattern[]): readonly Automaton[] {
  const values = new Set<string>();
  const automata: Automaton[] = [];
  for (const pattern of outside) {
    const { shape, ignoreCase } = languageOf(pattern);
    if (shape.shape === "finite" && !ignoreCase) {
      for (const value of shape.values) if (inside.every((one) => matches(one, value))) values.add(value);
    } else if (inside.every((one) => mayTouch(one, pattern))) {
      automata.push(automatonOf(pattern));
    }
  }
  return values.size === 0 ? automata : [new SetAutomaton(values, false), ...automata];
}

/** False only where the literal ends of two patterns already exclude each other. */
export function mayTouch(a: TextPattern, b: TextPattern): boolean {
  const [left, right] = [languageOf(a), languageOf(b)];
  if (left.ignoreCase || right.ignoreCase) return true;
  if (!("prefix" in left.shape && "prefix" in right.shape)) return true;
  const { prefix: p, suffix: s } = left.shape;
  const { prefix: q, suffix: t } = right.shape;
  return (p.startsWith(q) || q.startsWith(p)) && (s.endsWith(t) || t.endsWith(s));
}

/** Puts a word for the letter that stands for "any other" in a text that was found by search, where that still fits. */
function readable(text: string, domain: TextDomain, fits: (text: string) => boolean): string {
  let best = text;
  for (let at = best.indexOf("x"); at >= 0 && best.length < 200; at = best.indexOf("x", at + 1)) {
    const word = domain.words.find((one) => fits(best.slice(0, at) + one + best.slice(at + 1)));
    if (word === undefined) continue;
    best = best.slice(0, at) + word + best.slice(at + 1);
    at += word.length - 1;
  }
  return best;
}
