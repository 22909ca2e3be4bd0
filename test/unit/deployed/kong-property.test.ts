/** Deciding and lowering Kong's config are written independently: on random configs and requests they must agree. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import type { Destination, HopContext } from "../../../server/src/deployed/adapter.ts";
import { kong } from "../../../server/src/deployed/kong/adapter.ts";
import { parseJson } from "../../../server/src/json/parse.ts";
import { expectAgreement } from "./support/agree.ts";

const consumers = ["erp", "batch", "mobile", "nobody"];
const issuers = ["https://a.example", "https://b.example"];
const groups = ["gold", "silver", "staff"];
const networks = ["10.0.0.0/8", "10.1.0.0/16", "192.168.0.1", "fd00::/8"];

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const some = <T>(...values: T[]) => fc.subarray(values, { minLength: 1, maxLength: 2 });

const paths = fc.subarray(
  ["/", "/pay", "/pay/", "/payments", "/payments/7", "~/pay[a-z]+/\\d", "~/pay$", "~/a|/b", "~/(?<id>p.*)s"],
  { minLength: 1, maxLength: 3 },
);
/** Mostly left out: a route that gives every dimension is hardly ever hit. */
const rarely = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const route = fc.record({
  methods: rarely(some("GET", "POST", "OPTIONS")),
  hosts: maybe(some("api.example", "*.example", "api.*", "API.other")),
  paths: fc.option(paths, { nil: undefined, freq: 8 }),
  headers: rarely(fc.record({ "X-Team": some("Red", "~*^bl", "green") })),
  snis: rarely(some("api.example", "x.example.")),
  sources: rarely(some<object>({ ip: "10.0.0.0/8" }, { ip: "192.168.0.1" })),
  strip_path: fc.boolean(),
  preserve_host: maybe(fc.boolean()),
  regex_priority: maybe(fc.nat(2)),
  created_at: maybe(fc.nat(3)),
  protocols: rarely(fc.constantFrom(["http", "https"], ["https"])),
});

const config = {
  "key-auth": fc.record(
    {
      anonymous: fc.constantFrom("nobody", "ghost"),
      run_on_preflight: fc.boolean(),
      hide_credentials: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  jwt: fc.record(
    {
      anonymous: fc.constant("nobody"),
      run_on_preflight: fc.boolean(),
      key_claim_name: fc.constantFrom("iss", "sub", "azp"),
    },
    { requiredKeys: [] },
  ),
  acl: fc.oneof(
    fc.record({ allow: fc.subarray(groups) }),
    fc.record({ deny: fc.subarray(groups) }),
    fc.record({ allow: fc.subarray(["vip", "gold"]), include_consumer_groups: fc.constant(true) }),
  ),
  "ip-restriction": fc.record({ allow: some(...networks), deny: some(...networks) }, { requiredKeys: [] }),
  "request-transformer": fc.constantFrom<object>(
    { remove: { headers: ["Authorization"] } },
    { add: { headers: ["X-Team:blue"] } },
    { replace: { uri: "/fixed" } },
    { http_method: "POST" },
    { rename: { headers: ["apikey:x-key"] } },
  ),
  "request-termination": fc.constantFrom<object>({ status_code: 403 }, { trigger: "x-stop" }),
  opa: fc.constant<object>({ opa_host: "opa" }),
  "openid-connect": fc.constantFrom<object>({ issuer: "x" }, { issuer: "x", anonymous: "nobody" }),
  prometheus: fc.constant<object>({}),
};

const plugin = fc
  .constantFrom(
    ...(["key-auth", "key-auth", "jwt", "jwt", "acl", "acl", "ip-restriction"] as const),
    ...(["request-transformer", "request-termination", "opa", "openid-connect", "prometheus"] as const),
  )
  .chain((name) =>
    fc.record({
      name: fc.constant(name),
      config: config[name] as fc.Arbitrary<object>,
      enabled: fc.constantFrom(true, true, true, true, false),
    }),
  );

/** At most one instance of a name in one scope, as Kong has it. */
const plugins = (maxLength: number) => fc.uniqueArray(plugin, { maxLength, selector: ({ name }) => name });

const perConsumer = fc.record({
  name: fc.constantFrom("ip-restriction" as const, "opa" as const),
  config: config["ip-restriction"],
});

const file = fc
  .record({
    services: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom("one", "two"),
        host: fc.constantFrom("one.shop.svc", "balanced"),
        port: fc.constantFrom(8080, 9090),
        path: fc.constantFrom(null, "/", "/api", "/api/"),
        enabled: fc.constantFrom(true, true, true, false),
        plugins: plugins(2),
        routes: fc.array(fc.tuple(route, plugins(3)), { minLength: 1, maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 2, selector: ({ name }) => name },
    ),
    consumers: fc.uniqueArray(
      fc.record({
        username: fc.constantFrom(...consumers),
        acls: fc.subarray(groups).map((list) => list.map((group) => ({ group }))),
        groups: fc.subarray(["vip"]).map((list) => list.map((name) => ({ name }))),
        keyauth_credentials: fc.subarray([{ key: "s3cr3t" }]),
        plugins: fc.uniqueArray(perConsumer, { maxLength: 1, selector: ({ name }) => name }),
      }),
      { maxLength: 4, selector: ({ username }) => username },
    ),
    tokens: fc.subarray([...issuers, "alice", "web"]),
    plugins: plugins(2),
    expression: fc.constantFrom(false, false, false, false, true),
    upstreams: fc.constantFrom<object[]>(
      [],
      [{ name: "balanced", targets: [{ target: "a.svc:8080" }, { target: "b.svc:8080" }] }],
    ),
  })
  .map(({ services, tokens, consumers: some, expression, ...rest }) => ({
    _format_version: "3.0",
    services: services.map(({ routes, ...service }) => ({
      ...service,
      routes: routes.map(([one, attached], index) => ({
        ...one,
        name: `${service.name}-${index}`,
        plugins: attached,
        ...(expression && index === 1 ? { expression: 'http.path == "/x"', priority: 1 } : {}),
      })),
    })),
    consumers: some.map((one, index) => ({
      ...one,
      jwt_secrets: tokens.filter((_, at) => at % some.length === index).map((key) => ({ key })),
    })),
    ...rest,
  }));

const view: fc.Arbitrary<Interaction> = fc
  .record({
    method: fc.constantFrom("GET", "POST", "OPTIONS", "get"),
    host: maybe(fc.constantFrom("api.example", "x.example", "api.other:8443", "evil.test")),
    path: fc.constantFrom(
      ...[
        "/",
        "/pay",
        "/pay/",
        "/payments",
        "/payments/7",
        "/paymentsadmin",
        "/payx/7",
        "/b",
        "/x/b",
        "/ps/s",
      ],
    ),
    query: fc.constantFrom("", "?q=1"),
    team: maybe(fc.subarray(["red", "BLUE", "teal"], { minLength: 1 })),
    apikey: maybe(fc.constant(["k"])),
    sni: maybe(fc.constantFrom("api.example", "x.example")),
    ip: maybe(fc.constantFrom("10.0.0.1", "10.1.0.1", "192.168.0.1", "fd00::1")),
    client: maybe(
      fc.record({
        method: fc.constantFrom("key-auth", "key-auth", "mtls"),
        id: fc.constantFrom(...consumers, "x"),
      }),
    ),
    jwt: maybe(
      fc.record({
        iss: fc.constantFrom(...issuers, "https://c.example"),
        sub: fc.constantFrom("alice", "bob"),
        claims: fc.record({ azp: fc.constantFrom("web", "cli"), groups: fc.constant(["support"]) }),
      }),
    ),
  })
  .map((one) =>
    clean({
      traffic: "api",
      source: { ip: one.ip, principal: "spiffe://td/ns/a/sa/b" },
      client: one.client,
      jwt: one.jwt,
      credential: { ttl: "15m" },
      destination: { sni: one.sni, port: 443 },
      http: {
        method: one.method,
        host: one.host,
        path: one.path + one.query,
        headers: { "X-Team": one.team, apikey: one.apikey },
      },
    }),
  );

/** Absent means absent: what is undefined is left out. */
function clean(value: unknown): Interaction {
  return JSON.parse(JSON.stringify(value)) as Interaction;
}

const destination: fc.Arbitrary<Destination> = fc
  .constantFrom([], [], ["api.example"], ["x.example"], ["*.example"], ["nowhere.test"])
  .map((hosts) => ({ hosts, labels: new Map(), transport: "http", traffic: "api" }));

const context: fc.Arbitrary<HopContext> = fc
  .constantFrom(undefined, "spiffe://td/ns/edge/sa/kong")
  .map((identity) => ({
    enforcementPoint: "edge",
    environment: "production",
    transparent: false,
    forwardsJwt: true,
    completeFor: "all",
    settings: {},
    ...(identity === undefined ? {} : { identity }),
  }));

const runs = process.env.PLUMBLINE_DEEP === undefined ? 250 : 50_000;

describe("deciding and lowering agree", () => {
  test("on random configs and requests", () => {
    const seen = { allow: 0, deny: 0, unknown: 0 };
    fc.assert(
      fc.property(
        file,
        destination,
        context,
        fc.array(view, { minLength: 4, maxLength: 8 }),
        (content, at, hop, views) => {
          const parsed = parseJson("file:///kong.json", JSON.stringify(content));
          expect(kong.recognises(parsed)).toBe(true);
          const { model } = kong.read([parsed]);
          const lowered = kong.lower(model, at, hop);
          for (const one of views) {
            const decided = kong.decide(model, at, hop, one);
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
