/**
 * Which path template a concrete path belongs to: the most concrete one that matches, as OpenAPI 3.1 (Path
 * Templating) says: `/payments/search` before `/payments/{id}`. The path decides first, then the method.
 */
import { matches } from "../access/text-language.ts";
import { exactly, pathTemplate, type TextPattern } from "../access/text-pattern.ts";
import type { Operation } from "./model.ts";

const parameter = /\{[^{}/]*\}/;

/** The other templates of the document that overlap `template` and win over it where both match. */
export function moreConcretePaths(template: string, operations: readonly Operation[]): readonly string[] {
  if (!parameter.test(template)) return [];
  const others = new Set(operations.map((operation) => operation.path));
  others.delete(template);
  return [...others].filter((other) => overlaps(other, template) && compareConcreteness(other, template) < 0);
}

/** The templates that match `path`, most concrete first. */
export function matchingTemplates(path: string, operations: readonly Operation[]): readonly string[] {
  const templates = new Set(operations.map((operation) => operation.path));
  return [...templates].filter((template) => matchesTemplate(template, path)).sort(compareConcreteness);
}

/** Whether the concrete path fits: each parameter stands for one or more characters of one segment. */
export function matchesTemplate(template: string, path: string): boolean {
  return matches(patternOf(template), path);
}

/**
 * The template as the predicate that policies are lowered to, so that both mean the same. Templates come from OpenAPI
 * documents and are not trusted: the automaton behind it reads each character of a path once.
 */
export function patternOf(template: string): TextPattern {
  const known = patterns.get(template);
  if (known !== undefined) return known;
  const made = parameter.test(template) ? pathTemplate(template) : exactly(template);
  // A bound keeps a hostile workspace from filling the table.
  if (patterns.size >= maxPatterns) patterns.clear();
  patterns.set(template, made);
  return made;
}

const patterns = new Map<string, TextPattern>();
const maxPatterns = 20_000;

/**
 * Negative when `left` is more concrete: the first segment in which one is literal and the other has a parameter
 * decides; ties go by text, so that the order is total and the same everywhere.
 */
export function compareConcreteness(left: string, right: string): number {
  const a = left.split("/");
  const b = right.split("/");
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const rank = weight(a[index] ?? "") - weight(b[index] ?? "");
    if (rank !== 0) return rank;
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

/** 0 for a literal segment, 1 for one with literal text around a parameter, 2 for a bare parameter. */
function weight(segment: string): number {
  if (!parameter.test(segment)) return 0;
  return /^\{[^{}/]*\}$/.test(segment) ? 2 : 1;
}

function overlaps(left: string, right: string): boolean {
  const a = left.split("/");
  const b = right.split("/");
  if (a.length !== b.length) return false;
  return a.every((segment, index) => {
    const other = b[index] ?? "";
    const hasParameter = parameter.test(segment);
    const otherHas = parameter.test(other);
    if (hasParameter && otherHas) return true;
    if (!hasParameter && !otherHas) return segment === other;
    return hasParameter ? matchesTemplate(segment, other) : matchesTemplate(other, segment);
  });
}
