/** Everything that a control plane names, with the place where it is defined. */
import type { Place } from "../text/place.ts";
import { child, items, text } from "../text/tree.ts";
import type { Operation, PolicySet, Resource } from "./model.ts";
import { operationName } from "./operation-names.ts";
import { type SymbolKind, symbolKey } from "./symbol-key.ts";

export interface Definition {
  readonly kind: SymbolKind;
  readonly name: string;
  /** The resource of an operation, tool or event type; the policy of a rule or condition; the suite of a scenario. */
  readonly container?: string;
  readonly place: Place;
  /** Other names by which it can be said: `GET /payments/{id}` of an operation with an operationId. */
  readonly aliases?: readonly string[];
  /** The environment, of what only exists in one: an enforcement point, a variable. */
  readonly environment?: string;
}

/** What identifies the symbol that a definition is of; several definitions may be of one symbol. */
export function keyOf(definition: Pick<Definition, "kind" | "name" | "container">): string {
  const { kind, name, container } = definition;
  if (kind === "rule" || kind === "scenario") return symbolKey(kind, `${container}/${name}`);
  return symbolKey(kind, name, container);
}

export function definitions(set: PolicySet): readonly Definition[] {
  return [
    ...controlPlaneDefinitions(set),
    ...[...set.identities.values()].map(({ name, place }): Definition => ({ kind: "identity", name, place })),
    ...[...set.resources.values()].flatMap(resourceDefinitions),
    ...set.policies.flatMap(({ name, place, rules, conditions }): readonly Definition[] => [
      { kind: "policy", name: name.text, place },
      ...[...conditions].map(
        ([condition, { place }]): Definition => ({
          kind: "condition",
          name: condition,
          container: name.text,
          place,
        }),
      ),
      ...rules.map(
        (rule): Definition => ({
          kind: "rule",
          name: rule.name.text,
          container: rule.policy,
          place: rule.name.place,
        }),
      ),
    ]),
    ...set.scenarios.map(
      (scenario): Definition => ({
        kind: "scenario",
        name: scenario.name.text,
        container: scenario.suite,
        place: scenario.name.place,
      }),
    ),
  ];
}

function controlPlaneDefinitions({ controlPlane }: PolicySet): readonly Definition[] {
  const { environments, issuers, secretManagers, trustDomains } = controlPlane;
  return [
    ...[...trustDomains].map(([name, { place }]): Definition => ({ kind: "trust-domain", name, place })),
    ...[...issuers.values()].map(({ name, place }): Definition => ({ kind: "issuer", name, place })),
    ...[...(secretManagers ?? [])].map(
      ([name, place]): Definition => ({ kind: "secret-manager", name, place }),
    ),
    ...[...environments.values()].flatMap((environment): readonly Definition[] => [
      { kind: "environment", name: environment.name, place: environment.place },
      ...[...environment.vars.keys()].map(
        (name): Definition => ({
          kind: "variable",
          name,
          place: environment.varPlaces?.get(name) ?? environment.place,
          environment: environment.name,
        }),
      ),
      ...[...environment.enforcementPoints.values()].map(
        ({ name, place }): Definition => ({
          kind: "enforcement-point",
          name,
          place,
          environment: environment.name,
        }),
      ),
    ]),
  ];
}

function resourceDefinitions(resource: Resource): readonly Definition[] {
  const container = resource.name;
  return [
    { kind: "resource", name: resource.name, place: resource.place },
    ...resource.operations.map(
      (operation): Definition => ({
        kind: "operation",
        name: operationSymbolName(operation),
        container,
        place: operation.place,
        aliases: operationNames(operation).slice(1),
      }),
    ),
    ...resource.tools.map(({ name, place }): Definition => ({ kind: "tool", name, container, place })),
    ...(resource.event?.types ?? []).map(
      (name): Definition => ({
        kind: "event-type",
        name,
        container,
        place:
          items(child(resource.node, "types")).find((item) => text(item) === name)?.place ?? resource.place,
      }),
    ),
  ];
}

/** An operation by its id, else as gRPC method, else as `METHOD /path` of its document. */
export function operationSymbolName(operation: Operation): string {
  return operationNames(operation)[0] ?? operationName(operation);
}

/** Every way to name an operation, the best first. */
export function operationNames(operation: Operation): readonly string[] {
  const { id, rpc, method, path, documentPath } = operation;
  if (rpc !== undefined) return [rpc];
  const paths = documentPath === undefined ? [path] : [documentPath, path];
  return [...(id === undefined ? [] : [id]), ...paths.map((one) => `${method} ${one}`)];
}
