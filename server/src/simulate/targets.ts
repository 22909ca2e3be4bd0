/** Which resource and operation a request is for, and whether a rule's `on` covers it. */
import type { Interaction } from "../access/interaction.ts";
import type { Operation, Resource, Rule, Target } from "../policy/model.ts";
import { namesOperation, operationName } from "../policy/operation-names.ts";
import { matchingTemplates } from "../policy/path-precedence.ts";

export function pathOf(interaction: Interaction): string | undefined {
  return interaction.http?.path?.replace(/[?#].*$/s, "");
}

/** The resource that the request is for: the one it names, else the one that its host, server, model or topic fits. */
export function resolveResource(
  resources: ReadonlyMap<string, Resource>,
  interaction: Interaction,
): Resource | undefined {
  const named = interaction.destination?.resource ?? interaction.mcp?.server;
  if (named !== undefined) return resources.get(named);
  const all = [...resources.values()];
  const { llm, event, http } = interaction;
  if (llm !== undefined) return all.find((one) => one.type === "model" && one.model?.model === llm.model);
  if (event !== undefined)
    return all.find((one) => one.type === "event-channel" && one.event?.topic === event.topic);
  if (http === undefined) return undefined;
  const onHost = all.filter((one) => one.type === "api" && hostMatches(one, interaction));
  const path = pathOf(interaction) ?? "";
  return onHost.find((one) => matchingTemplates(path, one.operations).length > 0) ?? onHost[0];
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
  const [template] = matchingTemplates(pathOf(interaction) ?? "", resource.operations);
  return resource.operations.find(
    (operation) => operation.path === template && operation.method === interaction.http?.method,
  );
}

/** Undefined when some target of the rule covers the request, else why none does. */
export function targetMismatch(rule: Rule, resource: Resource, interaction: Interaction): string | undefined {
  const here = rule.on.filter((target) => target.resource.text === resource.name);
  const reasons = here.map((target) => mismatch(target, resource, interaction));
  if (here.length === 0)
    return `resource was ${resource.name}, needed ${names(rule.on.map((target) => target.resource))}`;
  return reasons.includes(undefined) ? undefined : reasons[0];
}

function mismatch(target: Target, resource: Resource, interaction: Interaction): string | undefined {
  switch (resource.type) {
    case "api":
    case "service":
      return operationMismatch(target, resource, interaction);
    case "mcp-server":
      return mcpMismatch(target, resource, interaction);
    case "model": {
      const model = interaction.llm?.model;
      return model === resource.model?.model
        ? undefined
        : `model was ${said(model)}, needed ${resource.model?.model}`;
    }
    case "event-channel":
      return eventMismatch(target, resource, interaction);
  }
}

function operationMismatch(target: Target, resource: Resource, interaction: Interaction): string | undefined {
  if (!hostMatches(resource, interaction))
    return `host was ${said(interaction.http?.host)}, needed ${names(resource.hosts)}`;
  const named = target.operations ?? target.rpcs;
  if (resource.operations.length === 0) return undefined;
  const asked = `${said(interaction.http?.method)} ${said(pathOf(interaction))}`;
  const operation = operationOf(resource, interaction);
  if (operation === undefined) return `${asked} is no operation of ${resource.name}`;
  if (named === undefined || named.some((name) => namesOperation(name.text, operation))) return undefined;
  return `operation was ${operation.id ?? operationName(operation)}, needed ${names(named)}`;
}

function mcpMismatch(target: Target, resource: Resource, interaction: Interaction): string | undefined {
  const { mcp } = interaction;
  const whole = target.tools === undefined && target.prompts === undefined;
  switch (mcp?.method) {
    case "tools/call": {
      const tools = whole
        ? resource.tools.map((tool) => tool.name)
        : (target.tools ?? []).map((one) => one.text);
      const name = mcp.tool?.name;
      return name !== undefined && tools.includes(name)
        ? undefined
        : `tool was ${said(name)}, needed ${tools.join(" or ") || "none"}`;
    }
    case "prompts/get": {
      const prompts = target.prompts?.map((one) => one.text) ?? [];
      const name = mcp.prompt?.name;
      return name !== undefined && (whole || prompts.includes(name))
        ? undefined
        : `prompt was ${said(name)}, needed ${prompts.join(" or ") || "none"}`;
    }
    case "resources/read":
      return whole && mcp.resource !== undefined ? undefined : "the rule grants tools or prompts only";
    default:
      return `MCP method was ${said(mcp?.method)}`;
  }
}

function eventMismatch(target: Target, resource: Resource, interaction: Interaction): string | undefined {
  const { event } = interaction;
  const types = target.events?.types?.map((type) => type.text) ?? resource.event?.types ?? [];
  const operation = target.events?.operation;
  if (event?.topic !== resource.event?.topic)
    return `topic was ${said(event?.topic)}, needed ${resource.event?.topic}`;
  if (types.length > 0 && (event?.type === undefined || !types.includes(event.type)))
    return `event type was ${said(event?.type)}, needed ${types.join(" or ")}`;
  if (operation !== undefined && event?.operation !== operation)
    return `operation was ${said(event?.operation)}, needed ${operation}`;
  return undefined;
}

const said = (value: string | undefined): string => value ?? "absent";
const names = (written: readonly { readonly text: string }[]): string =>
  written.map((one) => one.text).join(" or ");
