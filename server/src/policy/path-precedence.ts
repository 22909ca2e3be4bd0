/**
 * Which path template a concrete path belongs to: the most concrete one that matches, as OpenAPI 3.1 (Path
 * Templating) says: `/payments/search` before `/payments/{id}`. The path decides first, then the method.
 */
import { matches } from "../access/text-language.ts";
import { exactly, pathTemplate, type TextPattern } from "../access/text-pattern.ts";
import type { Operation } from "./model.ts";

const parameter = /\{[^{}/]*\}/;
/** Each parameter of a template, braces included. */
export const parameterIn = /\{[^{}/]*\}/g;

/** The other templates of the document that overlap `template` and win over it where both match. */
export function moreConcretePaths(template: string, operations: readonly Operation[]): readonly string[] {
  if (!parameter.test(template)) return [];
  return overlapping(treeOf(operations), template.split("/")).filter(
    (other) => other !== template && compareConcreteness(other, template) < 0,
  );
}

/** The templates of a document by their segments: large documents have thousands, of which few overlap. */
interface Tree {
  readonly literal: Map<string, Tree>;
  readonly withParameter: Map<string, Tree>;
  /** The template that ends here, and its place in the order of the document. */
  end?: { readonly template: string; readonly order: number };
}

const trees = new WeakMap<readonly Operation[], Tree>();

function treeOf(operations: readonly Operation[]): Tree {
  const known = trees.get(operations);
  if (known !== undefined) return known;
  const root: Tree = { literal: new Map(), withParameter: new Map() };
  for (const [order, { path }] of operations.entries()) {
    let at = root;
    for (const segment of path.split("/")) {
      const next = parameter.test(segment) ? at.withParameter : at.literal;
      const below = next.get(segment) ?? { literal: new Map(), withParameter: new Map() };
      next.set(segment, below);
      at = below;
    }
    at.end ??= { template: path, order };
  }
  trees.set(operations, root);
  return root;
}

/** Whether a path may fit both, as far as their segments tell: true is said too often, false never. */
export function pathsOverlap(left: string, right: string): boolean {
  const [a, b] = [left.split("/"), right.split("/")];
  return a.length === b.length && a.every((segment, index) => segmentsOverlap(segment, b[index] ?? ""));
}

function segmentsOverlap(left: string, right: string): boolean {
  if (!parameter.test(left)) return matchesTemplate(right, left);
  return parameter.test(right) || matchesTemplate(left, right);
}

/** In the order of the document. */
function overlapping(root: Tree, segments: readonly string[]): readonly string[] {
  const reached = segments.reduce<readonly Tree[]>(
    (level, segment) => level.flatMap((tree) => below(tree, segment)),
    [root],
  );
  return reached
    .flatMap(({ end }) => end ?? [])
    .sort((one, other) => one.order - other.order)
    .map(({ template }) => template);
}

function below(tree: Tree, segment: string): readonly Tree[] {
  const { literal, withParameter } = tree;
  if (parameter.test(segment)) {
    const fitting = [...literal].filter(([other]) => matchesTemplate(segment, other));
    return [...fitting.map(([, next]) => next), ...withParameter.values()];
  }
  const same = literal.get(segment);
  const fitting = [...withParameter].filter(([other]) => matchesTemplate(other, segment));
  return [...(same === undefined ? [] : [same]), ...fitting.map(([, next]) => next)];
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
