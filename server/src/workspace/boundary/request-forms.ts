/** The request of a witness in the forms that its users have it in: MCP, a chat body, a CloudEvent, gRPC, HTTP. */
import type { Interaction, Json } from "../../access/interaction.ts";
import { requestPath } from "../../access/read-attribute.ts";
import { declaresTools } from "../../policy/lower/targets.ts";
import type { Resource } from "../../policy/model.ts";
import { given } from "../../simulate/requests/reading.ts";

type Request = { readonly [key: string]: Json };

/** The member `request` of a scenario, the plainest form first. `resource` is that of the environment. */
export function requestForms(witness: Interaction, resource: Resource): readonly Request[] {
  return [...ownForms(witness, resource), neutral(witness)];
}

/** The neutral form of the request, without who makes it. */
function neutral(witness: Interaction): Request {
  const { source: _peer, client: _client, jwt: _token, onBehalfOf: _derived, ...request } = witness;
  const { credential: _credential, environment: _here, time: _now, ...rest } = request;
  return { interaction: rest as unknown as Json };
}

function ownForms(witness: Interaction, resource: Resource): readonly Request[] {
  switch (resource.type) {
    case "mcp-server":
      return mcp(witness, resource);
    case "model":
      return chat(witness, resource);
    case "event-channel":
      return event(witness, resource);
    case "api":
    case "service":
      return [...grpc(witness, resource), ...http(witness, resource)];
  }
}

function mcp({ mcp: asked, http: beneath }: Interaction, resource: Resource): readonly Request[] {
  if (asked === undefined) return [];
  // A tool that nobody declares is a mistake where MCP requests are written, and the very point of some witnesses.
  const { tool } = asked;
  const isUnknown = tool !== undefined && !resource.tools.some((one) => one.name === tool.name);
  if (isUnknown && declaresTools(resource)) return [];
  const params =
    asked.tool !== undefined
      ? { name: asked.tool.name, ...given({ arguments: asked.tool.arguments }) }
      : asked.prompt !== undefined
        ? { name: asked.prompt.name }
        : asked.resource !== undefined
          ? { uri: asked.resource.uri }
          : undefined;
  const headers = headersIn(beneath);
  return [{ mcp: { server: resource.name, method: asked.method, ...given({ params, headers }) } as Request }];
}

const question = [{ role: "user", content: "Hello" }];

function chat({ llm }: Interaction, resource: Resource): readonly Request[] {
  const model = llm?.model ?? resource.model?.model;
  if (model === undefined) return [];
  const body = { model, ...given({ max_tokens: llm?.maxTokens }), messages: question };
  const withProvider = given({ provider: llm?.provider });
  return [
    { chat: body },
    { resource: resource.name, chat: body },
    { resource: resource.name, ...withProvider, chat: body } as Request,
  ];
}

/** A CloudEvent has a source, which proves nothing (CloudEvents 1.0.2, `source`). */
function event({ event: asked }: Interaction, resource: Resource): readonly Request[] {
  if (asked?.type === undefined) return [];
  const { type, topic = resource.event?.topic, operation, source } = asked;
  const envelope = { specversion: "1.0", id: "1", source: source ?? "/boundary", type };
  const beside = given({ operation, topic });
  return [
    { ...beside, event: envelope } as Request,
    { resource: resource.name, ...beside, event: envelope } as Request,
    { resource: resource.name, ...beside, event: given({ type, source }) } as Request,
  ];
}

function grpc({ http: asked }: Interaction, resource: Resource): readonly Request[] {
  const [, service, method] = /^\/([^/]+)\/([^/]+)$/.exec(asked?.path ?? "") ?? [];
  if (resource.protocol !== "grpc" || service === undefined || method === undefined) return [];
  if (asked?.method !== "POST") return [];
  const message = given({ metadata: headersIn(asked), message: asked.body });
  return [{ resource: resource.name, grpc: { service, method, ...message } as Request }];
}

function http(witness: Interaction, resource: Resource): readonly Request[] {
  const { http: asked } = witness;
  const method = asked?.method ?? resource.operations[0]?.method ?? "GET";
  const target = asked?.path ?? "/";
  if (requestPath(witness) !== undefined && !target.startsWith("/")) return [];
  const host = asked?.host ?? resource.hosts.find((one) => !one.text.startsWith("*"))?.text;
  const rest = given({ headers: headersIn(asked), body: asked?.body });
  const sent = (url: string): Request => ({ method, url, ...rest }) as Request;
  const absolute = host === undefined ? undefined : sent(`https://${host}${target}`);
  return [
    // An API is told by its host; a service has no name of its own in the request.
    ...(resource.type === "api" && absolute !== undefined ? [{ http: absolute }] : []),
    ...(absolute === undefined ? [] : [{ resource: resource.name, http: absolute }]),
    { resource: resource.name, http: sent(target) },
  ];
}

/** A header with one value is written as that value. */
function headersIn(http: Interaction["http"]): Request | undefined {
  const headers = Object.entries(http?.headers ?? {});
  if (headers.length === 0) return undefined;
  return Object.fromEntries(
    headers.map(([name, values]) => [name, values.length === 1 ? (values[0] ?? "") : values]),
  );
}
