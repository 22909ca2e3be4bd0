import type { Attribute } from "../access/attribute.ts";
import { attribute } from "../access/catalogue.ts";
import type { Partition } from "../access/predicate.ts";
import { tooComplex } from "./bounds.ts";
import type { CompiledCondition, ConditionProblem, ConditionRead } from "./condition.ts";
import { failingConstants } from "./constants.ts";
import { type CelNode, check, parse } from "./engine.ts";
import type { CelEnvironment } from "./environment.ts";
import { evaluateCondition } from "./evaluate.ts";
import { explainCondition } from "./explain.ts";
import { lower } from "./lower.ts";
import { syntaxProblem } from "./messages.ts";
import { actClaim, type Reference } from "./reference.ts";
import { type Resolution, resolve } from "./resolve.ts";
import { constrained, constraintsOf } from "./schema-constraints.ts";
import { typeProblems } from "./type-problems.ts";

/** Parses and checks a condition once; the result evaluates, explains and lowers it. Never throws. */
export function compileCondition(source: string, environment: CelEnvironment): CompiledCondition {
  const complex = tooComplex(source);
  if (complex !== undefined) return broken(source, [complex], nothing);
  const parsed = parse(source);
  if ("error" in parsed) return broken(source, [syntaxProblem(source, parsed.error)], nothing);
  const { ast } = parsed;
  const resolution = resolve(ast, environment);
  const blocking = [...resolution.problems, ...typeProblems(ast, resolution)];
  const beyond = resolution.isLoose
    ? staticProblems(source, environment)
    : failingConstants(ast, resolution.foreign);
  const problems = together(blocking, beyond);
  const said = { attributes: attributesOf(resolution), reads: readsOf(resolution) };
  // Requests need not keep to schemas, and a constant that fails is absorbed where another part decides: those are
  // findings, and what is evaluated is what enforcement points evaluate.
  if (blocking.some(({ severity }) => severity === "error")) return broken(source, problems, said);
  return checked(source, ast, resolution, environment, problems, said);
}

/** What schemas say of a condition beyond what it is evaluated by, and constants of it that fail. */
function staticProblems(source: string, environment: CelEnvironment): readonly ConditionProblem[] {
  const parsed = parse(source);
  if ("error" in parsed) return [];
  const { ast } = parsed;
  const resolution = resolve(ast, environment, true);
  const types = typeProblems(ast, resolution);
  return [...resolution.problems, ...types, ...failingConstants(ast, resolution.foreign)];
}

/** In the order of the text, each once. */
function together(...lists: readonly (readonly ConditionProblem[])[]): readonly ConditionProblem[] {
  const found = new Map<string, ConditionProblem>();
  for (const one of lists.flat()) {
    const key = `${one.code} ${one.start} ${one.end}`;
    if (!found.has(key)) found.set(key, one);
  }
  return [...found.values()].sort((a, b) => a.start - b.start);
}

/** What a condition reads. */
type Said = Pick<CompiledCondition, "attributes" | "reads">;
const nothing: Said = { attributes: [], reads: [] };

function checked(
  source: string,
  ast: CelNode,
  resolution: Resolution,
  environment: CelEnvironment,
  problems: readonly ConditionProblem[],
  said: Said,
): CompiledCondition {
  const whole = check(ast);
  if (!("type" in whole)) {
    const message = `${whole.summary}.`;
    const { start, end } = whole.node;
    return broken(source, [...problems, { code: "cel/type", severity: "error", message, start, end }], said);
  }
  let partition: Partition | undefined;
  let partitionByTypes: Partition | undefined;
  return {
    source,
    problems,
    ...said,
    evaluate: (interaction) => evaluateCondition(ast, interaction),
    explain: (interaction) => explainCondition(ast, resolution, interaction),
    // Most conditions of a big workspace are only checked; the partition is made when a comparison asks for it.
    get partition() {
      partition ??= lower(ast, resolution, environment);
      return partition;
    },
    get partitionByTypes() {
      partitionByTypes ??= said.reads.some(({ type }) => constraintsOf(type) !== undefined)
        ? lower(ast, byTypes(resolution), environment)
        : this.partition;
      return partitionByTypes;
    },
  };
}

/** As if schemas asked nothing of what it reads but its type. */
function byTypes(resolution: Resolution): Resolution {
  const plain = (all: Resolution["references"]) =>
    new Map(
      [...all].map(([node, one]) => [node, { ...one, type: constrained(one.type, undefined) }] as const),
    );
  return {
    references: plain(resolution.references),
    presences: plain(resolution.presences),
    foreign: resolution.foreign,
    problems: resolution.problems,
    isLoose: resolution.isLoose,
  };
}

/** A condition with errors: it is an error on every request, so that an allow never takes it and a deny always does. */
function broken(source: string, problems: readonly ConditionProblem[], said: Said): CompiledCondition {
  const reason = `the condition has an error: ${problems[0]?.message ?? "it cannot be read"}`;
  const partition: Partition = { true: [], false: [], error: [{ literals: [], origins: [] }], opaque: [] };
  return {
    source,
    problems,
    ...said,
    evaluate: () => ({ value: "error", reason }),
    explain: () => reason,
    partition,
    partitionByTypes: partition,
  };
}

/** Each attribute once, with the first place that reads it. */
function attributesOf({ references, presences }: Resolution): CompiledCondition["attributes"] {
  const first = new Map<string, { attribute: Attribute; start: number; end: number }>();
  for (const [node, reference] of [...references, ...presences]) {
    for (const one of attributesRead(reference)) {
      const known = first.get(one.key);
      if (known === undefined || node.start < known.start) {
        first.set(one.key, { attribute: one, start: node.start, end: node.end });
      }
    }
  }
  return [...first.values()].sort((a, b) => a.start - b.start);
}

function readsOf({ references, presences }: Resolution): readonly ConditionRead[] {
  return [...references, ...presences]
    .map(([{ start, end }, reference]) => ({
      path: reference.path,
      type: reference.type,
      attributes: attributesRead(reference),
      start,
      end,
    }))
    .sort((a, b) => a.start - b.start);
}

function attributesRead({ source }: Reference): readonly Attribute[] {
  switch (source.kind) {
    case "attribute":
      return source.delegated ? [source.attribute, actClaim] : [source.attribute];
    case "firstHeader":
      return [source.attribute];
    case "spiffe":
      return [attribute("source.principal")];
    case "grpc":
      return [attribute("request.path"), attribute("request.method")];
    case "pathParameter":
      return [attribute("request.path")];
    case "words":
      return [source.attribute];
    case "delegators":
      return [actClaim];
    case "local":
      return source.delegator === undefined ? [] : [source.delegator];
    case "group":
      return source.members.flatMap(attributesRead);
    case "constant":
    case "absent":
    case "fact":
      return [];
  }
}
