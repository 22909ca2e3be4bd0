import type { Attribute } from "./attribute.ts";
import type { Interaction, Json } from "./interaction.ts";
import { durationSeconds, epochSeconds } from "./units.ts";
import type { AttributeValue } from "./value.ts";

const absent: AttributeValue = { kind: "absent" };

/**
 * The value of an attribute of the catalogue on an interaction. Times are seconds since the epoch, durations
 * seconds; a time or duration that cannot be read is absent, as is everything that the interaction does not have.
 * Throws for an opaque attribute and for one that is not in the catalogue: a defect of the caller.
 */
export function readAttribute(interaction: Interaction, attribute: Attribute): AttributeValue {
  const { http, grpc, jwt, mcp, llm, event, credential } = interaction;
  switch (attribute.id) {
    case "transport":
      return text(interaction.transport ?? ((http ?? grpc ?? mcp ?? llm) ? "http" : undefined));
    case "request.method":
      return text(http?.method?.toUpperCase() ?? (grpc ? "POST" : undefined));
    case "request.path":
      return text(requestPath(interaction));
    case "request.query":
      return list(queryValues(http?.path, attribute.keys[0] ?? ""));
    case "request.host":
      return text(http?.host === undefined ? undefined : hostName(http.host));
    case "request.headers":
      return list(headerValues(http?.headers, attribute.keys[0] ?? ""));
    case "request.body":
      return json(http?.body, attribute.keys);
    case "source.principal":
      return text(interaction.source?.principal);
    case "source.ip":
      return text(interaction.source?.ip);
    case "jwt.iss":
      return text(jwt?.iss);
    case "jwt.sub":
      return text(jwt?.sub);
    case "jwt.aud":
      return list(jwt?.aud);
    case "jwt.claims":
      return json(jwt?.claims, attribute.keys);
    case "client.id":
      return text(interaction.client?.id);
    case "client.method":
      return text(interaction.client?.method);
    case "client.groups":
      return list(interaction.client?.groups);
    case "destination.port":
      return number(interaction.destination?.port);
    case "destination.sni":
      return text(interaction.destination?.sni);
    case "mcp.methodName":
      return text(mcp?.method);
    case "mcp.tool.name":
      return text(mcp?.tool?.name);
    case "mcp.tool.arguments":
      return json(mcp?.tool?.arguments, attribute.keys);
    case "mcp.prompt.name":
      return text(mcp?.prompt?.name);
    case "mcp.resource.uri":
      return text(mcp?.resource?.uri);
    case "llm.provider":
      return text(llm?.provider);
    case "llm.requestModel":
      return text(llm?.model);
    case "llm.params.max_tokens":
      return number(llm?.maxTokens);
    case "event.type":
      return text(event?.type);
    case "event.source":
      return text(event?.source);
    case "event.topic":
      return text(event?.topic);
    case "event.operation":
      return text(event?.operation);
    case "credential.type":
      return text(credential?.type);
    case "credential.ttl":
      return number(credential?.ttl === undefined ? undefined : durationSeconds(credential.ttl));
    case "credential.age":
      return number(credential?.age === undefined ? undefined : durationSeconds(credential.age));
    case "credential.boundTo.kind":
      return text(credential?.boundTo?.kind);
    case "credential.boundTo.id":
      return text(credential?.boundTo?.id);
    case "context.time":
      return number(interaction.time === undefined ? undefined : epochSeconds(interaction.time));
    case "context.environment":
      return text(interaction.environment);
    default:
      throw new Error(`attribute ${attribute.key} cannot be read from an interaction`);
  }
}

/** The path of the request target without its query; of a gRPC call `/pkg.Service/Method`. */
export function requestPath(interaction: Interaction): string | undefined {
  const target = interaction.http?.path;
  if (target !== undefined) return target.split("?", 1)[0];
  const { grpc } = interaction;
  return grpc === undefined ? undefined : `/${grpc.service}/${grpc.method}`;
}

/** The decoded values of a query parameter in order, or undefined where the target has none of that name. */
export function queryValues(target: string | undefined, name: string): readonly string[] | undefined {
  return queryParameters(target).get(name);
}

/** All parameters of a request target, decoded as a form: `+` is a space, a broken escape stays as it is. */
export function queryParameters(target: string | undefined): ReadonlyMap<string, readonly string[]> {
  const parameters = new Map<string, string[]>();
  const start = target?.indexOf("?") ?? -1;
  if (target === undefined || start < 0) return parameters;
  for (const pair of target.slice(start + 1).split("&")) {
    if (pair === "") continue;
    const [name = "", ...rest] = pair.split("=");
    const key = decode(name);
    const values = parameters.get(key);
    if (values === undefined) parameters.set(key, [decode(rest.join("="))]);
    else values.push(decode(rest.join("=")));
  }
  return parameters;
}

function decode(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch (error) {
    if (error instanceof URIError) return spaced;
    throw error;
  }
}

/** The host without its port, in lower case; an IPv6 address keeps its brackets. */
export function hostName(host: string): string {
  return host.replace(/:\d+$/, "").toLowerCase();
}

/** The values of a header whatever the case of its name, or undefined where there is none. */
export function headerValues(
  headers: { readonly [name: string]: readonly string[] } | undefined,
  name: string,
): readonly string[] | undefined {
  const wanted = name.toLowerCase();
  const values = Object.entries(headers ?? {}).flatMap(([key, some]) =>
    key.toLowerCase() === wanted ? [some] : [],
  );
  return values.length === 0 ? undefined : values.flat();
}

/** The value that a path of keys leads to; a key leads only into maps. */
export function jsonAt(value: Json | undefined, keys: readonly string[]): Json | undefined {
  let current = value;
  for (const key of keys) {
    if (current === null || typeof current !== "object" || isList(current)) return undefined;
    current = Object.hasOwn(current, key) ? current[key] : undefined;
  }
  return current;
}

function json(value: Json | undefined, keys: readonly string[]): AttributeValue {
  const found = jsonAt(value, keys);
  if (found === undefined) return absent;
  if (found === null) return { kind: "null" };
  switch (typeof found) {
    case "string":
      return { kind: "text", value: found };
    case "number":
      return { kind: "number", value: found };
    case "boolean":
      return { kind: "boolean", value: found };
    default:
      return isList(found)
        ? { kind: "list", members: found.filter((member) => typeof member === "string") }
        : { kind: "map" };
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function text(value: string | undefined): AttributeValue {
  return value === undefined ? absent : { kind: "text", value };
}

function number(value: number | undefined): AttributeValue {
  return value === undefined ? absent : { kind: "number", value };
}

function list(members: readonly string[] | undefined): AttributeValue {
  return members === undefined ? absent : { kind: "list", members };
}
