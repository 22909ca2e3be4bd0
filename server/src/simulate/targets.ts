/** Which resource and operation a request is for, and whether a rule's `on` covers it. */
import type { Interaction } from "../access/interaction.ts";
import { requestPath } from "../access/read-attribute.ts";
import { declaresTools, namesNoPart } from "../policy/lower/targets.ts";
import type { Operation, Resource, Rule, Target } from "../policy/model.ts";
import { namesOperation, operationName } from "../policy/operation-names.ts";
import { matchingTemplates } from "../policy/path-precedence.ts";
import { namesNothingHere } from "../policy/references/targets.ts";
import { openStart } from "../policy/uri-pattern.ts";

export const pathOf = requestPath;

/** The resource that the request is for: the one it names, else the one that its host, server, model or topic fits. */
export function resolveResource(
  resources: ReadonlyMap<string, Resource>,
  interaction: Interaction,
): Resource | undefined {
  const named = interaction.destination?.resource ?? interaction.mcp?.server;
  if (named !== undefined) return resources.get(named);
  const all = [...resources.values()];
  const { llm, event, http } = interaction;
  if (llm !== undefined) return all.find((one) => isModel(one, llm));
  if (event !== undefined)
    return all.find((one) => event.topic !== undefined && one.event?.topic === event.topic);
  if (http === undefined) return undefined;
  const onHost = all.filter((one) => one.type === "api" && hostMatches(one, interaction));
  const path = pathOf(interaction) ?? "";
  return onHost.find((one) => matchingTemplates(path, one.operations).length > 0) ?? onHost[0];
}

/** By the model's name, and by its provider where the request tells it. */
function isModel({ model }: Resource, asked: NonNullable<Interaction["llm"]>): boolean {
  if (model === undefined || model.model !== asked.model) return false;
  return asked.provider === undefined || asked.provider === model.provider;
}

export function hostMatches(resource: Resource, interaction: Interaction): boolean {
  if (resource.type !== "api" || resource.hosts.length === 0) return true;
  const host = interaction.http?.host;
  return resource.hosts.some(({ text }) =>
    text.startsWith("*.")
      ? host?.endsWith(text.slice(1).toLowerCase()) === true
      : host === text.toLowerCase(),
  );
}

/** The declared operation of the request: by path first, most concrete first, then by method (OpenAPI). */
export function operationOf(resource: Resource, interaction: Interaction): Operation | undefined {
  return operationsOf(resource, interaction)[0];
}

/** One path and method may be declared twice: in an OpenAPI document, and beside it. */
function operationsOf(resource: Resource, interaction: Interaction): readonly Operation[] {
  // Every rule on the resource asks this of the same request.
  const known = foundOperations.get(interaction);
  if (known?.resource === resource) return known.operations;
  const operations = findOperations(resource, interaction);
  foundOperations.set(interaction, { resource, operations });
  return operations;
}

const foundOperations = new WeakMap<
  Interaction,
  { readonly resource: Resource; readonly operations: readonly Operation[] }
>();

function findOperations(resource: Resource, interaction: Interaction): readonly Operation[] {
  const path = pathOf(interaction);
  if (path === undefined) return [];
  const [template] = matchingTemplates(path, resource.operations);
  return resource.operations.filter(
    (operation) => operation.path === template && operation.method === interaction.http?.method,
  );
}

/** Undefined when some target of the rule covers the request, else why none does. */
export function targetMismatch(rule: Rule, resource: Resource, interaction: Interaction): string | undefined {
  const here = rule.on.filter((target) => target.resource.text === resource.name);
  const reasons = here.map((target) => mismatch(rule, target, resource, interaction));
  if (here.length === 0)
    return `resource was ${resource.name}, needed ${names(rule.on.map((target) => target.resource))}`;
  return reasons.includes(undefined) ? undefined : reasons[0];
}

function mismatch(
  { effect }: Rule,
  target: Target,
  resource: Resource,
  interaction: Interaction,
): string | undefined {
  if (namesNothingHere(target, resource))
    return `the target lists what ${resource.name}, of type ${resource.type}, does not have`;
  switch (resource.type) {
    case "api":
    case "service":
      return operationMismatch(effect, target, resource, interaction);
    case "mcp-server":
      return mcpMismatch(effect, target, resource, interaction);
    case "model": {
      const model = interaction.llm?.model;
      return model !== undefined && model === resource.model?.model
        ? undefined
        : `model was ${said(model)}, needed ${said(resource.model?.model)}`;
    }
    case "event-channel":
      return eventMismatch(effect, target, resource, interaction);
  }
}

function operationMismatch(
  effect: Rule["effect"],
  target: Target,
  resource: Resource,
  interaction: Interaction,
): string | undefined {
  if (!hostMatches(resource, interaction))
    return `host was ${said(interaction.http?.host)}, needed ${names(resource.hosts)}`;
  const whole = target.operations === undefined && target.rpcs === undefined;
  const named = [...(target.operations ?? []), ...(target.rpcs ?? [])];
  if (resource.incomplete === true) {
    // What a deny rule names may be any request, as long as the document that would tell cannot be read.
    const isKnown = (name: string) => resource.operations.some((one) => namesOperation(name, one));
    if (effect === "deny" && !(named.length > 0 && named.every((name) => isKnown(name.text))))
      return undefined;
  } else if (resource.operations.length === 0) {
    return whole ? undefined : `${resource.name} declares no operations, needed ${names(named)}`;
  }
  const asked = `${said(interaction.http?.method)} ${said(pathOf(interaction))}`;
  const operations = operationsOf(resource, interaction);
  const [operation] = operations;
  if (operation === undefined) return `${asked} is no operation of ${resource.name}`;
  if (whole || operations.some((one) => named.some((name) => namesOperation(name.text, one))))
    return undefined;
  return `operation was ${operation.id ?? operationName(operation)}, needed ${names(named)}`;
}

function mcpMismatch(
  effect: Rule["effect"],
  target: Target,
  resource: Resource,
  { mcp }: Interaction,
): string | undefined {
  const whole = namesNoPart(target);
  if (whole && effect === "deny") return undefined;
  switch (mcp?.method) {
    case "tools/call": {
      const name = mcp.tool?.name;
      const isAny = whole && !declaresTools(resource);
      const tools = whole
        ? resource.tools.map((one) => one.name)
        : (target.tools ?? []).map((one) => one.text);
      if (name !== undefined && (isAny || tools.includes(name))) return undefined;
      return `tool was ${said(name)}, needed ${isAny ? "one" : tools.join(" or ") || "none"}`;
    }
    case "prompts/get": {
      const wanted = whole ? resource.prompts : (target.prompts ?? []);
      const name = mcp.prompt?.name;
      if (name !== undefined && (wanted === undefined || wanted.some((one) => one.text === name)))
        return undefined;
      return `prompt was ${said(name)}, needed ${wanted === undefined ? "one" : names(wanted) || "none"}`;
    }
    case "resources/read": {
      const wanted = whole ? resource.mcpResources : (target.mcpResources ?? []);
      const uri = mcp.resource?.uri;
      if (uri !== undefined && (wanted === undefined || wanted.some((one) => isUnder(uri, one.text))))
        return undefined;
      return `MCP resource was ${said(uri)}, needed ${wanted === undefined ? "one" : names(wanted) || "none"}`;
    }
    default:
      return `MCP method was ${said(mcp?.method)}, which no rule is about`;
  }
}

function eventMismatch(
  effect: Rule["effect"],
  target: Target,
  resource: Resource,
  { event }: Interaction,
): string | undefined {
  if (effect === "deny" && target.events === undefined) return undefined;
  const { types: named, operation } = target.events ?? {};
  const declared = effect === "deny" ? [] : (resource.event?.types ?? []);
  const types = named?.map((type) => type.text) ?? declared;
  if (event?.topic === undefined || event.topic !== resource.event?.topic)
    return `topic was ${said(event?.topic)}, needed ${said(resource.event?.topic)}`;
  if ((named !== undefined || types.length > 0) && !(event.type !== undefined && types.includes(event.type)))
    return `event type was ${said(event.type)}, needed ${types.join(" or ") || "none"}`;
  if (operation !== undefined && event.operation !== operation)
    return `operation was ${said(event.operation)}, needed ${operation}`;
  return undefined;
}

function isUnder(uri: string, wanted: string): boolean {
  const start = openStart(wanted);
  return start === undefined ? uri === wanted : uri.startsWith(start);
}

const said = (value: string | undefined): string => value ?? "absent";
const names = (written: readonly { readonly text: string }[]): string =>
  written.map((one) => one.text).join(" or ");
