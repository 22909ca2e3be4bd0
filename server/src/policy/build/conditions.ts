/** Conditions of rules: compiled once, typed by what the rule's targets are, their findings put in place. */

import type { Json } from "../../access/interaction.ts";
import { compileCondition } from "../../cel/compile.ts";
import type { CompiledCondition } from "../../cel/condition.ts";
import { type CelEnvironment, plumblineEnvironment } from "../../cel/environment.ts";
import type { Place } from "../../text/place.ts";
import type { Problem } from "../../text/problem.ts";
import type { ScalarNode } from "../../text/tree.ts";
import type { ConditionPart, Operation, Resource, RuleCondition, Target, Tool } from "../model.ts";
import { operationName, operationsNamed } from "../operation-names.ts";
import { placeInCondition } from "../place-in-condition.ts";
import { variablesIn } from "../variables.ts";
import { parametersOf } from "./parameters.ts";
import { variablesElsewhere } from "./variables-of-resources.ts";

/** Compiles the conditions of one control plane; rules with the same targets share an environment. */
export class ConditionCompiler {
  readonly #standard = plumblineEnvironment();
  readonly #environments = new Map<string, CelEnvironment>();

  constructor(private readonly resources: ReadonlyMap<string, Resource>) {}

  /** One condition that has to hold, of one or several texts that each have to. `place`: where the rule says so. */
  compile(
    nodes: readonly ScalarNode[],
    place: Place,
    targets: readonly Target[],
  ): { readonly condition: RuleCondition; readonly problems: readonly Problem[] } {
    const { source, parts } = joined(nodes);
    const compiled = compileCondition(source, this.environment(targets));
    const variables = variablesIn(source);
    const at = (start: number, end: number): Place => placeInCondition({ parts, place }, start, end);
    return {
      condition: { source, place, parts, compiled },
      // A variable is no CEL, and an empty text is a finding of the schema: what CEL says would be a second one.
      problems:
        variables.length > 0
          ? variables.map(({ name, start, end }) => variableProblem(at(start, end), name))
          : nodes.some((node) => node.text === "")
            ? []
            : compiled.problems.map((problem) => placed(at(problem.start, problem.end), problem)),
    };
  }

  /** The variables that a condition on these targets may read. */
  environment(targets: readonly Target[]): CelEnvironment {
    const key = JSON.stringify(
      targets.map(({ resource, operations, tools, rpcs }) => [
        resource.text,
        ...[operations, tools, rpcs].map((list) => list?.map((one) => one.text) ?? null),
      ]),
    );
    const known = this.#environments.get(key);
    if (known !== undefined) return known;
    const resolved = this.#resolved(targets);
    // A resource that is not declared has its own finding, and could be of any type.
    const elsewhere = resolved.length < targets.length ? [] : resolved.map(({ resource }) => resource);
    const standard = this.#standard.withElsewhere(variablesElsewhere(elsewhere));
    const made = this.#withOperations(this.#withTools(standard, targets), targets);
    this.#environments.set(key, made);
    return made;
  }

  #withTools(environment: CelEnvironment, targets: readonly Target[]): CelEnvironment {
    const found = this.#resolved(targets).map(({ target, resource }) => ({
      resource,
      tools: resource.tools.filter((tool) => covers(target.tools, tool)),
    }));
    // A target whose tools are not known could pass any argument, so nothing can be said of the arguments' types.
    if (found.some(({ resource, tools }) => resource.type === "mcp-server" && tools.length === 0))
      return environment;
    const tools = found.flatMap(({ resource, tools: ofResource }) =>
      ofResource.map((tool) => ({ name: `${resource.name}/${tool.name}`, schema: tool.inputSchema })),
    );
    return environment.withToolArguments(tools, origins(found.map(({ resource }) => resource)));
  }

  #withOperations(environment: CelEnvironment, targets: readonly Target[]): CelEnvironment {
    const found = this.#resolved(targets).map(({ target, resource }) => ({
      resource,
      operations: coveredOperations(target, resource),
    }));
    // A target whose operations are not known could have any parameter.
    if (found.length < targets.length || found.some(({ operations }) => operations.length === 0))
      return environment;
    const covered = found.flatMap(({ resource, operations }) =>
      operations.map((operation) => ({ resource, operation })),
    );
    const operations = covered.map(({ operation }) => operation);
    const named = environment.withParameters(
      namesOf(operations),
      parametersOf(operations),
      origins(found.map(({ resource }) => resource)),
    );
    return this.#withBodies(named, covered);
  }

  #withBodies(
    environment: CelEnvironment,
    found: readonly { readonly resource: Resource; readonly operation: Operation }[],
  ): CelEnvironment {
    const described = found.filter(({ operation }) => operation.body !== undefined);
    // An operation that may have a body but does not describe it could get any; one without a body adds none.
    const undescribed = found.some(
      ({ operation }) => operation.body === undefined && ["POST", "PUT", "PATCH"].includes(operation.method),
    );
    if (described.length === 0 || undescribed) return environment;
    const schemas = described.flatMap(({ operation }) =>
      operation.body === undefined ? [] : [operation.body],
    );
    return environment.withBody(
      namesOf(described.map(({ operation }) => operation)),
      anyOf(schemas),
      origins(described.map(({ resource }) => resource)),
    );
  }

  #resolved(targets: readonly Target[]): readonly { target: Target; resource: Resource }[] {
    return targets.flatMap((target) => {
      const resource = this.resources.get(target.resource.text);
      return resource === undefined ? [] : [{ target, resource }];
    });
  }
}

function namesOf(operations: readonly Operation[]): readonly string[] {
  return [...new Set(operations.map((operation) => operation.id ?? operationName(operation)))];
}

function covers(names: Target["tools"], tool: Tool): boolean {
  return names === undefined || names.some((name) => name.text === tool.name);
}

function coveredOperations(target: Target, { operations }: Resource): readonly Operation[] {
  const names = target.operations ?? target.rpcs;
  return names === undefined
    ? operations
    : operationsNamed(
        operations,
        names.map((name) => name.text),
      );
}

/** One schema for several bodies. Pointers of each lead into its own `components`, which only one document shares. */
function anyOf(schemas: readonly Json[]): Json {
  const [first, ...rest] = [...new Set(schemas)];
  if (first === undefined || rest.length === 0) return first ?? true;
  const components = [...new Set([first, ...rest].flatMap((schema) => componentsOf(schema) ?? []))];
  if (components.length > 1) return true;
  return { anyOf: [first, ...rest], ...(components[0] === undefined ? {} : { components: components[0] }) };
}

function componentsOf(schema: Json): Json | undefined {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return undefined;
  return (schema as { readonly [key: string]: Json }).components;
}

function origins(resources: readonly Resource[]): string | undefined {
  const names = new Set(resources.flatMap((resource) => resource.document?.written.text ?? []));
  return names.size === 0 ? undefined : [...names].join(" and ");
}

/** One text as it is; several in parentheses, each closed in a line of its own, since a text may end in a comment. */
function joined(nodes: readonly ScalarNode[]): Pick<RuleCondition, "source" | "parts"> {
  const [only, ...others] = nodes;
  if (only !== undefined && others.length === 0)
    return { source: only.text, parts: [{ start: 0, end: only.text.length, node: only }] };
  let source = "";
  const parts = nodes.map((node): ConditionPart => {
    source += source === "" ? "(" : " && (";
    const start = source.length;
    source += `${node.text}\n)`;
    return { start, end: start + node.text.length, node };
  });
  return { source, parts };
}

function placed(place: Place, problem: CompiledCondition["problems"][number]): Problem {
  const { code, severity, message, replaceWith } = problem;
  return {
    code,
    severity,
    message,
    place,
    ...(replaceWith === undefined ? {} : { data: { replaceWith } }),
  };
}

function variableProblem(place: Place, name: string): Problem {
  return {
    code: "reference/variable-in-condition",
    severity: "error",
    message: `Variables are not put into conditions, so that one condition means the same in every environment. Compare with context.environment, or put \${${name}} into the inventory.`,
    place,
  };
}
