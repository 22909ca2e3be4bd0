import { isCelError, run } from "@bufbuild/cel";
import { create } from "@bufbuild/protobuf";
import { DurationSchema, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import type { Interaction, Json } from "../../../server/src/access/interaction.ts";
import { queryParameters, requestPath } from "../../../server/src/access/read-attribute.ts";
import { durationSeconds } from "../../../server/src/access/units.ts";
import { compileCondition } from "../../../server/src/cel/compile.ts";
import { plumblineEnvironment } from "../../../server/src/cel/environment.ts";
import { condition, interaction, Random } from "./generate.ts";

/**
 * Our evaluation against another implementation of CEL. Left out is where we deviate on purpose: groups of variables
 * are always there for has(), and a claim or body field that is a map is no list for `in` and `exists`.
 */
const deviates =
  /has\(mcp\.|in (?:request\.body|jwt\.act|mcp\.tool\.arguments)|(?:request\.body\S*|jwt\.act\S*)\.(?:exists|all)\(/;

type Fields = { readonly [key: string]: unknown };

function defined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The variables as plain values, made independently of the code under test as far as that is possible. */
function bindings(request: Interaction): Fields {
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
    jwt: defined({ ...claims, iss: jwt?.iss, sub: jwt?.sub, aud: jwt?.aud }),
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

/** Scalars and lists only where a claim could be a map, lower-case header names, whole numbers of tokens. */
function plain(request: Interaction): Interaction {
  const claims = withoutMaps(request.jwt?.claims, "act");
  const { http, llm, jwt, mcp } = request;
  const body =
    typeof http?.body === "object" && http.body !== null && !Array.isArray(http.body) ? http.body : {};
  const headers = Object.entries(http?.headers ?? {}).map(
    ([name, values]) => [name.toLowerCase(), values] as const,
  );
  return {
    ...request,
    ...(jwt !== undefined && { jwt: { ...jwt, claims } }),
    ...(mcp?.tool !== undefined && {
      mcp: { ...mcp, tool: { ...mcp.tool, arguments: withoutMaps(mcp.tool.arguments, "address") } },
    }),
    http: { ...http, body, headers: Object.fromEntries(headers) },
    llm: llm?.maxTokens === undefined ? {} : { maxTokens: Math.floor(llm.maxTokens) },
  };
}

function withoutMaps(fields: { readonly [name: string]: Json } | undefined, but: string) {
  const entries = Object.entries(fields ?? {}).map(([name, value]): [string, Json] => [
    name,
    name !== but && typeof value === "object" && value !== null && !Array.isArray(value) ? "map" : value,
  ]);
  return Object.fromEntries(entries);
}

function withoutNulls(request: Interaction): Interaction {
  return JSON.parse(JSON.stringify(request).replaceAll(":null", ':"null"')) as Interaction;
}

test("another implementation of CEL gives the same values", () => {
  const environment = plumblineEnvironment();
  const counts = { true: 0, false: 0, error: 0 };
  for (let seed = 1; seed <= 300; seed++) {
    const random = new Random(seed * 7919);
    const source = condition(random, 2).replaceAll("X-Team", "x-team");
    if (deviates.test(source)) continue;
    const compiled = compileCondition(source, environment);
    expect(compiled.problems, source).toEqual([]);
    for (let round = 0; round < 4; round++) {
      const drawn = plain(interaction(random));
      // CEL: a map has a key whose value is null (language definition, field selection); the other library says no.
      const request = source.includes("has(") ? withoutNulls(drawn) : drawn;
      const other = run(source, bindings(request) as Parameters<typeof run>[1]);
      const expected = isCelError(other) || typeof other !== "boolean" ? "error" : `${other}`;
      const ours = compiled.evaluate(request);
      counts[ours.value]++;
      expect(
        ours.value,
        `${source}\n${JSON.stringify(request)}\n${String(other)} ${JSON.stringify(ours)}`,
      ).toBe(expected);
    }
  }
  expect(Math.min(counts.true, counts.false, counts.error)).toBeGreaterThan(100);
});
