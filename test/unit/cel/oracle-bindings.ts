/** A request as the variables of another implementation of CEL. */
import { create } from "@bufbuild/protobuf";
import { DurationSchema, timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { Interaction, Json } from "../../../server/src/access/interaction.ts";
import { queryParameters, requestPath } from "../../../server/src/access/read-attribute.ts";
import { durationSeconds } from "../../../server/src/access/units.ts";

export type Fields = { readonly [key: string]: unknown };

function defined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** RFC 8693, 4.2: names with a space between each. Some issuers send a list. */
function scopes(claims: Json): Json | undefined {
  const { scope } = claims as { readonly scope?: Json };
  return typeof scope === "string" ? (scope.match(/[^ ]+/g) ?? []) : scope;
}

/** The variables as plain values, made independently of the code under test as far as that is possible. */
export function bindings(request: Interaction): Fields {
  const { http, jwt, mcp, source, client, credential } = request;
  const method = http?.method?.toUpperCase() ?? (request.grpc ? "POST" : undefined);
  const path = requestPath(request);
  const rpc = method === "POST" ? /^\/([^/]+)\/([^/]+)$/.exec(path ?? "") : null;
  const spiffe = /^spiffe:\/\/([^/]+)\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(source?.principal ?? "");
  const claims = jwt?.claims ?? {};
  const headers = Object.entries(http?.headers ?? {}).map(([name, values]) => [name, values] as const);
  const port = request.destination?.port;
  const tokens = request.llm?.maxTokens;
  const ttl = credential?.ttl === undefined ? undefined : durationSeconds(credential.ttl);
  return {
    request: defined({
      method,
      path,
      host: http?.host?.replace(/:\d+$/, "").toLowerCase(),
      headers: Object.fromEntries(headers),
      query: Object.fromEntries(queryParameters(http?.path)),
      body: http?.body,
    }),
    source: defined({
      principal: source?.principal,
      trustDomain: spiffe?.[1],
      namespace: spiffe?.[2],
      serviceAccount: spiffe?.[3],
    }),
    jwt: defined({ ...claims, scope: scopes(claims), iss: jwt?.iss, sub: jwt?.sub, aud: jwt?.aud }),
    client: defined({ id: client?.id, groups: client?.groups }),
    destination: defined({ port: port === undefined ? undefined : BigInt(port) }),
    grpc: defined({ service: rpc?.[1], method: rpc?.[2] }),
    mcp: {
      tool: defined({ name: mcp?.tool?.name, target: mcp?.server, arguments: mcp?.tool?.arguments ?? {} }),
      resource: defined({ name: mcp?.resource?.uri }),
    },
    llm: { params: defined({ max_tokens: tokens === undefined ? undefined : BigInt(tokens) }) },
    credential: defined({
      ttl: ttl === undefined ? undefined : create(DurationSchema, { seconds: BigInt(ttl) }),
    }),
    context: defined({
      time: request.time === undefined ? undefined : timestampFromDate(new Date(request.time)),
      environment: request.environment,
    }),
    onBehalfOf: Object.hasOwn(claims, "act")
      ? [defined({ id: jwt?.sub, issuer: jwt?.iss, groups: (claims as { groups?: Json }).groups })]
      : [],
  };
}
