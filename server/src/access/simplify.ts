import { literalKey } from "./literal-key.ts";
import { fails, holds, type Literal, type Term, type Test } from "./predicate.ts";
import type { TextPattern } from "./text-pattern.ts";
import { implies, satisfy } from "./theory.ts";

/**
 * The same term with as few literals as are found, in a canonical form per attribute; undefined where it can never
 * hold. What is too complex to decide stays as it is.
 */
export function simplify(term: Term): Term | undefined {
  const groups = new Map<string, Literal[]>();
  for (const literal of term.literals) {
    const group = groups.get(literal.attribute.key);
    if (group === undefined) groups.set(literal.attribute.key, [literal]);
    else group.push(literal);
  }
  const literals: Literal[] = [];
  for (const group of groups.values()) {
    const simpler = simplifyGroup(group);
    if (simpler === undefined) return undefined;
    literals.push(...simpler);
  }
  return { literals, origins: term.origins };
}

const groupCache = new Map<string, readonly Literal[] | undefined>();

/** Literals of one attribute, simplified. The same groups come back in term after term, hence the bounded cache. */
function simplifyGroup(group: readonly Literal[]): readonly Literal[] | undefined {
  const unique = new Map(group.map((literal) => [literalKey(literal), literal]));
  const key = [...unique.keys()].sort().join(" & ");
  if (groupCache.has(key)) return groupCache.get(key);
  const merged = mergeAll([...unique.values()]);
  const simpler = satisfy(merged) === undefined ? undefined : dropImplied(merged);
  if (groupCache.size >= 50_000) groupCache.clear();
  groupCache.set(key, simpler);
  return simpler;
}

function dropImplied(literals: readonly Literal[]): readonly Literal[] {
  const kept = [...literals];
  for (let index = kept.length - 1; index >= 0 && kept.length > 1; index--) {
    const one = kept[index];
    if (one === undefined) continue;
    if (kept.some((other, at) => at !== index && implies(other, one))) kept.splice(index, 1);
  }
  return kept;
}

function mergeAll(literals: readonly Literal[]): readonly Literal[] {
  const merged: Literal[] = [];
  for (const literal of literals) {
    const at = merged.findIndex((other) => mergePair(other, literal) !== undefined);
    const other = merged[at];
    const both = other === undefined ? undefined : mergePair(other, literal);
    if (both === undefined) merged.push(literal);
    else merged[at] = both;
  }
  return merged;
}

/** One literal that says what the two say together, where there is one of the same kind. */
function mergePair(a: Literal, b: Literal): Literal | undefined {
  if (a.negated !== b.negated) return undefined;
  const test = a.negated ? eitherTest(a.test, b.test) : bothTests(a.test, b.test);
  if (test === undefined) return undefined;
  return a.negated ? fails(a.attribute, test) : holds(a.attribute, test);
}

function bothTests(a: Test, b: Test): Test | undefined {
  if (a.test === "text" && b.test === "text") {
    const [left, right] = [plainValues(a.pattern), plainValues(b.pattern)];
    if (left === undefined || right === undefined) return undefined;
    return { test: "text", pattern: { kind: "oneOf", values: left.filter((one) => right.includes(one)) } };
  }
  if (a.test === "range" && b.test === "range") return intersectRanges(a, b);
  return undefined;
}

function eitherTest(a: Test, b: Test): Test | undefined {
  if (a.test === "text" && b.test === "text") {
    const pattern = eitherPattern(a.pattern, b.pattern);
    return pattern && { test: "text", pattern };
  }
  if (a.test === "member" && b.test === "member" && a.scalar === b.scalar) {
    const pattern = eitherPattern(a.pattern, b.pattern);
    return pattern && { ...a, pattern };
  }
  return undefined;
}

function eitherPattern(a: TextPattern, b: TextPattern): TextPattern | undefined {
  const [left, right] = [plainValues(a), plainValues(b)];
  if (left === undefined || right === undefined) return undefined;
  return { kind: "oneOf", values: [...new Set([...left, ...right])].sort() };
}

function plainValues(pattern: TextPattern): readonly string[] | undefined {
  return pattern.kind === "oneOf" && pattern.ignoreCase !== true ? pattern.values : undefined;
}

type Range = Extract<Test, { readonly test: "range" }>;

function intersectRanges(a: Range, b: Range): Range {
  const low = tighter(a.min, a.minOpen, b.min, b.minOpen, (x, y) => x > y);
  const high = tighter(a.max, a.maxOpen, b.max, b.maxOpen, (x, y) => x < y);
  return {
    test: "range",
    ...(low === undefined ? {} : { min: low.at, ...(low.open ? { minOpen: true as const } : {}) }),
    ...(high === undefined ? {} : { max: high.at, ...(high.open ? { maxOpen: true as const } : {}) }),
    ...(a.integer || b.integer ? { integer: true as const } : {}),
  };
}

function tighter(
  a: number | undefined,
  aOpen: true | undefined,
  b: number | undefined,
  bOpen: true | undefined,
  isTighter: (x: number, y: number) => boolean,
): { readonly at: number; readonly open: boolean } | undefined {
  if (a === undefined) return b === undefined ? undefined : { at: b, open: bOpen === true };
  if (b === undefined) return { at: a, open: aOpen === true };
  if (a === b) return { at: a, open: aOpen === true || bOpen === true };
  return isTighter(a, b) ? { at: a, open: aOpen === true } : { at: b, open: bOpen === true };
}
