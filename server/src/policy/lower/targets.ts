/** What a rule's `on` covers of one resource, as predicates on raw attributes. */
import { attribute } from "../../access/catalogue.ts";
import { fails, holds, type Literal, type Origin, type Term } from "../../access/predicate.ts";
import { exactly, oneOf, pathTemplate, suffix, type TextPattern } from "../../access/text-pattern.ts";
import type { Operation, Resource, Target } from "../model.ts";
import { namesOperation } from "../operation-names.ts";
import { moreConcretePaths } from "../path-precedence.ts";

/** The requests of `target` on `resource`. A target without a list takes every declared part of the resource. */
export function lowerTarget(target: Target, resource: Resource, origins: readonly Origin[]): readonly Term[] {
  return coverage(target, resource).map((literals) => ({
    literals: [...hostLiterals(resource), ...literals],
    origins,
  }));
}

function coverage(target: Target, resource: Resource): readonly (readonly Literal[])[] {
  switch (resource.type) {
    case "api":
    case "service":
      return operations(target, resource);
    case "mcp-server":
      return mcp(target, resource);
    case "model":
      return resource.model === undefined
        ? []
        : [[holds(attribute("llm.requestModel"), text(exactly(resource.model.model)))]];
    case "event-channel":
      return events(target, resource);
  }
}

function hostLiterals(resource: Resource): readonly Literal[] {
  if (resource.type !== "api" || resource.hosts.length === 0) return [];
  const wild = resource.hosts.filter((host) => host.text.startsWith("*."));
  const [only] = wild;
  // Several hosts of which one is a wildcard would need a disjunction; the schema allows a wildcard alone only.
  if (only !== undefined)
    return [holds(attribute("request.host"), text(suffix(only.text.slice(1).toLowerCase())))];
  return [
    holds(attribute("request.host"), text(oneOf(resource.hosts.map((host) => host.text.toLowerCase())))),
  ];
}

function operations(target: Target, resource: Resource): readonly (readonly Literal[])[] {
  const named = target.operations ?? target.rpcs;
  if (resource.operations.length === 0) return named === undefined ? [[]] : [];
  const covered = resource.operations.filter(
    (operation) => named === undefined || named.some((name) => namesOperation(name.text, operation)),
  );
  return covered.map((operation) => operationLiterals(operation, resource));
}

function operationLiterals(operation: Operation, resource: Resource): readonly Literal[] {
  const path = attribute("request.path");
  return [
    holds(attribute("request.method"), text(exactly(operation.method))),
    holds(path, text(templatePattern(operation.path))),
    ...moreConcretePaths(operation.path, resource.operations).map((other) =>
      fails(path, text(templatePattern(other))),
    ),
  ];
}

function mcp(target: Target, resource: Resource): readonly (readonly Literal[])[] {
  const method = (name: string) => holds(attribute("mcp.methodName"), text(exactly(name)));
  const tool = (names: readonly string[]) => [
    method("tools/call"),
    holds(attribute("mcp.tool.name"), text(oneOf(names))),
  ];
  if (target.tools === undefined && target.prompts === undefined) {
    return [
      tool(resource.tools.map((one) => one.name)),
      [method("prompts/get"), holds(attribute("mcp.prompt.name"), { test: "present" })],
      [method("resources/read"), holds(attribute("mcp.resource.uri"), { test: "present" })],
    ];
  }
  const covered: (readonly Literal[])[] = [];
  if (target.tools !== undefined) covered.push(tool(target.tools.map((name) => name.text)));
  if (target.prompts !== undefined) {
    const names = oneOf(target.prompts.map((name) => name.text));
    covered.push([method("prompts/get"), holds(attribute("mcp.prompt.name"), text(names))]);
  }
  return covered;
}

function events(target: Target, resource: Resource): readonly (readonly Literal[])[] {
  if (resource.event === undefined) return [];
  const types = target.events?.types?.map((type) => type.text) ?? resource.event.types;
  const literals = [holds(attribute("event.topic"), text(exactly(resource.event.topic)))];
  if (types.length > 0) literals.push(holds(attribute("event.type"), text(oneOf(types))));
  const operation = target.events?.operation;
  if (operation !== undefined) literals.push(holds(attribute("event.operation"), text(exactly(operation))));
  return [literals];
}

function templatePattern(path: string): TextPattern {
  return path.includes("{") ? pathTemplate(path) : exactly(path);
}

const text = (pattern: TextPattern) => ({ test: "text", pattern }) as const;
