/**
 * What the names of the files mean: which identities, issuers, variables, resources and parts of resources say
 * something else than before, in what decisions depend on. Where a request goes and who owns what is not.
 */
import type { Json } from "../access/interaction.ts";
import { operationSymbolName } from "../policy/definitions.ts";
import type { Environment, Identity, Issuer, Operation, PolicySet, Resource, Tool } from "../policy/model.ts";
import type { Place } from "../text/place.ts";
import type { DefinitionChange, Presence } from "./semantic-diff-report.ts";
import { stableJson } from "./stable-json.ts";

type Kind = DefinitionChange["kind"];

/** One named thing of one version: what it says, part by part. */
interface Defined {
  readonly kind: Kind;
  readonly name: string;
  readonly container?: string;
  readonly place?: Place;
  /** By the key in the files: its value, as a text. */
  readonly parts: ReadonlyMap<string, string>;
}

/** In the order of the current version, kind by kind; what went comes last. */
export function definitionChanges(
  base: PolicySet | undefined,
  current: PolicySet | undefined,
): readonly DefinitionChange[] {
  const [before, after] = [byKey(base), byKey(current)];
  const changes: DefinitionChange[] = [];
  for (const key of new Set([...after.keys(), ...before.keys()])) {
    const change = changeOf(before.get(key), after.get(key));
    if (change !== undefined) changes.push(change);
  }
  return changes;
}

export function definitionKey({ kind, name, container }: Pick<Defined, "kind" | "name" | "container">) {
  return JSON.stringify([kind, container ?? "", name]);
}

function changeOf(before: Defined | undefined, after: Defined | undefined): DefinitionChange | undefined {
  const known = after ?? before;
  if (known === undefined) return undefined;
  const presence: Presence = before === undefined ? "added" : after === undefined ? "removed" : "both";
  const parts =
    before === undefined || after === undefined
      ? []
      : [...new Set([...after.parts.keys(), ...before.parts.keys()])].filter(
          (part) => before.parts.get(part) !== after.parts.get(part),
        );
  if (presence === "both" && parts.length === 0) return undefined;
  const { kind, name, container } = known;
  return {
    kind,
    name,
    ...(container === undefined ? {} : { container }),
    presence,
    parts,
    ...(before?.place === undefined ? {} : { basePlace: before.place }),
    ...(after?.place === undefined ? {} : { currentPlace: after.place }),
    text: sentence(known, presence, parts, before, after),
  };
}

function sentence(
  known: Defined,
  presence: Presence,
  parts: readonly string[],
  before: Defined | undefined,
  after: Defined | undefined,
): string {
  const of = known.container === undefined ? "" : ` of ${known.container}`;
  const subject = `${known.kind.replace("-", " ")} ${known.name}${of}`;
  switch (presence) {
    case "added":
      return `${subject} is new`;
    case "removed":
      return `${subject} is gone`;
    case "both":
      // A variable or a limit has one part, which is all there is to say of it.
      return known.kind === "variable" || known.kind === "limit"
        ? `${subject} changed from ${before?.parts.get("value")} to ${after?.parts.get("value")}`
        : `${subject} changed its ${listed(parts)}`;
  }
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function byKey(set: PolicySet | undefined): ReadonlyMap<string, Defined> {
  const all = set === undefined ? [] : definitionsOf(set);
  return new Map(all.map((one) => [definitionKey(one), one]));
}

function definitionsOf(set: PolicySet): readonly Defined[] {
  const { controlPlane } = set;
  return [
    ...[...controlPlane.environments.values()].flatMap(environmentParts),
    {
      kind: "limit",
      name: "delegationDepth",
      place: controlPlane.name.place,
      parts: new Map([["value", String(controlPlane.limits.delegationDepth)]]),
    },
    ...[...controlPlane.issuers.values()].map(issuer),
    ...[...set.identities.values()].map(identity),
    ...[...set.resources.values()].flatMap(resourceParts),
    ...set.policies.flatMap((policy) =>
      [...policy.conditions].map(
        ([name, { place, node }]): Defined => ({
          kind: "condition",
          name,
          container: policy.name.text,
          place,
          parts: new Map([["text", node.text]]),
        }),
      ),
    ),
  ];
}

function environmentParts({ name, place, vars, varPlaces }: Environment): readonly Defined[] {
  return [
    { kind: "environment", name, place, parts: new Map() },
    ...[...vars].map(
      ([variable, value]): Defined => ({
        kind: "variable",
        name: variable,
        container: name,
        place: varPlaces?.get(variable) ?? place,
        parts: new Map([["value", value]]),
      }),
    ),
  ];
}

function issuer({ name, place, url, audiences, claims }: Issuer): Defined {
  return { kind: "issuer", name, place, parts: partsOf({ url, audiences, claims }) };
}

function identity(one: Identity): Defined {
  const {
    name,
    place,
    spiffeId,
    spiffeIdPattern,
    members,
    issuer: by,
    claims,
    clientId,
    actsFor,
    deployedAs,
    isRetired,
  } = one;
  const known = [...deployedAs].map(([gateway, { consumer, groups }]) => [gateway, consumer, groups]);
  return {
    kind: "identity",
    name,
    place,
    parts: partsOf({
      spiffeId: spiffeId?.text,
      spiffeIdPattern: spiffeIdPattern?.text,
      members: members?.map((member) => member.text),
      issuer: by?.text,
      claims,
      clientId: clientId?.text,
      actsFor: actsFor.map((other) => other.text),
      deployedAs: known.length === 0 ? undefined : known,
      status: isRetired ? "retired" : undefined,
    }),
  };
}

function resourceParts(resource: Resource): readonly Defined[] {
  const { name, place, type, hosts, protocol, mcpPath, model, event, ambiguousPaths } = resource;
  return [
    {
      kind: "resource",
      name,
      place,
      parts: partsOf({
        type,
        hosts: hosts.map((host) => host.text),
        protocol,
        path: mcpPath,
        provider: model?.provider,
        model: model?.model,
        topic: event?.topic,
        ambiguousPaths,
      }),
    },
    ...resource.operations.map((one) => operation(one, name)),
    ...resource.tools.map((one) => tool(one, name)),
    ...(event?.types ?? []).map(
      (type): Defined => ({
        kind: "event-type",
        name: type,
        container: name,
        place,
        parts: new Map(),
      }),
    ),
  ];
}

function operation(one: Operation, container: string): Defined {
  const { method, path, parameters, body } = one;
  return {
    kind: "operation",
    name: operationSymbolName(one),
    container,
    place: one.place,
    parts: partsOf({ method, path, parameters, "request body": schemaText(body) }),
  };
}

function tool({ name, place, inputSchema }: Tool, container: string): Defined {
  return { kind: "tool", name, container, place, parts: partsOf({ inputSchema }) };
}

/** A body carries the components of its whole document, which are the same for each of its operations. */
const componentTexts = new WeakMap<object, string>();

function schemaText(schema: Json | undefined): string | undefined {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema))
    return schema === undefined ? undefined : stableJson(schema);
  const { components, ...own } = schema as { readonly [key: string]: Json };
  if (typeof components !== "object" || components === null) return stableJson(own);
  const text = componentTexts.get(components) ?? stableJson(components);
  componentTexts.set(components, text);
  return `${stableJson(own)} ${text}`;
}

/** Only what is there: a part that is empty or missing says the same in both cases. */
function partsOf(parts: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const isThere = (value: unknown): boolean =>
    value !== undefined &&
    !(Array.isArray(value) && value.length === 0) &&
    !(value instanceof Map && value.size === 0);
  return new Map(
    Object.entries(parts)
      .filter(([, value]) => isThere(value))
      .map(([key, value]) => [key, stableJson(value)]),
  );
}
