import type { Interaction, Json } from "../access/interaction.ts";
import type { TextPattern } from "../access/text-pattern.ts";

/**
 * What a variable of a dialect is in the interaction. Keyed by the variable's path; the longest path that fits
 * wins, and what follows it are the keys of the attribute.
 */
export type Binding =
  /** An attribute of the catalogue. Without `keys`, what follows is not part of it. */
  | { readonly kind: "attribute"; readonly id: string; readonly keys?: "one" | "path" }
  /** A part of the SPIFFE ID `spiffe://trustDomain/ns/namespace/sa/serviceAccount`; absent where it has not that shape. */
  | { readonly kind: "spiffe"; readonly part: "trustDomain" | "namespace" | "serviceAccount" }
  /** A part of the path of a gRPC call, `/service/method`; absent unless it is a POST to such a path. */
  | { readonly kind: "grpc"; readonly part: "service" | "method" }
  /** A parameter of a path template: what stands at its place in the path, not decoded. */
  | { readonly kind: "pathParameter"; readonly templates: readonly ParameterTemplate[] }
  /** A claim of words with spaces between them (RFC 8693, 4.2: `scope`), or a list of them: as a list. */
  | { readonly kind: "words"; readonly id: string; readonly keys: readonly string[] }
  /** The delegators, read from the token: one where it has an `act` claim, else none. */
  | { readonly kind: "delegators" }
  /** The first value of a repeated header, which no predicate can tell from the others. */
  | { readonly kind: "firstHeader" }
  | { readonly kind: "constant"; readonly value: string }
  /** Never there at the engine that evaluates. */
  | { readonly kind: "absent"; readonly reason: string }
  /** Readable from an interaction, but no attribute: lowered to an opaque atom. */
  | {
      readonly kind: "fact";
      readonly read: (interaction: Interaction) => Json | undefined;
      readonly reason: string;
    };

/** A path template that has the parameter, of which no segment has a second one. */
export interface ParameterTemplate {
  /** What stands before, between and behind the parameters, in the order of the path: one more than parameters. */
  readonly literals: readonly string[];
  /** Which of the template's parameters it is. */
  readonly index: number;
  /** Paths that belong to another template. */
  readonly except: readonly TextPattern[];
}

export type Bindings = ReadonlyMap<string, Binding>;

const attribute = (id: string, keys?: "one" | "path"): Binding =>
  keys === undefined ? { kind: "attribute", id } : { kind: "attribute", id, keys };

const same = (...ids: readonly string[]): [string, Binding][] => ids.map((id) => [id, attribute(id)]);

export const plumblineBindings: Bindings = new Map<string, Binding>([
  ...same("request.method", "request.path", "request.host", "source.principal", "source.ip"),
  ["request.headers", attribute("request.headers", "one")],
  ["request.query", attribute("request.query", "one")],
  ["request.body", attribute("request.body", "path")],
  ["source.namespace", { kind: "spiffe", part: "namespace" }],
  ["source.serviceAccount", { kind: "spiffe", part: "serviceAccount" }],
  ["source.trustDomain", { kind: "spiffe", part: "trustDomain" }],
  ...same("jwt.iss", "jwt.sub", "jwt.aud"),
  ["jwt.scope", { kind: "words", id: "jwt.claims", keys: ["scope"] }],
  ["jwt", attribute("jwt.claims", "path")],
  ...same("client.id", "client.method", "client.groups", "destination.port", "destination.sni"),
  ["grpc.service", { kind: "grpc", part: "service" }],
  ["grpc.method", { kind: "grpc", part: "method" }],
  ...same("mcp.methodName", "mcp.tool.name", "mcp.prompt.name", "mcp.resource.uri"),
  ["mcp.tool.arguments", attribute("mcp.tool.arguments", "path")],
  ["mcp.resource.name", attribute("mcp.resource.uri")],
  [
    "mcp.tool.target",
    {
      kind: "fact",
      read: (interaction) => interaction.mcp?.server,
      reason: "the server's name is not part of the request; say the resource in the rule's `on` instead",
    },
  ],
  ...same("llm.provider", "llm.requestModel", "llm.params.max_tokens"),
  ...same("event.type", "event.source", "event.topic", "event.operation"),
  ["onBehalfOf", { kind: "delegators" }],
  ...same("credential.type", "credential.ttl", "credential.age"),
  ...same("credential.boundTo.kind", "credential.boundTo.id"),
  ...same("context.time", "context.environment"),
  [
    "context.usage",
    { kind: "absent", reason: "usage is counted where the policy is enforced, not in a request" },
  ],
]);

/**
 * The variables of agentgateway by its own names, as of its `schema/cel.md` and `crates/agentgateway/src/cel/types.rs`
 * (github.com/agentgateway/agentgateway, mid 2026):
 * - a variable such as `jwt` is there only with its policy, and `has(jwt.sub)` is false without a token
 *   (website, `content/docs/standalone/main/reference/cel.md`);
 * - `request.headers["x"]` is a string: its optimised lookup (`resolve_direct`) takes `HeaderMap::get`, the first
 *   value; a missing header is an error. `"x" in request.headers` asks whether it is there;
 * - `request.path` is the path without, `request.pathAndQuery` with the query;
 * - `source.identity` comes from an Istio-shaped SPIFFE ID; there is no `source.spiffeId` in that table, but
 *   `source.subjectAltNames` lists it. We accept `source.spiffeId` for the versions and forks that have it;
 * - "Request-time CEL only includes identity fields such as tool, prompt, or resource": `mcp.methodName` and
 *   `mcp.tool.arguments` are not there when it authorises.
 */
export const agentgatewayBindings: Bindings = new Map<string, Binding>([
  ...same("request.method", "request.path", "request.host"),
  ["request.headers", { kind: "firstHeader" }],
  ["request.uri", { kind: "fact", read: requestUri, reason: "the URI joins several attributes" }],
  [
    "request.pathAndQuery",
    {
      kind: "fact",
      read: (interaction) => interaction.http?.path,
      reason: "the path with its query is not one attribute; use request.path",
    },
  ],
  [
    "request.body",
    { kind: "fact", read: () => undefined, reason: "agentgateway gives the body as bytes, not as fields" },
  ],
  ["source.spiffeId", attribute("source.principal")],
  ["source.identity.namespace", { kind: "spiffe", part: "namespace" }],
  ["source.identity.serviceAccount", { kind: "spiffe", part: "serviceAccount" }],
  ["source.identity.trustDomain", { kind: "spiffe", part: "trustDomain" }],
  ["source.address", attribute("source.ip")],
  ...same("jwt.iss", "jwt.sub", "jwt.aud"),
  ["jwt", attribute("jwt.claims", "path")],
  [
    "apiKey",
    {
      kind: "fact",
      read: () => undefined,
      reason: "what agentgateway knows of an API key is in its own config",
    },
  ],
  ...same("destination.port", "mcp.tool.name", "mcp.prompt.name"),
  ["mcp.resource.name", attribute("mcp.resource.uri")],
  [
    "mcp.tool.arguments",
    { kind: "absent", reason: "agentgateway authorises before the arguments are known" },
  ],
  [
    "mcp.methodName",
    { kind: "absent", reason: "agentgateway knows the MCP method only after it authorised" },
  ],
  ...["tool", "prompt", "resource"].map((kind): [string, Binding] => [
    `mcp.${kind}.target`,
    {
      kind: "fact",
      read: (interaction) => interaction.mcp?.server,
      reason: "the target is not part of the request",
    },
  ]),
  ...same("llm.provider", "llm.requestModel", "llm.params.max_tokens"),
]);

function requestUri(interaction: Interaction): Json | undefined {
  const { host, path } = interaction.http ?? {};
  return host === undefined || path === undefined ? undefined : `http://${host}${path}`;
}
