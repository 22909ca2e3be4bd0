/** The forms of sample requests other than plain HTTP, each as its users already have it. */
import type { Interaction, Json } from "../../access/interaction.ts";
import type { Resource } from "../../policy/model.ts";
import { harRequest, httpRequest } from "./http.ts";
import {
  destination,
  type Fields,
  type FormContext,
  fields,
  given,
  headersOf,
  isFields,
  RequestError,
  type RequestPart,
  requiredText,
  textField,
} from "./reading.ts";

export type Form = (form: Fields, context: FormContext) => RequestPart;

export const forms: Readonly<Record<string, Form>> = {
  http: httpRequest,
  har: harRequest,
  grpc: grpcRequest,
  mcp: mcpRequest,
  chat: modelRequest,
  event: eventRequest,
  authzen: authzenRequest,
  checkRequest: envoyCheckRequest,
  interaction: (form) => readInteraction(form),
};

/** The form of a JSON document, told by the fields that only it has. */
export function recogniseForm(document: Fields): keyof typeof forms {
  if (document.jsonrpc !== undefined) return "mcp";
  if (document.specversion !== undefined) return "event";
  if (document.traffic !== undefined) return "interaction";
  if (isFields(document.attributes) && document.attributes.request !== undefined) return "checkRequest";
  if (isFields(document.subject) && isFields(document.action)) return "authzen";
  if (document.log !== undefined || isFields(document.request)) return "har";
  if (document.model !== undefined) return "chat";
  if (document.url !== undefined) return "http";
  if (document.service !== undefined && document.method !== undefined) return "grpc";
  throw new RequestError(
    "the form of the request is not recognised: JSON-RPC (jsonrpc), CloudEvent (specversion), HAR, Envoy CheckRequest, AuthZEN, a chat body (model), {method, url} or an interaction (traffic)",
  );
}

function grpcRequest(form: Fields, { beside }: FormContext): RequestPart {
  const service = requiredText(form, "service", "a gRPC request");
  const method = requiredText(form, "method", "a gRPC request");
  const headers = headersOf(form.metadata);
  return {
    traffic: "service",
    transport: "http",
    ...destination(beside.resource),
    grpc: { service, method },
    http: {
      method: "POST",
      path: `/${service}/${method}`,
      ...given({ host: textField(form, "host"), headers, body: form.message }),
    },
  };
}

/** A JSON-RPC request of the Model Context Protocol. */
function mcpRequest(form: Fields, { set, beside }: FormContext): RequestPart {
  const method = requiredText(form, "method", "an MCP request");
  const params = form.params === undefined ? {} : fields(form.params, "params");
  const server =
    textField(form, "server") ?? beside.server ?? beside.resource ?? onlyServer(set.resources.values());
  if (server === undefined)
    throw new RequestError("an MCP request does not tell its server: say `server: NAME` beside it");
  const headers = headersOf(form.headers);
  const path = set.resources.get(server)?.mcpPath ?? "/mcp";
  return {
    traffic: "ai",
    transport: "http",
    destination: { resource: server },
    http: { method: "POST", path, ...given({ headers }) },
    mcp: { server, method, ...mcpPart(method, params) },
  };
}

function mcpPart(method: string, params: Fields): Partial<NonNullable<Interaction["mcp"]>> {
  switch (method) {
    case "tools/call": {
      const name = requiredText(params, "name", "tools/call");
      return {
        tool: {
          name,
          arguments: params.arguments === undefined ? {} : fields(params.arguments, "arguments"),
        },
      };
    }
    case "prompts/get":
      return { prompt: { name: requiredText(params, "name", "prompts/get") } };
    case "resources/read":
      return { resource: { uri: requiredText(params, "uri", "resources/read") } };
    default:
      return {};
  }
}

function onlyServer(resources: Iterable<Resource>): string | undefined {
  const servers = [...resources].filter((one) => one.type === "mcp-server");
  return servers.length === 1 ? servers[0]?.name : undefined;
}

/** A chat, responses or embeddings body in OpenAI's form; `max_tokens` and its newer names. */
function modelRequest(form: Fields, { set, beside }: FormContext): RequestPart {
  const body = form.body === undefined ? form : fields(form.body, "body");
  const model = requiredText(body, "model", "a model request");
  const resource =
    beside.resource === undefined
      ? [...set.resources.values()].find((one) => one.type === "model" && one.model?.model === model)
      : set.resources.get(beside.resource);
  const provider = textField(form, "provider") ?? beside.provider ?? resource?.model?.provider;
  const tokens = body.max_tokens ?? body.max_completion_tokens ?? body.max_output_tokens;
  if (tokens !== undefined && typeof tokens !== "number")
    throw new RequestError("max_tokens must be a number");
  const path =
    body.input !== undefined && body.messages === undefined ? "/v1/embeddings" : "/v1/chat/completions";
  return {
    traffic: "ai",
    transport: "http",
    ...destination(resource?.name ?? beside.resource),
    http: { method: "POST", path, body: withoutProvider(body) },
    llm: { model, ...given({ provider, maxTokens: tokens }) },
  };
}

function withoutProvider({ provider: _provider, ...body }: Fields): Fields {
  return body;
}

/** A CloudEvent 1.0 in its JSON form. Its source is asserted by the sender and proves nothing. */
function eventRequest(form: Fields, { set, beside }: FormContext): RequestPart {
  const type = requiredText(form, "type", "a CloudEvent");
  const channels = [...set.resources.values()].filter((one) => one.type === "event-channel");
  const channel =
    beside.resource === undefined
      ? channels.find((one) =>
          beside.topic === undefined ? one.event?.types.includes(type) : one.event?.topic === beside.topic,
        )
      : set.resources.get(beside.resource);
  return {
    traffic: "event",
    ...destination(channel?.name ?? beside.resource),
    event: {
      type,
      operation: beside.operation ?? "publish",
      ...given({ source: textField(form, "source"), topic: beside.topic ?? channel?.event?.topic }),
    },
  };
}

/** AuthZEN 1.0: the resource by its id, the action by its name; what its properties say of HTTP or a tool counts. */
function authzenRequest(form: Fields, context: FormContext): RequestPart {
  const resource = fields(form.resource, "resource");
  const action = requiredText(fields(form.action, "action"), "name", "action");
  const id = requiredText(resource, "id", "resource");
  const properties =
    resource.properties === undefined ? {} : fields(resource.properties, "resource.properties");
  const known = context.set.resources.get(id);
  const beside = { ...context.beside, resource: id };
  if (known?.type === "mcp-server")
    return mcpRequest(
      { server: id, method: "tools/call", params: { name: action, arguments: properties.arguments ?? {} } },
      context,
    );
  if (known?.type === "model")
    return modelRequest({ model: known.model?.model ?? id, ...properties }, { ...context, beside });
  if (known?.type === "event-channel")
    return eventRequest(
      { type: requiredText(properties, "type", "resource.properties"), ...properties },
      {
        ...context,
        beside: { ...beside, operation: action === "consume" ? "consume" : "publish" },
      },
    );
  const [method, path, ...rest] = action.split(/\s+/);
  const operation = known?.operations.find((one) => one.id === action || one.rpc === action);
  if (rest.length > 0 || (path === undefined && operation === undefined && properties.path === undefined))
    throw new RequestError(`the action ${action} is no operation of ${id}; name one, or "METHOD /path"`);
  const host = known?.hosts[0]?.text;
  const target = textField(properties, "path") ?? path ?? operation?.path ?? "/";
  return {
    traffic: known?.type === "api" ? "api" : "service",
    transport: "http",
    destination: { resource: id },
    http: { method: operation?.method ?? method?.toUpperCase() ?? "GET", path: target, ...given({ host }) },
  };
}

/** Envoy's ext_authz CheckRequest as JSON (envoy.service.auth.v3). */
function envoyCheckRequest(form: Fields, { beside }: FormContext): RequestPart {
  const attributes = fields(form.attributes, "attributes");
  const request = fields(fields(attributes.request, "attributes.request").http, "attributes.request.http");
  const source = attributes.source === undefined ? {} : fields(attributes.source, "attributes.source");
  const ip = socketAddress(source.address);
  const body = textField(request, "body");
  return {
    traffic: "service",
    transport: "http",
    ...destination(beside.resource),
    ...given({
      source:
        Object.keys(source).length === 0
          ? undefined
          : given({ principal: textField(source, "principal"), ip }),
    }),
    http: {
      method: requiredText(request, "method", "attributes.request.http"),
      path: requiredText(request, "path", "attributes.request.http"),
      ...given({ host: textField(request, "host"), headers: plainHeaders(request.headers), body }),
    },
  };
}

/** Pseudo-headers say again what the other fields say. */
function plainHeaders(value: Json | undefined): { readonly [name: string]: readonly string[] } | undefined {
  const headers = headersOf(value);
  return headers && Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(":")));
}

function socketAddress(value: Json | undefined): string | undefined {
  if (!isFields(value)) return undefined;
  const socket = value.socketAddress ?? value.socket_address;
  return isFields(socket) ? textField(socket, "address") : undefined;
}

const traffics = ["api", "service", "ai", "event"];

/** The neutral form itself (design, section 7). Its parts are checked where they are read: by shape, not by meaning. */
function readInteraction(form: Fields): Interaction {
  if (typeof form.traffic !== "string" || !traffics.includes(form.traffic))
    throw new RequestError(`traffic must be one of ${traffics.join(", ")}`);
  const objects = [
    "source",
    "client",
    "jwt",
    "credential",
    "destination",
    "http",
    "grpc",
    "mcp",
    "llm",
    "event",
  ];
  for (const name of objects) if (form[name] !== undefined) fields(form[name], name);
  const http = form.http === undefined ? undefined : fields(form.http, "http");
  const headers = http === undefined ? undefined : headersOf(http.headers);
  const jwt = form.jwt === undefined ? undefined : fields(form.jwt, "jwt");
  const aud = typeof jwt?.aud === "string" ? [jwt.aud] : jwt?.aud;
  return {
    ...form,
    ...(http === undefined ? {} : { http: { ...http, ...given({ headers }) } }),
    ...(jwt === undefined ? {} : { jwt: { ...jwt, ...given({ aud }) } }),
  } as unknown as Interaction;
}
