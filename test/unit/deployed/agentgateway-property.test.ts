/** Deciding and lowering agentgateway's file are written independently: on random files and requests they must agree. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import type { Destination, HopContext } from "../../../server/src/deployed/adapter.ts";
import { agentgateway } from "../../../server/src/deployed/agentgateway/adapter.ts";
import { parseJson } from "../../../server/src/json/parse.ts";
import { expectAgreement } from "./support/agree.ts";

const issuers = ["https://a.example", "https://b.example"];
const audiences = ["api", "web"];

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const rarely = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const conditions = fc.constantFrom(
  'mcp.tool.name == "refund"',
  'mcp.tool.name in ["refund", "lookup"]',
  'mcp.tool.name.startsWith("re") && jwt.sub == "alice"',
  '"support" in jwt.groups',
  "mcp.tool.arguments.amount <= 200.0",
  'mcp.tool.target == "payments"',
  'mcp.prompt.name == "hello" || mcp.resource.name.startsWith("file:")',
  '!(jwt.sub == "alice")',
  'has(jwt.sub) && jwt.iss == "https://a.example"',
  'request.method == "POST"',
  'request.path.startsWith("/mcp") && source.spiffeId == "spiffe://td/ns/ai/sa/copilot"',
  "true",
  "mcp.tool.name ==",
);

const rules = fc.array(
  fc.oneof(
    conditions,
    conditions.map((deny) => ({ deny })),
    conditions.map((require) => ({ require })),
    conditions.map((allow) => ({ allow })),
  ),
  { maxLength: 4 },
);

const provider = fc.record(
  {
    issuer: fc.constantFrom(...issuers),
    audiences: fc.subarray(audiences),
    jwtValidationOptions: fc.constantFrom({ requiredClaims: ["exp"] }, { requiredClaims: ["exp", "aud"] }),
    jwks: fc.constant({ file: "x" }),
  },
  { requiredKeys: ["issuer"] },
);
const jwtAuth = fc.oneof(
  fc
    .tuple(provider, maybe(fc.constantFrom("strict", "optional", "permissive")))
    .map(([one, mode]) => ({ ...one, mode })),
  fc.record({
    providers: fc.array(provider, { minLength: 1, maxLength: 3 }),
    mode: maybe(fc.constantFrom("strict", "permissive")),
  }),
);

const headers = fc.constantFrom<object>(
  { remove: ["Authorization"] },
  { set: { "X-Team": "blue" } },
  { add: [["apikey", "x"]] },
);
const ruleSet = rules.map((all) => ({ rules: all }));
const policies = fc.record({
  jwtAuth: maybe(jwtAuth),
  authorization: rarely(ruleSet),
  mcpAuthorization: maybe(ruleSet),
  backendAuth: maybe(fc.constantFrom<object>({ passthrough: {} }, { key: "s3cr3t" })),
  extAuthz: rarely(fc.constant({ host: "authz:9000" })),
  directResponse: rarely(fc.constant({ status: 403 })),
  requestHeaderModifier: rarely(headers),
  urlRewrite: rarely(fc.constant({ path: { full: "/x" } })),
  cors: maybe(fc.constant({ allowOrigins: ["*"] })),
});

const target = fc.record({
  name: fc.constantFrom("payments", "billing"),
  policies: rarely(fc.record({ mcpAuthorization: ruleSet })),
  spec: fc.constantFrom<object>(
    { mcp: { host: "http://payments-mcp.ai.svc:8080/mcp" } },
    { mcp: { host: "payments-mcp.ai.svc", port: 8080, path: "/other" } },
    { mcp: { host: "https://payments-mcp.ai.svc" } },
    { stdio: { cmd: "npx" } },
  ),
});
const mcp = fc
  .uniqueArray(target, { minLength: 1, maxLength: 2, selector: ({ name }) => name })
  .map((targets) => ({ mcp: { targets: targets.map(({ spec, ...one }) => ({ ...one, ...spec })) } }));
const backend = fc
  .tuple(
    fc.oneof(
      { weight: 5, arbitrary: mcp },
      {
        weight: 2,
        arbitrary: fc.constantFrom<object>(
          { host: "web.shop.svc:8080" },
          { host: "web" },
          { ai: { name: "x" } },
        ),
      },
    ),
    rarely(fc.record({ mcpAuthorization: ruleSet, authorization: ruleSet })),
  )
  .map(([spec, attached]) => ({ ...spec, policies: attached }));

const hostnames = fc.constantFrom("ai.example", "*.example", "*.ai.example", "*");
const match = fc.record({
  path: fc.constantFrom<object>(
    { pathPrefix: "/" },
    { pathPrefix: "/mcp" },
    { pathPrefix: "/mcp/" },
    { exact: "/mcp/x" },
    { regex: "/m[a-z]+" },
    { regex: "/a|/mcp" },
  ),
  method: rarely(fc.constantFrom<unknown>("POST", { method: "GET" })),
  headers: rarely(
    fc.constantFrom(
      [{ name: "X-Team", value: { exact: "red" } }],
      [{ name: ":authority", value: { regex: ".*example" } }],
    ),
  ),
  query: rarely(fc.constant([{ name: "q", value: { exact: "1" } }])),
});
const route = fc.record({
  hostnames: rarely(fc.uniqueArray(hostnames, { minLength: 1, maxLength: 2 })),
  matches: maybe(fc.array(match, { minLength: 1, maxLength: 2 })),
  policies: maybe(policies),
  backends: fc.array(backend, { minLength: 1, maxLength: 2 }),
});
const listener = fc.record({
  hostname: rarely(hostnames),
  policies: rarely(fc.record({ jwtAuth: maybe(jwtAuth), authorization: maybe(ruleSet) })),
  routes: fc.array(route, { minLength: 1, maxLength: 3 }),
});

const file = fc
  .record({
    binds: fc.array(fc.array(listener, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }),
    network: rarely(
      fc.constantFrom('source.address == "10.0.0.1"', 'source.spiffeId != "spiffe://td/ns/ai/sa/copilot"'),
    ),
  })
  .map(({ binds, network }) => ({
    binds: binds.map((listeners, index) => ({ port: 3000 + index, listeners })),
    ...(network === undefined
      ? {}
      : { frontendPolicies: { networkAuthorization: { rules: [{ deny: network }] } } }),
  }));

const view: fc.Arbitrary<Interaction> = fc
  .record({
    method: fc.constantFrom("GET", "POST"),
    host: maybe(fc.constantFrom("ai.example", "x.example", "x.ai.example:3000", "other.test")),
    path: fc.constantFrom("/", "/mcp", "/mcp/", "/mcp/x", "/mcpx", "/a"),
    query: fc.constantFrom("", "?q=1"),
    team: maybe(fc.constantFrom(["red"], ["blue", "red"])),
    principal: maybe(fc.constantFrom("spiffe://td/ns/ai/sa/copilot", "spiffe://td/ns/ai/sa/other")),
    ip: maybe(fc.constantFrom("10.0.0.1", "10.0.0.2")),
    jwt: maybe(
      fc.record(
        {
          iss: fc.constantFrom(...issuers, "https://c.example"),
          sub: fc.constantFrom("alice", "bob"),
          aud: fc.subarray(audiences, { minLength: 1 }),
          claims: fc.record({ groups: fc.subarray(["support", "staff"]) }),
        },
        { requiredKeys: ["iss"] },
      ),
    ),
    mcp: fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record(
          {
            method: fc.constant("tools/call"),
            tool: fc.record({
              name: fc.constantFrom("refund", "lookup", "drop"),
              arguments: fc.constant({ amount: 100 }),
            }),
          },
          { requiredKeys: ["method", "tool"] },
        ),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom<unknown>(
          undefined,
          { method: "tools/call" },
          { method: "tools/list" },
          { method: "prompts/get", prompt: { name: "hello" } },
          { method: "resources/read", resource: { uri: "file:/x" } },
        ),
      },
    ),
  })
  .map((one) =>
    clean({
      traffic: "ai",
      source: { ip: one.ip, principal: one.principal },
      client: { method: "key-auth", id: "x" },
      jwt: one.jwt,
      credential: { ttl: "15m" },
      http: {
        method: one.method,
        host: one.host,
        path: one.path + one.query,
        headers: { "x-team": one.team, apikey: ["k"] },
      },
      mcp: one.mcp,
    }),
  );

/** Absent means absent: what is undefined is left out. */
function clean(value: unknown): Interaction {
  return JSON.parse(JSON.stringify(value)) as Interaction;
}

const destination: fc.Arbitrary<Destination> = fc
  .record({
    target: fc.constantFrom("payments", "payments", "billing", "none", undefined),
    hosts: fc.constantFrom([], [], ["ai.example"], ["*.example"]),
  })
  .map(({ target, hosts }) => ({
    hosts,
    labels: new Map(),
    transport: "http",
    traffic: "ai",
    ...(target === undefined ? {} : { target }),
  }));

const context: fc.Arbitrary<HopContext> = fc
  .record({ identity: maybe(fc.constant("spiffe://td/ns/ai/sa/agentgateway")), forwardsJwt: fc.boolean() })
  .map(({ identity, forwardsJwt }) => ({
    enforcementPoint: "ai-gateway",
    environment: "production",
    transparent: false,
    forwardsJwt,
    completeFor: "all",
    settings: {},
    ...(identity === undefined ? {} : { identity }),
  }));

const runs = process.env.PLUMBLINE_DEEP === undefined ? 250 : 50_000;

describe("deciding and lowering agree", () => {
  test("on random files and requests", () => {
    const seen = { allow: 0, deny: 0, unknown: 0 };
    fc.assert(
      fc.property(
        file,
        destination,
        context,
        fc.array(view, { minLength: 4, maxLength: 8 }),
        (content, at, hop, views) => {
          const parsed = parseJson("file:///agentgateway.json", JSON.stringify(content));
          expect(agentgateway.recognises(parsed)).toBe(true);
          const { model } = agentgateway.read([parsed]);
          const lowered = agentgateway.lower(model, at, hop);
          for (const one of views) {
            const decided = agentgateway.decide(model, at, hop, one);
            seen[decided.decision]++;
            expectAgreement(lowered, decided, one);
          }
        },
      ),
      { numRuns: runs, seed: 7 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(runs / 20);
  }, 3_600_000);
});
