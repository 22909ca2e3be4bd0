import { type Attribute, type AttributeDefinition, attributeKey, type Sort } from "./attribute.ts";

/**
 * The attribute catalogue: one table for CEL types, hover, lowering, visibility and projection. It is the truth of
 * which enforcement point sees what; each cell names what that point calls the attribute.
 */
const definitions: readonly AttributeDefinition[] = [
  define("transport", "text", "none", "string", "http, or tcp where the proxy does not parse HTTP.", {
    istio: "the port's protocol",
  }),
  define("request.method", "text", "none", "string", "The HTTP method, in upper case.", {
    istio: "methods",
    envoy: ":method",
    kong: "route methods",
    "envoy-gateway": "operation.methods",
    agentgateway: "request.method",
  }),
  define("request.path", "path", "none", "string", "The path of the request target, without its query.", {
    istio: "paths",
    envoy: "url_path",
    kong: "route paths",
    "envoy-gateway": "operation.paths",
    agentgateway: "request.path",
  }),
  define("request.query", "any", "one", "list(string)", "The values of a query parameter.", {
    agentgateway: "request.pathAndQuery",
  }),
  define(
    "request.host",
    "text",
    "none",
    "string",
    "The host that the client asked for, in lower case and without port.",
    {
      istio: "hosts",
      envoy: ":authority",
      kong: "route hosts",
      "envoy-gateway": "HTTPRoute hostnames",
      agentgateway: "request.host",
    },
  ),
  define(
    "request.headers",
    "any",
    "one",
    "list(string)",
    "The values of a request header; its name in lower case.",
    {
      istio: "when request.headers[]",
      envoy: "header",
      kong: "route headers",
      "envoy-gateway": "principal.headers",
      agentgateway: "request.headers",
    },
  ),
  define("request.body", "any", "path", "dyn", "A field of the JSON body.", {
    agentgateway: "request.body (buffered)",
  }),
  define("source.principal", "text", "none", "string", "The SPIFFE ID that the peer's certificate proves.", {
    istio: "principals, namespaces, serviceAccounts",
    envoy: "authenticated.principal_name",
    agentgateway: "source.spiffeId",
  }),
  define(
    "source.ip",
    "ip",
    "none",
    "string",
    'The address of the peer, as in cidr("10.0.0.0/8").containsIP(source.ip).',
    {
      istio: "ipBlocks",
      envoy: "direct_remote_ip",
      kong: "ip-restriction",
      "envoy-gateway": "principal.clientCIDRs",
      agentgateway: "source.address",
    },
  ),
  define("jwt.iss", "text", "none", "string", "The issuer of the presented token.", {
    istio: "requestPrincipals",
    envoy: "metadata",
    kong: "jwt",
    "envoy-gateway": "principal.jwt.provider",
    agentgateway: "jwt.iss",
  }),
  define(
    "jwt.sub",
    "text",
    "none",
    "string",
    "The subject of the token; of an exchanged token, the delegator.",
    {
      istio: "requestPrincipals",
      envoy: "metadata",
      "envoy-gateway": "principal.jwt.claims",
      agentgateway: "jwt.sub",
    },
  ),
  define("jwt.aud", "any", "none", "list(string)", "The audiences of the token.", {
    istio: "request.auth.audiences",
    envoy: "metadata",
    "envoy-gateway": "jwt.providers[].audiences",
    agentgateway: "jwt.aud",
  }),
  define("jwt.claims", "any", "path", "dyn", "Any other claim of the token.", {
    istio: "request.auth.claims[]",
    envoy: "metadata",
    "envoy-gateway": "principal.jwt.claims",
    agentgateway: "jwt.<claim>",
  }),
  define("client.id", "text", "none", "string", "The API client (a Kong consumer, a LiteLLM key).", {
    kong: "consumer",
    litellm: "key",
    "envoy-gateway": "apiKey",
  }),
  define(
    "client.method",
    "text",
    "none",
    "string",
    "How the API client proved itself: key-auth, jwt, mtls.",
    { kong: "the auth plugin" },
  ),
  define(
    "client.groups",
    "any",
    "none",
    "list(string)",
    "The groups that the gateway puts the API client in.",
    { kong: "acl groups", litellm: "team" },
  ),
  define("destination.port", "number", "none", "int", "The port of the workload.", {
    istio: "ports",
    envoy: "destination_port",
    kong: "service port",
    agentgateway: "destination.port",
  }),
  define("destination.sni", "text", "none", "string", "The server name of the TLS handshake.", {
    istio: "connection.sni",
    envoy: "requested_server_name",
    kong: "route snis",
  }),
  define(
    "mcp.methodName",
    "text",
    "none",
    "string",
    "The MCP method: tools/call, prompts/get, resources/read.",
    {},
  ),
  define("mcp.tool.name", "text", "none", "string", "The tool that is called.", {
    agentgateway: "mcp.tool.name",
    litellm: "allowed_tools",
  }),
  define(
    "mcp.tool.arguments",
    "any",
    "path",
    "dyn",
    "An argument of the tool call, typed by the tool's input schema.",
    { litellm: "allowed_params" },
  ),
  define("mcp.prompt.name", "text", "none", "string", "The prompt that is asked for.", {
    agentgateway: "mcp.prompt.name",
  }),
  define("mcp.resource.uri", "text", "none", "string", "The MCP resource that is read.", {
    agentgateway: "mcp.resource.name",
  }),
  define("llm.provider", "text", "none", "string", "The provider of the model.", {
    agentgateway: "llm.provider",
  }),
  define("llm.requestModel", "text", "none", "string", "The model that the request names.", {
    agentgateway: "llm.requestModel",
    litellm: "models",
  }),
  define("llm.params.max_tokens", "number", "none", "int", "The most tokens that the answer may have.", {
    agentgateway: "llm.params.max_tokens",
  }),
  define("event.type", "text", "none", "string", "The CloudEvents type.", {}),
  define(
    "event.source",
    "text",
    "none",
    "string",
    "The CloudEvents source; asserted by the sender, proves nothing.",
    {},
  ),
  define("event.topic", "text", "none", "string", "The topic that the event is sent to.", {}),
  define("event.operation", "text", "none", "string", "publish or consume.", {}),
  define(
    "credential.type",
    "text",
    "none",
    "string",
    "The type of the credential that proves the subject.",
    {},
  ),
  define(
    "credential.ttl",
    "number",
    "none",
    "duration",
    "Its lifetime (exp - iat, notAfter - notBefore), in seconds.",
    {},
  ),
  define("credential.age", "number", "none", "duration", "Its age, in seconds.", {}),
  define("credential.boundTo.kind", "text", "none", "string", "What it is bound to: task, session.", {}),
  define(
    "credential.boundTo.id",
    "text",
    "none",
    "string",
    "The id of the task or session it is bound to.",
    {},
  ),
  define(
    "context.time",
    "number",
    "none",
    "timestamp",
    "The time of the request, in seconds since the epoch.",
    {},
  ),
  define(
    "context.environment",
    "text",
    "none",
    "string",
    "The environment that the request is evaluated in; one constant wherever one environment is compared.",
    {},
  ),
];

function define(
  id: string,
  sort: Sort,
  keys: AttributeDefinition["keys"],
  celType: string,
  description: string,
  visible: AttributeDefinition["visible"],
): AttributeDefinition {
  return { id, sort, keys, celType, description, visible };
}

export const catalogue: ReadonlyMap<string, AttributeDefinition> = new Map(
  definitions.map((one) => [one.id, one]),
);

const interned = new Map<string, Attribute>();

/** The attribute `id` with its keys. Throws for an id that is not in the catalogue: a defect of the caller. */
export function attribute(id: string, ...keys: readonly string[]): Attribute {
  const key = attributeKey(id, keys);
  const known = interned.get(key);
  if (known !== undefined) return known;
  const definition = catalogue.get(id);
  if (definition === undefined) throw new Error(`no attribute ${id} in the catalogue`);
  const made: Attribute = { id, keys, sort: definition.sort, key };
  // Keys come from files: a bound keeps a hostile workspace from filling the table.
  if (interned.size < 100_000) interned.set(key, made);
  return made;
}
