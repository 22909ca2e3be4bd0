/** What a rule's `on` covers of one resource, as predicates on raw attributes. */
import { attribute } from "../../access/catalogue.ts";
import { fails, holds, type Literal, type Origin, type Term } from "../../access/predicate.ts";
import { exactly, oneOf, suffix, type TextPattern } from "../../access/text-pattern.ts";
import { child } from "../../text/tree.ts";
import type { Operation, Resource, Rule, Target, Written } from "../model.ts";
import { operationsNamed } from "../operation-names.ts";
import { moreConcretePaths, patternOf } from "../path-precedence.ts";
import { namesNothingHere } from "../references/targets.ts";
import { uriTexts } from "../uri-pattern.ts";

type Effect = Rule["effect"];
type Alternatives = readonly (readonly Literal[])[];

/**
 * The requests of `target` on `resource`, whose variables are substituted. A target without a list takes every
 * declared part of the resource; that of a deny takes the whole resource, so that it stops what an allow names
 * without a declaration. Where the parts could not be read, an allow takes none and a deny all.
 */
export function lowerTarget(
  target: Target,
  resource: Resource,
  origins: readonly Origin[],
  effect: Effect,
): readonly Term[] {
  if (namesNothingHere(target, resource)) return [];
  return hosts(resource).flatMap((host) =>
    coverage(target, resource, effect).map((literals) => ({ literals: [...host, ...literals], origins })),
  );
}

function coverage(target: Target, resource: Resource, effect: Effect): Alternatives {
  switch (resource.type) {
    case "api":
    case "service":
      return operations(target, resource, effect);
    case "mcp-server":
      return mcp(target, resource, effect);
    case "model":
      return resource.model === undefined
        ? []
        : [[holds(attribute("llm.requestModel"), text(exactly(resource.model.model)))]];
    case "event-channel":
      return events(target, resource, effect);
  }
}

/** One of the hosts: the exact ones together, each wildcard on its own. Services answer on any. */
function hosts(resource: Resource): Alternatives {
  if (resource.type !== "api" || resource.hosts.length === 0) return [[]];
  const names = resource.hosts.map((host) => host.text.toLowerCase());
  const exact = names.filter((name) => !name.startsWith("*."));
  const wild = names.filter((name) => name.startsWith("*."));
  const patterns = [
    ...(exact.length === 0 ? [] : [oneOf(exact)]),
    ...wild.map((name) => suffix(name.slice(1))),
  ];
  return patterns.map((pattern) => [holds(attribute("request.host"), text(pattern))]);
}

function operations(target: Target, resource: Resource, effect: Effect): Alternatives {
  const { operations: declared, incomplete } = resource;
  const named =
    target.operations === undefined && target.rpcs === undefined
      ? undefined
      : [...(target.operations ?? []), ...(target.rpcs ?? [])].map((name) => name.text);
  const isKnown = named?.every((name) => operationsNamed(declared, [name]).length > 0) ?? false;
  if (incomplete === true && effect === "deny" && !isKnown) return [[]];
  if (declared.length === 0) return named === undefined && incomplete !== true ? [[]] : [];
  const covered = named === undefined ? declared : operationsNamed(declared, named);
  return covered.map((operation) => operationLiterals(operation, resource));
}

/** Many rules name the same operation; with the same literals again, comparing them costs little. */
const literalsOf = new WeakMap<Resource, Map<Operation, readonly Literal[]>>();

function operationLiterals(operation: Operation, resource: Resource): readonly Literal[] {
  const ofResource = literalsOf.get(resource) ?? new Map<Operation, readonly Literal[]>();
  literalsOf.set(resource, ofResource);
  const known = ofResource.get(operation);
  if (known !== undefined) return known;
  const path = attribute("request.path");
  const literals = [
    holds(attribute("request.method"), text(exactly(operation.method))),
    holds(path, text(patternOf(operation.path))),
    ...moreConcretePaths(operation.path, resource.operations).map((other) =>
      fails(path, text(patternOf(other))),
    ),
  ];
  ofResource.set(operation, literals);
  return literals;
}

function mcp(target: Target, resource: Resource, effect: Effect): Alternatives {
  const method = (name: string) => holds(attribute("mcp.methodName"), text(exactly(name)));
  const tools = (names: readonly string[]) => [
    method("tools/call"),
    holds(attribute("mcp.tool.name"), text(oneOf(names))),
  ];
  const uri = attribute("mcp.resource.uri");
  const prompts = (names: readonly Written[]) => [
    method("prompts/get"),
    holds(attribute("mcp.prompt.name"), text(oneOf(names.map((name) => name.text)))),
  ];
  const resources = (uris: readonly Written[]) =>
    uris.map((one) => [method("resources/read"), holds(uri, text(uriTexts(one.text)))]);
  if (namesNoPart(target)) {
    if (effect === "deny") return [[]];
    return [
      declaresTools(resource)
        ? tools(resource.tools.map((one) => one.name))
        : [method("tools/call"), holds(attribute("mcp.tool.name"), { test: "present" })],
      resource.prompts === undefined
        ? [method("prompts/get"), holds(attribute("mcp.prompt.name"), { test: "present" })]
        : prompts(resource.prompts),
      ...(resource.mcpResources === undefined
        ? [[method("resources/read"), holds(uri, { test: "present" })]]
        : resources(resource.mcpResources)),
    ];
  }
  const covered: (readonly Literal[])[] = [];
  if (target.tools !== undefined) covered.push(tools(target.tools.map((name) => name.text)));
  if (target.prompts !== undefined) covered.push(prompts(target.prompts));
  covered.push(...resources(target.mcpResources ?? []));
  return covered;
}

/** A target of an MCP server that lists nothing is the whole server. */
export function namesNoPart({ tools, prompts, mcpResources }: Target): boolean {
  return tools === undefined && prompts === undefined && mcpResources === undefined;
}

/** Whether the inventory says which tools there are. Without that, the whole server has any tool. */
export function declaresTools(resource: Resource): boolean {
  return child(resource.node, "tools") !== undefined;
}

function events(target: Target, resource: Resource, effect: Effect): Alternatives {
  if (resource.event === undefined) return [];
  if (effect === "deny" && target.events === undefined) return [[]];
  const { types: named, operation } = target.events ?? {};
  const types = named?.map((type) => type.text) ?? (effect === "deny" ? [] : resource.event.types);
  const literals = [holds(attribute("event.topic"), text(exactly(resource.event.topic)))];
  if (types.length > 0 || named !== undefined)
    literals.push(holds(attribute("event.type"), text(oneOf(types))));
  if (operation !== undefined) literals.push(holds(attribute("event.operation"), text(exactly(operation))));
  return [literals];
}

const text = (pattern: TextPattern) => ({ test: "text", pattern }) as const;
