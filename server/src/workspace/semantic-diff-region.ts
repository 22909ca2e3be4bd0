/** The requests of a difference in words: several terms as few phrases. */
import type { ReadableRegion } from "../access/difference-regions.ts";
import type { Literal, Term } from "../access/predicate.ts";
import { describeTerm } from "../access/region.ts";
import { literalKey, termKey } from "../access/terms.ts";
import { oneOf, type TextPattern } from "../access/text-pattern.ts";
import { positiveRanges } from "./positive-ranges.ts";
import { type CallerNames, isAboutActing, type NamedTerm } from "./semantic-diff-callers.ts";

const mostPhrases = 3;

/**
 * `GET /a by checkout or reports; POST under /b by checkout`: at most three phrases, and how many more. `preferred`
 * are the identities that the rules concerned name.
 */
export function regionInWords(
  regions: readonly Pick<ReadableRegion, "term" | "except" | "sound">[],
  names: CallerNames,
  preferred: ReadonlySet<string>,
): string {
  const byCallers = new Map<string, Part[]>();
  for (const { term, except, sound } of regions) {
    const { rest, callers } = names.name(telling(term), preferred);
    const key = inWords(callers);
    const excepted = except.map((one) => exceptionInWords(names.name(telling(one), preferred)));
    byCallers.set(key, [...(byCallers.get(key) ?? []), { term: rest, except: excepted, sound }]);
  }
  const parts = new Map<string, { readonly part: Part; readonly callers: string[] }>();
  for (const [callers, own] of byCallers)
    for (const part of joinValues(own)) {
      const key = JSON.stringify([termKey(part.term), part.except, part.sound]);
      const known = parts.get(key);
      if (known === undefined) parts.set(key, { part, callers: [callers] });
      else known.callers.push(callers);
    }
  const phrases = [...new Set([...parts.values()].map(({ part, callers }) => phrase(part, callers)))];
  const shown = phrases.slice(0, mostPhrases);
  const more = phrases.length - shown.length;
  return [...withoutRepetition(shown), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

/** The end that all phrases have in common is said once: `GET /a; POST /b; each at host h by c`. */
function withoutRepetition(phrases: readonly string[]): readonly string[] {
  const [first, ...others] = phrases;
  if (first === undefined || others.length === 0) return phrases;
  const ends = [...first.matchAll(/ (?:at|by|with|without|for) /g)].map((match) => first.slice(match.index));
  const common = ends.find((end) =>
    others.every((other) => other.endsWith(end) && other.length > end.length),
  );
  if (common === undefined || common.length < leastRepeated) return phrases;
  return [...phrases.map((one) => one.slice(0, -common.length)), `each${common}`];
}

/** Shorter ends are read faster where they stand. */
const leastRepeated = 24;

/** What a region says beside its callers; exceptions in words. */
interface Part extends Pick<ReadableRegion, "term" | "sound"> {
  readonly except: readonly string[];
}

/** Exceptions say only what the region leaves open, often no more than who else the caller is. */
function exceptionInWords({ rest, callers }: NamedTerm): string {
  if (callers.length === 0) return describeTerm(rest);
  const by = `by ${callers.length === 1 ? callers.join("") : inWords(callers)}`;
  return rest.literals.length === 0 ? by : `${describeTerm(rest)} ${by}`;
}

function phrase({ term, except, sound }: Part, callers: readonly string[]): string {
  const outside = except.length === 0 ? "" : `, except ${except.join(", and ")}`;
  // The difference is known to lie there, and not that all of it does.
  return `${sound ? "" : "some of "}${withCallers(term, callers)}${outside}`;
}

/** Who calls stands before the token that is shown as well. */
function withCallers(term: Term, callers: readonly string[]): string {
  const named = callers.filter((one) => one !== "");
  // What some callers may do whoever they are, all may do.
  if (named.length < callers.length) return describeTerm(term);
  const isToken = ({ attribute }: Literal): boolean => attribute.id.startsWith("jwt.");
  const tokens = term.literals.filter(isToken);
  const rest = describeTerm({ ...term, literals: term.literals.filter((one) => !isToken(one)) });
  const shown = tokens.length === 0 ? "" : ` ${describeTerm({ ...term, literals: tokens })}`;
  return `${rest} by ${alternatives(named)}${shown}`;
}

function inWords(callers: readonly string[]): string {
  return callers.length < 2 ? callers.join("") : `whoever is ${callers.join(" and ")} at once`;
}

const mostCallers = 4;

function alternatives(names: readonly string[]): string {
  const more = names.length - mostCallers;
  const shown = more > 0 ? [...names.slice(0, mostCallers), `${more} more`] : names;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}

/** What is about the caller and the request: not what is opaque, nor that nobody acts for anybody. */
function telling(term: Term): Term {
  const says = (literal: Literal): boolean => literal.attribute.sort !== "opaque" && !isAboutActing(literal);
  return positiveRanges({ ...term, literals: term.literals.filter(says) });
}

/** Terms that differ in the values of one attribute alone are one term with the values of both. */
function joinValues(parts: readonly Part[]): readonly Part[] {
  const plain = parts.filter((part) => part.sound && part.except.length === 0);
  const joined: Term[] = [];
  for (const { term } of plain) {
    let one = term;
    for (let at = joined.length - 1; at >= 0; at--) {
      const other = joined[at];
      const both = other && joinPair(other, one);
      if (both === undefined) continue;
      joined.splice(at, 1);
      one = both;
      at = joined.length;
    }
    joined.push(one);
  }
  return [
    ...joined.map((term): Part => ({ term, except: [], sound: true })),
    ...parts.filter((part) => !plain.includes(part)),
  ];
}

function joinPair(a: Term, b: Term): Term | undefined {
  const [inA, inB] = [new Set(a.literals.map(literalKey)), new Set(b.literals.map(literalKey))];
  const onlyA = a.literals.filter((literal) => !inB.has(literalKey(literal)));
  const onlyB = b.literals.filter((literal) => !inA.has(literalKey(literal)));
  const [mine, theirs] = [onlyA[0], onlyB[0]];
  if (mine === undefined && theirs === undefined) return a;
  if (onlyA.length !== 1 || onlyB.length !== 1 || mine === undefined || theirs === undefined)
    return undefined;
  const both = joinLiterals(mine, theirs);
  if (both === undefined) return undefined;
  return { ...a, literals: a.literals.map((literal) => (literal === mine ? both : literal)) };
}

function joinLiterals(a: Literal, b: Literal): Literal | undefined {
  if (a.attribute !== b.attribute || a.negated || b.negated) return undefined;
  const [one, other] = [a.test, b.test];
  if (one.test === "text" && other.test === "text") {
    const pattern = joinPatterns(one.pattern, other.pattern);
    return pattern && { ...a, test: { test: "text", pattern } };
  }
  if (one.test === "member" && other.test === "member" && one.scalar === other.scalar) {
    const pattern = joinPatterns(one.pattern, other.pattern);
    return pattern && { ...a, test: { ...one, pattern } };
  }
  return undefined;
}

function joinPatterns(a: TextPattern, b: TextPattern): TextPattern | undefined {
  const isPlain = a.kind === "oneOf" && b.kind === "oneOf" && !a.ignoreCase && !b.ignoreCase;
  return isPlain ? oneOf([...new Set([...a.values, ...b.values])]) : undefined;
}
