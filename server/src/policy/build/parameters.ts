/** What conditions on operations can read of their parameters: those of OpenAPI documents and of path templates. */
import type { ParameterTemplate } from "../../cel/binding.ts";
import {
  type OperationParameters,
  operationParameters,
  type ParameterSchemas,
} from "../../cel/operation-parameters.ts";
import type { Operation } from "../model.ts";
import { compareConcreteness, parameterIn, pathsOverlap, patternOf } from "../path-precedence.ts";

type Parameter = Operation["parameters"][number];

export function parametersOf(
  operations: readonly Pick<Operation, "path" | "parameters">[],
): OperationParameters {
  const templates = new Templates(operations.map(({ path }) => path));
  const described = inPlace("path", operations);
  const path = [...templates.names].map((name) => ({
    ...schemasOf(name, described.get(name) ?? [], operations.length),
    required: operations.every((operation) => parametersIn(operation.path).includes(name)),
    templates: templates.of(name),
  }));
  const query = listed("query", operations);
  return operationParameters(path, query, listed("header", operations), templates.unread);
}

function listed(
  place: Parameter["in"],
  operations: readonly Pick<Operation, "parameters">[],
): readonly ParameterSchemas[] {
  return [...inPlace(place, operations)].map(([name, parameters]) =>
    schemasOf(name, parameters, operations.length),
  );
}

function inPlace(
  place: Parameter["in"],
  operations: readonly Pick<Operation, "parameters">[],
): ReadonlyMap<string, Parameter[]> {
  const found = new Map<string, Parameter[]>();
  for (const { parameters } of operations)
    for (const parameter of parameters)
      if (parameter.in === place)
        found.set(parameter.name, [...(found.get(parameter.name) ?? []), parameter]);
  return found;
}

function schemasOf(name: string, parameters: readonly Parameter[], operations: number): ParameterSchemas {
  return {
    name,
    required: parameters.length === operations && parameters.every(({ required }) => required),
    // An operation that does not have the parameter says nothing of its values.
    schemas: [...new Set(parameters.map(({ schema }) => schema))],
  };
}

/** Each is told from those before it, in evaluation and in comparison. */
const maxTemplates = 200;

/** The path templates of a rule, most concrete first, each a path once. */
class Templates {
  readonly #templates: readonly string[];
  readonly names: ReadonlySet<string>;
  readonly unread: string | undefined;

  constructor(paths: readonly string[]) {
    const different = new Set(paths);
    const isTooMany = different.size > maxTemplates;
    this.#templates = isTooMany ? [] : [...different].sort(compareConcreteness);
    this.names = new Set(this.#templates.flatMap(parametersIn));
    const shared = this.#templates.find(hasSharedSegment);
    if (isTooMany)
      this.unread = `They are read in rules for at most ${maxTemplates} paths, and this one is for ${different.size}.`;
    else if (shared !== undefined)
      this.unread = `Parameters that share a segment, as in ${shared}, cannot be read: where one ends is up to the server.`;
  }

  /** A path belongs to the first template that it fits and that is more concrete, or has the same parameter. */
  of(name: string): readonly ParameterTemplate[] {
    return this.#templates.flatMap((template, position) => {
      const index = parametersIn(template).indexOf(name);
      if (index < 0) return [];
      const before = this.#templates
        .slice(0, position)
        .filter((other) => isBefore(other, template, name) && pathsOverlap(other, template));
      return [{ literals: literalsOf(template), index, except: before.map(patternOf) }];
    });
  }
}

function isBefore(other: string, template: string, name: string): boolean {
  return shapeOf(other) !== shapeOf(template) || parametersIn(other).includes(name);
}

/** Templates that differ in names of parameters only. */
function shapeOf(template: string): string {
  return literalsOf(template).join("{}");
}

/** Their names in order; none where two share a segment. */
function parametersIn(template: string): readonly string[] {
  if (hasSharedSegment(template)) return [];
  return [...template.matchAll(parameterIn)].map(([text]) => text.slice(1, -1));
}

function hasSharedSegment(template: string): boolean {
  return /\}[^/{}]*\{/.test(template);
}

function literalsOf(template: string): readonly string[] {
  return template.split(parameterIn);
}
