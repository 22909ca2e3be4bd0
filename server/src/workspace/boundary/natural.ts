/**
 * A witness says as little as makes its point: a token without an issuer, a lifetime of no time at all. People would
 * write what a real request has: another issuer, a minute. Whoever takes the fuller request checks that it still makes
 * the point.
 */
import type { Interaction, Json } from "../../access/interaction.ts";
import type { Resource } from "../../policy/model.ts";

export function natural(witness: Interaction, resource: Resource): Interaction {
  const { jwt, llm, event, credential, mcp, http } = witness;
  return {
    ...witness,
    ...(jwt === undefined ? {} : { jwt: token(jwt) }),
    ...(llm === undefined ? {} : { llm: { ...llm, model: llm.model ?? "another-model" } }),
    ...(event === undefined
      ? {}
      : { event: { ...event, type: event.type ?? "another.type", topic: event.topic ?? "another-topic" } }),
    ...(credential === undefined ? {} : { credential: lasting(credential) }),
    ...(mcp?.tool === undefined ? {} : { mcp: { ...mcp, tool: withRequired(mcp.tool, resource) } }),
    // A resource with hosts that is asked without one is asked at another one.
    ...(resource.hosts.length === 0 || resource.type !== "api"
      ? {}
      : { http: { ...http, host: http?.host ?? "another.example" } }),
  };
}

function token(jwt: NonNullable<Interaction["jwt"]>): NonNullable<Interaction["jwt"]> {
  const { iss = "https://login.another.example", sub = "alice", aud, claims } = jwt;
  return {
    iss,
    sub,
    aud: aud === undefined || aud.length === 0 ? ["https://another.example"] : aud,
    ...(claims === undefined ? {} : { claims: { ...claims, ...actors(claims.act) } }),
  };
}

/** An actor has a subject, and so has the one before it (RFC 8693, 4.1). */
function actors(act: Json | undefined): { readonly act?: Json } {
  if (!isMap(act)) return act === undefined ? {} : { act: { sub: "another-agent" } };
  const { sub = "another-agent", ...rest } = act;
  return { act: { ...rest, ...actors(act.act), sub } };
}

function lasting(credential: NonNullable<Interaction["credential"]>): NonNullable<Interaction["credential"]> {
  const { ttl, age, ...rest } = credential;
  const longer = (text: string) => (/^0+s$/.test(text) ? "1m" : text);
  return {
    ...rest,
    ...(ttl === undefined ? {} : { ttl: longer(ttl) }),
    ...(age === undefined ? {} : { age: longer(age) }),
  };
}

type Tool = NonNullable<NonNullable<Interaction["mcp"]>["tool"]>;

/** With the arguments that its schema requires. Of a schema only the plainest parts are read: it is not trusted. */
function withRequired(tool: Tool, resource: Resource): Tool {
  const schema = resource.tools.find((one) => one.name === tool.name)?.inputSchema;
  if (!isMap(schema) || !Array.isArray(schema.required)) return tool;
  const properties = isMap(schema.properties) ? schema.properties : {};
  const required = (schema.required as readonly Json[])
    .filter((name): name is string => typeof name === "string")
    .slice(0, 20)
    .filter((name) => !Object.hasOwn(tool.arguments ?? {}, name))
    .flatMap((name) => {
      const value = example(name, Object.hasOwn(properties, name) ? properties[name] : undefined);
      return value === undefined ? [] : [[name, value] as const];
    });
  return { ...tool, arguments: { ...Object.fromEntries(required), ...tool.arguments } };
}

function example(name: string, schema: Json | undefined): Json | undefined {
  if (!isMap(schema)) return undefined;
  if (Array.isArray(schema.enum)) return (schema.enum as readonly Json[])[0];
  switch (schema.type) {
    case "string":
      return schema.pattern === undefined && schema.format === undefined ? `${name}-1` : undefined;
    case "integer":
    case "number":
      return typeof schema.minimum === "number" ? schema.minimum : 1;
    case "boolean":
      return true;
    default:
      return undefined;
  }
}

function isMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
