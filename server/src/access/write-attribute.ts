import type { Attribute } from "./attribute.ts";
import type { Interaction, Json } from "./interaction.ts";
import type { AttributeValue } from "./value.ts";

/** An interaction while it is being written: plain maps, copied on the way down. */
type Node = { readonly [key: string]: Json };

/** Where each attribute without keys, or in front of its keys, stands in the interaction. */
const places: Readonly<Record<string, readonly string[]>> = {
  transport: ["transport"],
  "request.method": ["http", "method"],
  "request.host": ["http", "host"],
  "request.headers": ["http", "headers"],
  "request.body": ["http", "body"],
  "source.principal": ["source", "principal"],
  "source.ip": ["source", "ip"],
  "jwt.iss": ["jwt", "iss"],
  "jwt.sub": ["jwt", "sub"],
  "jwt.aud": ["jwt", "aud"],
  "jwt.claims": ["jwt", "claims"],
  "client.id": ["client", "id"],
  "client.method": ["client", "method"],
  "client.groups": ["client", "groups"],
  "destination.port": ["destination", "port"],
  "destination.sni": ["destination", "sni"],
  "mcp.methodName": ["mcp", "method"],
  "mcp.tool.name": ["mcp", "tool", "name"],
  "mcp.tool.arguments": ["mcp", "tool", "arguments"],
  "mcp.prompt.name": ["mcp", "prompt", "name"],
  "mcp.resource.uri": ["mcp", "resource", "uri"],
  "llm.provider": ["llm", "provider"],
  "llm.requestModel": ["llm", "model"],
  "llm.params.max_tokens": ["llm", "maxTokens"],
  "event.type": ["event", "type"],
  "event.source": ["event", "source"],
  "event.topic": ["event", "topic"],
  "event.operation": ["event", "operation"],
  "credential.type": ["credential", "type"],
  "credential.ttl": ["credential", "ttl"],
  "credential.age": ["credential", "age"],
  "credential.boundTo.kind": ["credential", "boundTo", "kind"],
  "credential.boundTo.id": ["credential", "boundTo", "id"],
  "context.time": ["time"],
  "context.environment": ["environment"],
};

/**
 * The interaction with this value, so that `readAttribute` reads it back. Absent takes it out, and what its absence
 * makes meaningless: an MCP request without a method, a tool call without a tool, a binding without a kind. Throws
 * for an opaque attribute and for one that is not in the catalogue: a defect of the caller.
 */
export function writeAttribute(
  interaction: Interaction,
  attribute: Attribute,
  value: AttributeValue,
): Interaction {
  const plain = attribute.id.startsWith("request.") ? withoutGrpc(interaction) : interaction;
  const root = plain as unknown as Node;
  switch (attribute.id) {
    case "request.path":
      return asInteraction(writePath(root, value));
    case "request.query":
      return asInteraction(writeQuery(root, attribute.keys[0] ?? "", value));
    case "request.headers":
      return asInteraction(writeHeader(root, attribute.keys[0] ?? "", value));
  }
  const place = places[attribute.id];
  if (place === undefined) throw new Error(`attribute ${attribute.key} has no place in an interaction`);
  const path = [...place, ...attribute.keys];
  if (value.kind === "absent") {
    const parts = attribute.id === "jwt.claims" ? place.length : place.length - 1;
    return asInteraction(remove(root, wholeOf(attribute.id) ?? path, parts));
  }
  return asInteraction(set(root, path, jsonOf(attribute, value, getAt(root, path))));
}

/** What goes together with the attribute when it is absent. */
function wholeOf(id: string): readonly string[] | undefined {
  switch (id) {
    case "mcp.methodName":
      return ["mcp"];
    case "mcp.tool.name":
      return ["mcp", "tool"];
    case "credential.boundTo.kind":
      return ["credential", "boundTo"];
    default:
      return undefined;
  }
}

function jsonOf(attribute: Attribute, value: AttributeValue, before: Json | undefined): Json {
  switch (value.kind) {
    case "text":
    case "boolean":
      return value.value;
    case "number":
      return numberOf(attribute, value.value);
    case "list":
      return value.members;
    case "null":
      return null;
    case "map":
      return isMap(before) ? before : {};
    case "absent":
    case "opaque":
      throw new Error(`a value of kind ${value.kind} cannot be written to ${attribute.key}`);
  }
}

/** Durations are written in seconds, times in RFC 3339, to the millisecond. */
function numberOf(attribute: Attribute, value: number): Json {
  switch (attribute.id) {
    case "credential.ttl":
    case "credential.age":
      return `${plainDecimal(value)}s`;
    case "context.time":
      return new Date(Math.round(value * 1000)).toISOString().replace(".000Z", "Z");
    default:
      return value;
  }
}

/** Never in the exponent form, which durations do not have. */
function plainDecimal(value: number): string {
  const text = String(value);
  return /e/.test(text) ? value.toFixed(20).replace(/\.?0+$/, "") : text;
}

/**
 * A gRPC call is an HTTP request: once its method or path is written as such, the short form would only repeat, or
 * contradict it.
 */
function withoutGrpc(interaction: Interaction): Interaction {
  const { grpc, ...rest } = interaction;
  if (grpc === undefined) return interaction;
  return { ...rest, http: { method: "POST", path: `/${grpc.service}/${grpc.method}`, ...rest.http } };
}

function writePath(root: Node, value: AttributeValue): Node {
  const target = getAt(root, ["http", "path"]);
  const query = typeof target === "string" && target.includes("?") ? target.slice(target.indexOf("?")) : "";
  if (value.kind === "absent") return remove(root, ["http", "path"], 1);
  if (value.kind !== "text") throw new Error(`a path is a text, not ${value.kind}`);
  return set(root, ["http", "path"], value.value + query);
}

function writeQuery(root: Node, name: string, value: AttributeValue): Node {
  const target = getAt(root, ["http", "path"]);
  const [path = "", query = ""] = typeof target === "string" ? split(target) : [];
  const others = query.split("&").filter((pair) => pair !== "" && decodedName(pair) !== name);
  const own = value.kind === "list" ? value.members : value.kind === "text" ? [value.value] : [];
  const pairs = [...others, ...own.map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`)];
  if (target === undefined && pairs.length === 0) return root;
  return set(root, ["http", "path"], pairs.length === 0 ? path : `${path}?${pairs.join("&")}`);
}

function split(target: string): readonly [string, string] {
  const at = target.indexOf("?");
  return at < 0 ? [target, ""] : [target.slice(0, at), target.slice(at + 1)];
}

function decodedName(pair: string): string {
  const name = (pair.split("=", 1)[0] ?? "").replaceAll("+", " ");
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (error instanceof URIError) return name;
    throw error;
  }
}

/** Header names have no case: other spellings of the name go. */
function writeHeader(root: Node, name: string, value: AttributeValue): Node {
  const headers = getAt(root, ["http", "headers"]);
  const others = Object.entries(isMap(headers) ? headers : {}).filter(
    ([key]) => key.toLowerCase() !== name.toLowerCase(),
  );
  const own = value.kind === "list" ? value.members : value.kind === "text" ? [value.value] : undefined;
  const all = own === undefined ? others : [...others, [name, own] as const];
  if (all.length === 0) return remove(root, ["http", "headers"], 1);
  return set(root, ["http", "headers"], Object.fromEntries(all));
}

export function isMap(value: Json | undefined): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asInteraction(root: Node): Interaction {
  return root as unknown as Interaction;
}

export function getAt(root: Json | undefined, path: readonly string[]): Json | undefined {
  let current = root;
  for (const key of path) {
    if (!isMap(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}

/** `Object.fromEntries` rather than assignment, so that a key named `__proto__` is a key. */
function set(root: Node, path: readonly string[], value: Json): Node {
  const [key, ...rest] = path;
  if (key === undefined) return isMap(value) ? value : root;
  const child = Object.hasOwn(root, key) ? root[key] : undefined;
  const written = rest.length === 0 ? value : set(isMap(child) ? child : {}, rest, value);
  return Object.fromEntries([...Object.entries(root).filter(([name]) => name !== key), [key, written]]);
}

/**
 * The first `parts` maps on the way are parts of the interaction, which go when they become empty; a claim or an
 * argument that is an empty map stays.
 */
function remove(root: Node, path: readonly string[], parts: number): Node {
  const [key, ...rest] = path;
  if (key === undefined || !Object.hasOwn(root, key)) return root;
  const others = Object.entries(root).filter(([name]) => name !== key);
  if (rest.length === 0) return Object.fromEntries(others);
  const child = root[key];
  if (!isMap(child)) return root;
  const left = remove(child, rest, parts - 1);
  if (parts > 0 && Object.keys(left).length === 0) return Object.fromEntries(others);
  return Object.fromEntries(Object.entries(root).map(([name, one]) => [name, name === key ? left : one]));
}

/** Without all attributes of a keyed id: all headers, all claims but iss, sub and aud, the whole query. */
export function removeAll(interaction: Interaction, id: string): Interaction {
  const root = interaction as unknown as Node;
  if (id === "request.query") {
    const target = getAt(root, ["http", "path"]);
    return typeof target === "string"
      ? asInteraction(set(root, ["http", "path"], split(target)[0]))
      : interaction;
  }
  const place = places[id];
  if (place === undefined) throw new Error(`attribute ${id} has no place in an interaction`);
  return asInteraction(remove(root, place, place.length - 1));
}
