/** The tools and operations that a target lets a caller use, by what is known of the resource now. */
import type { Operation, PolicySet, Resource, Rule, Target, Tool, Written } from "../../policy/model.ts";
import { namesOperation, operationName } from "../../policy/operation-names.ts";
import type { Place } from "../../text/place.ts";

/** `name`: as a rule names it. */
export type Callable =
  | { readonly kind: "tool"; readonly name: string; readonly tool: Tool }
  | { readonly kind: "operation"; readonly name: string; readonly operation: Operation };

/** In the order of the inventory. None where they could not be read. */
export function callablesOf({ tools, operations, incomplete }: Resource): readonly Callable[] {
  if (incomplete === true) return [];
  return [
    ...tools.map((tool): Callable => ({ kind: "tool", name: tool.name, tool })),
    ...operations.map(
      (operation): Callable => ({
        kind: "operation",
        name: operation.id ?? operationName(operation),
        operation,
      }),
    ),
  ];
}

/** It has no list of anything, so that it takes what the resource has, and what it will have. */
export function takesWhole({ operations, tools, prompts, mcpResources, rpcs, events }: Target): boolean {
  return [operations, tools, prompts, mcpResources, rpcs, events].every((list) => list === undefined);
}

/** Where the target lets it be called: its name, or that of the resource if all of it is taken. */
export function placeOfCallable(target: Target, callable: Callable): Place | undefined {
  return takesWhole(target) ? target.resource.place : nameOf(target, callable)?.place;
}

function nameOf(target: Target, callable: Callable): Written | undefined {
  switch (callable.kind) {
    case "tool":
      return target.tools?.find((one) => one.text === callable.name);
    case "operation":
      return [...(target.operations ?? []), ...(target.rpcs ?? [])].find((one) =>
        namesOperation(one.text, callable.operation),
      );
  }
}

/**
 * Whether calling it may change something. Of a tool only the server can say that it does not. GET, HEAD and OPTIONS are
 * safe (RFC 9110, 9.2.1), and so is QUERY (OpenAPI 3.2, Path Item Object); gRPC has no such thing, so there the names of the standard methods that read count (Google
 * AIP-130 to 132).
 */
export function mayWrite(callable: Callable): boolean {
  if (callable.kind === "tool") return callable.tool.annotations?.readOnly !== true;
  const { rpc, method } = callable.operation;
  if (rpc !== undefined) return !/\/(Batch)?(Get|List|Search|Watch)([A-Z]|$)/.test(rpc);
  return !["GET", "HEAD", "OPTIONS", "QUERY"].includes(method);
}

/** As the server says of the tool, or as the method says: DELETE. */
export function isDestructive(callable: Callable): boolean {
  return callable.kind === "tool"
    ? callable.tool.annotations?.destructive === true && callable.tool.annotations.readOnly !== true
    : callable.operation.method === "DELETE";
}

interface Denial {
  readonly rule: Rule;
  readonly target: Target;
}

/** The enforced deny rules, by the name of the resource. */
export type Denials = ReadonlyMap<string, readonly Denial[]>;

export function denialsOf(set: PolicySet): Denials {
  const denials = new Map<string, Denial[]>();
  for (const rule of set.policies.flatMap((policy) => policy.rules)) {
    if (rule.effect !== "deny" || rule.mode !== "enforce") continue;
    for (const target of rule.on) {
      const known = denials.get(target.resource.text);
      if (known === undefined) denials.set(target.resource.text, [{ rule, target }]);
      else known.push({ rule, target });
    }
  }
  return denials;
}

/** The deny rules that speak of the callable and of all the callers of `rule`, if only on a condition. */
export function denialsFor(
  { subjects }: Rule,
  resource: Resource,
  callable: Callable,
  denials: Denials,
): readonly Rule[] {
  return (denials.get(resource.name) ?? [])
    .filter(({ rule, target }) => {
      if (rule.anonymous || rule.onBehalfOf !== undefined) return false;
      const denied = rule.subjects?.map((one) => one.text);
      const isAll = denied === undefined || (subjects?.every((one) => denied.includes(one.text)) ?? false);
      return isAll && placeOfCallable(target, callable) !== undefined;
    })
    .map((one) => one.rule);
}

/** What a target lets the callers of its rule use, but for what they are denied whatever the request. */
export function reachable(
  rule: Rule,
  target: Target,
  resource: Resource,
  denials: Denials,
): readonly Callable[] {
  return callablesOf(resource).filter(
    (one) =>
      placeOfCallable(target, one) !== undefined &&
      !denialsFor(rule, resource, one, denials).some(({ condition }) => condition === undefined),
  );
}
