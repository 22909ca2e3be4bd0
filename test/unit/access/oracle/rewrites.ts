/** The same access function in other words. Each rewrite keeps the meaning for a reason that is said beside it. */
import type { AccessFunction, Literal, Term, Terms, Test } from "../../../../server/src/access/predicate.ts";
import { not } from "../../../../server/src/access/terms.ts";
import {
  fullMatch,
  oneOf,
  sequence,
  type TextPart,
  type TextPattern,
} from "../../../../server/src/access/text-pattern.ts";
import type { Random } from "../support/random-functions.ts";
import { addressText } from "./address-text.ts";
import { addressRange } from "./smt-address.ts";
import { atoms, atomTest, type Subject } from "./vocabulary.ts";

type Rewrite = (fn: AccessFunction, source: Random, from: readonly Subject[]) => AccessFunction;

export function rewritten(fn: AccessFunction, source: Random, from: readonly Subject[]): AccessFunction {
  const all = [...rewrites.values()];
  let result = fn;
  for (let count = 1 + source.below(4); count > 0; count--) {
    const next = source.pick(all)(result, source, from);
    if (next.allow.length + next.deny.length <= mostTerms) result = next;
  }
  return result;
}

/** Functions stay of a size that z3 answers for. */
const mostTerms = 15;

const opposite = (literal: Literal): Literal => ({ ...literal, negated: !literal.negated });
const withLiterals = (term: Term, ...literals: readonly Literal[]): Term => ({ ...term, literals });

function shuffled<T>(items: readonly T[], source: Random): readonly T[] {
  const left = [...items];
  const result: T[] = [];
  while (left.length > 0) result.push(...left.splice(source.below(left.length), 1));
  return result;
}

/** Order does not count, nor does repetition. */
const reorder: Rewrite = (fn, source) => {
  const lists = (terms: Terms) =>
    shuffled(terms, source).map((term) => withLiterals(term, ...shuffled(term.literals, source)));
  return { ...fn, allow: lists(fn.allow), deny: lists(fn.deny) };
};
const repeat: Rewrite = (fn, source) => ({
  ...fn,
  allow: fn.allow.flatMap((term) => (source.chance(0.3) ? [term, term] : [term])),
  deny: fn.deny.map((term) => withLiterals(term, ...term.literals, ...term.literals.slice(0, 1))),
});

/** Every term, or none, of a list is replaced by terms that hold together where it does. */
const perTerm =
  (change: (term: Term, source: Random, from: readonly Subject[]) => Terms): Rewrite =>
  (fn, source, from) => {
    const most = source.chance(0.5) ? 1 : 0.4;
    const list = (terms: Terms) =>
      terms.flatMap((term) => (source.chance(most) ? change(term, source, from) : [term]));
    return { ...fn, allow: list(fn.allow), deny: list(fn.deny) };
  };

/** Inside of something and outside of it is everything. */
const split = perTerm((term, source, from) => {
  const { attribute, test } = literalOf(source, from);
  const literal: Literal = { attribute, test: test(source), negated: false };
  return [
    withLiterals(term, ...term.literals, literal),
    withLiterals(term, opposite(literal), ...term.literals),
  ];
});
const literalOf = (source: Random, from: readonly Subject[]): Subject => source.pick(from);

/** The three values of an atom are everything. */
const splitByAtom: Rewrite = (fn, source) => {
  const atom = source.pick(atoms);
  const at = source.below(Math.max(fn.allow.length, 1));
  const allow = fn.allow.flatMap((term, index) =>
    index === at
      ? (["true", "false", "error"] as const).map((value) =>
          withLiterals(term, ...term.literals, {
            attribute: atom.attribute,
            test: { test: "opaque", value },
            negated: false,
          }),
        )
      : [term],
  );
  return { ...fn, allow, opaque: atoms };
};

/** What a term covers already may be said again. */
const addCovered: Rewrite = (fn, source, from) => {
  const covered = (terms: Terms): Terms => {
    const term = terms[source.below(terms.length)];
    if (term === undefined) return terms;
    const { attribute, test } = source.pick(from);
    const more: Literal = { attribute, test: test(source), negated: source.chance(0.4) };
    return [...terms, withLiterals(term, more, ...term.literals)];
  };
  return { ...fn, allow: covered(fn.allow), deny: covered(fn.deny) };
};

/** With an atom that may or may not hold, too. */
const addCoveredByAtom: Rewrite = (fn, source) => {
  const term = fn.allow[source.below(fn.allow.length)];
  if (term === undefined) return fn;
  const more: Literal = {
    attribute: source.pick(atoms).attribute,
    test: atomTest(source),
    negated: source.chance(0.4),
  };
  return { ...fn, allow: [withLiterals(term, ...term.literals, more), ...fn.allow], opaque: atoms };
};

/** A deny of one term is a condition of every allow: De Morgan. */
const denyIntoAllow: Rewrite = (fn) => {
  const [only] = fn.deny;
  if (only === undefined || fn.deny.length > 1) return fn;
  const allow = fn.allow.flatMap((term) =>
    only.literals.map((literal) => withLiterals(term, ...term.literals, opposite(literal))),
  );
  return { ...fn, allow, deny: [] };
};

/** The complement of the complement. */
const complementTwice: Rewrite = (fn, source) => {
  const twice = (terms: Terms): Terms => {
    if (terms.length > 4) return terms;
    const once = not(terms, 40);
    const back = once === "too-many-terms" ? once : not(once, mostTerms);
    return back === "too-many-terms" ? terms : back;
  };
  return source.chance(0.5) ? { ...fn, allow: twice(fn.allow) } : { ...fn, deny: twice(fn.deny) };
};

/** One literal as several terms that hold together where it does, or one after the other in one term. */
const splitLiteral = perTerm((term, source) => {
  const at = source.below(Math.max(term.literals.length, 1));
  const literal = term.literals[at];
  if (literal === undefined) return [term];
  const parts = partsOf(literal.test, source);
  const others = term.literals.filter((_, index) => index !== at);
  const tests = parts.map((test): Literal => ({ ...literal, test }));
  if (literal.negated) return [withLiterals(term, ...others, ...tests)];
  return tests.map((one) => withLiterals(term, ...others, one));
});

/** Tests of which at least one holds where the given one does, and none elsewhere. */
function partsOf(test: Test, source: Random): readonly Test[] {
  switch (test.test) {
    case "text":
    case "member": {
      const { pattern } = test;
      if (pattern.kind === "oneOf") {
        return pattern.values.map((value) => ({ ...test, pattern: { ...pattern, values: [value] } }));
      }
      return [test];
    }
    case "range": {
      const { min, max } = test;
      if (min === undefined || max === undefined || max - min < 1) return [test];
      const middle = min + 0.5;
      const { maxOpen: _maxOpen, max: _max, ...low } = test;
      const { minOpen: _minOpen, min: _min, ...high } = test;
      return source.chance(0.5)
        ? [
            { ...low, max: middle },
            { ...high, min: middle, minOpen: true },
          ]
        : [
            { ...low, max: middle, maxOpen: true },
            { ...high, min: middle },
          ];
    }
    case "cidr": {
      const { version, first, last } = addressRange(test.network);
      const bits = Number(test.network.split("/")[1] ?? "");
      if (first === last) return [test];
      const half = (last - first + 1n) / 2n;
      return [first, first + half].map((start) => ({
        test: "cidr",
        network: `${addressText(version, start)}/${bits + 1}`,
      }));
    }
    default:
      return [test];
  }
}

/** The same set of texts as another pattern: a template as a regular expression, a set as alternatives. */
const otherPattern: Rewrite = (fn, source) => {
  const literal = (one: Literal): Literal => {
    const { test, attribute } = one;
    if (attribute.sort === "ip" || (test.test !== "text" && test.test !== "member") || source.chance(0.3))
      return one;
    return { ...one, test: { ...test, pattern: samePattern(test.pattern, source) } };
  };
  const list = (terms: Terms) => terms.map((term) => withLiterals(term, ...term.literals.map(literal)));
  return { ...fn, allow: list(fn.allow), deny: list(fn.deny) };
};

export function samePattern(pattern: TextPattern, source: Random): TextPattern {
  if (pattern.ignoreCase) return pattern;
  if (pattern.kind === "oneOf") {
    const quotedValues = pattern.values.map(quoted);
    return source.chance(0.5) ? fullMatch(quotedValues.join("|")) : oneOf([...pattern.values].reverse());
  }
  // One regular expression, unless anchors inside speak of the whole text: then parts with an empty one between.
  const hasAnchors = pattern.parts.some((part) => "regex" in part && /[$^]/.test(part.regex));
  if (hasAnchors) return sequence(...pattern.parts, { literal: "" });
  return fullMatch(pattern.parts.map(partAsRegex).join(""));
}

const quoted = (text: string): string => text.replace(/[^A-Za-z0-9/_]/g, (char) => `\\${char}`);

function partAsRegex(part: TextPart): string {
  if ("literal" in part) return quoted(part.literal);
  if ("regex" in part) return `(?:${part.regex})`;
  return part.any === "chars" ? "(?s:.*)" : "[^/]+";
}

/** A test that a present value passes only says that the value is present. */
const sayPresent = perTerm((term) => {
  const literal = term.literals.find((one) => !one.negated && one.attribute.sort !== "opaque");
  if (literal === undefined) return [term];
  const present: Literal = { attribute: literal.attribute, test: { test: "present" }, negated: false };
  return [withLiterals(term, present, ...term.literals)];
});

/** By what they do. */
export const rewrites: ReadonlyMap<string, Rewrite> = new Map([
  ["reorder", reorder],
  ["repeat", repeat],
  ["split by a test", split],
  ["split by an atom", splitByAtom],
  ["add a covered term", addCovered],
  ["add a term covered by an atom", addCoveredByAtom],
  ["deny into allow (De Morgan)", denyIntoAllow],
  ["complement twice", complementTwice],
  ["split a literal", splitLiteral],
  ["another pattern", otherPattern],
  ["say that it is present", sayPresent],
]);
