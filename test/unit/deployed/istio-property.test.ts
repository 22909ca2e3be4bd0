/**
 * Deciding and lowering are written independently of each other: on random resources and requests they must agree,
 * whatever the value of what cannot be known.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type OpaqueAssignment, termsHold } from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import type { AccessFunction } from "../../../server/src/access/predicate.ts";
import type { Destination, HopContext } from "../../../server/src/deployed/adapter.ts";
import { istio } from "../../../server/src/deployed/istio/adapter.ts";
import { normalizePath } from "../../../server/src/deployed/istio/path.ts";
import { parseJson } from "../../../server/src/json/parse.ts";

const principals = [
  "prod/ns/shop/sa/checkout",
  "prod/ns/ai/sa/agentgateway",
  "old/ns/shop/sa/checkout",
  "prod/ns/shop-qa/sa/checkout-2",
  "partner/ns/x/sa/y",
];
const issuers = ["https://a.example", "https://b.example/realm", "c"];
const subjects = ["alice", "bob", "group/carol"];
const paths = [
  "/",
  "/payments",
  "/payments/7",
  "/payments/7/events",
  "/admin/x",
  "/payments/search/",
  "/other",
];
const methods = ["GET", "POST", "DELETE"];
const hosts = ["api.acme.example", "shop.acme.example", "evil.example"];
const words = ["read", "write", "admin"];
const audiences = ["aud-1", "aud-2"];
const ips = ["10.0.0.1", "10.1.2.3", "192.168.0.9", "fd00::7"];

/** A value as rules have it: exact, or with a star at either end. */
function pattern(vocabulary: readonly string[]): fc.Arbitrary<string> {
  const cut = fc.record({ text: fc.constantFrom(...vocabulary), at: fc.nat(), kind: fc.nat(5) });
  return cut.map(({ text, at, kind }) => {
    const split = text.length < 2 ? 1 : 1 + (at % (text.length - 1));
    if (kind === 0) return "*";
    if (kind === 1) return `${text.slice(0, split)}*`;
    return kind === 2 ? `*${text.slice(split)}` : text;
  });
}

const some = (value: fc.Arbitrary<string>) => fc.array(value, { minLength: 1, maxLength: 3 });
const networks = fc.constantFrom("10.0.0.1", "10.0.0.0/8", "192.168.0.0/16", "fd00::/8", "0.0.0.0/0");
const ports = fc.constantFrom("8080", "9090");
const serviceAccounts = fc.constantFrom("checkout", "ai/agentgateway", "shop/checkout", "shop-qa/checkout-2");
const namespaces = fc.constantFrom("shop", "ai", "shop*", "*", "*qa", "s*p", "x");
const templates = fc.constantFrom(
  "/payments/{*}",
  "/payments/{**}",
  "/{*}/{*}/events",
  "/{*}/search/{**}",
  "/{**}",
);
const requestPrincipals = pattern(issuers.flatMap((iss) => subjects.map((sub) => `${iss}/${sub}`)));
const domains = fc.constantFrom("prod", "old", "partner", "p*", "*d");

function object(fields: Readonly<Record<string, fc.Arbitrary<readonly string[]>>>) {
  const both = Object.entries(fields).flatMap(([name, values]) => [
    [name, values] as const,
    [`not${name.charAt(0).toUpperCase()}${name.slice(1)}`, values] as const,
  ]);
  return fc
    .uniqueArray(fc.constantFrom(...both), { minLength: 1, maxLength: 2, selector: ([name]) => name })
    .chain((chosen) => fc.record(Object.fromEntries(chosen)));
}

const identity = fc.oneof(
  object({
    principals: some(pattern([...principals, "cluster.local/ns/shop/sa/checkout"])),
    namespaces: some(namespaces),
  }),
  object({ serviceAccounts: some(serviceAccounts), trustDomains: some(domains) }),
  object({ requestPrincipals: some(requestPrincipals) }),
  object({ ipBlocks: some(networks), remoteIpBlocks: some(networks) }),
);
const operation = object({
  hosts: some(fc.oneof(pattern(hosts), fc.constant("API.acme.example:*"))),
  methods: some(pattern(methods)),
  paths: some(fc.oneof(pattern(paths), templates)),
  ports: some(ports),
});
const keyed = (key: string, values: fc.Arbitrary<string>) =>
  fc
    .record({ values: some(values), which: fc.nat(2), other: some(values) })
    .map(({ values: list, which, other }) => ({
      key,
      ...(which === 1 ? {} : { values: list }),
      ...(which === 0 ? {} : { notValues: other }),
    }));
const condition = fc.oneof(
  keyed("request.headers[X-Team]", pattern(words)),
  keyed("request.headers[X-User]", pattern(words)),
  keyed("request.auth.claims[groups]", pattern(words)),
  keyed("request.auth.claims[scope]", pattern(words)),
  keyed("request.auth.claims[act][sub]", pattern(principals)),
  keyed("request.auth.claims[iss]", pattern(issuers)),
  keyed("request.auth.audiences", pattern(audiences)),
  keyed("request.auth.presenter", pattern(words)),
  keyed("request.auth.principal", requestPrincipals),
  keyed("source.principal", pattern(principals)),
  keyed("source.namespace", namespaces),
  keyed("source.ip", networks),
  keyed("destination.port", ports),
  keyed("destination.ip", networks),
  keyed("connection.sni", pattern(hosts)),
);
const rule = fc.record(
  {
    from: fc.array(fc.record({ source: identity }), { minLength: 1, maxLength: 2 }),
    to: fc.array(fc.record({ operation }), { minLength: 1, maxLength: 2 }),
    when: fc.array(condition, { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const namespace = fc.constantFrom("shop", "shop", "istio-system", "ai");
const selector = fc.constantFrom(
  undefined,
  undefined,
  { matchLabels: { app: "payments" } },
  { matchLabels: { app: "x" } },
);
const age = fc.constantFrom("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
const metadata = (scope: string, createdAt: string, annotations?: Record<string, string>) => ({
  namespace: scope,
  creationTimestamp: createdAt,
  ...(annotations === undefined ? {} : { annotations }),
});

const policy = fc
  .record({
    scope: namespace,
    selector,
    action: fc.constantFrom(undefined, "ALLOW", "ALLOW", "DENY", "DENY", "AUDIT", "CUSTOM"),
    provider: fc.constantFrom("p1", "p1", "p2"),
    dryRun: fc.constantFrom(false, false, false, true),
    rules: fc.array(rule, { maxLength: 3 }),
    createdAt: age,
  })
  .map(({ scope, action, provider, dryRun, rules, createdAt, selector: chosen }) => ({
    kind: "AuthorizationPolicy",
    metadata: metadata(scope, createdAt, dryRun ? { "istio.io/dry-run": "true" } : undefined),
    spec: {
      rules: action === "CUSTOM" ? rules.map(({ to }) => (to === undefined ? {} : { to })) : rules,
      ...(action === undefined ? {} : { action }),
      ...(action === "CUSTOM" ? { provider: { name: provider } } : {}),
      ...(chosen === undefined ? {} : { selector: chosen }),
    },
  }));
const jwtRule = fc.record({
  issuer: fc.constantFrom(...issuers, undefined),
  jwksUri: fc.constant("https://keys.example"),
  audiences: fc.constantFrom(undefined, ["aud-1"], ["aud-1", "aud-2"]),
  forwardOriginalToken: fc.boolean(),
  outputPayloadToHeader: fc.constantFrom(undefined, undefined, "x-user"),
});
const requestAuthentication = fc
  .record({ scope: namespace, selector, createdAt: age, jwtRules: fc.array(jwtRule, { maxLength: 3 }) })
  .map(({ scope, createdAt, jwtRules, selector: chosen }) => ({
    kind: "RequestAuthentication",
    metadata: metadata(scope, createdAt),
    spec: { jwtRules, ...(chosen === undefined ? {} : { selector: chosen }) },
  }));
const mode = fc.constantFrom("UNSET", "DISABLE", "PERMISSIVE", "PERMISSIVE", "STRICT");
const peerAuthentication = fc
  .record({
    scope: namespace,
    selector,
    createdAt: age,
    mode,
    port: fc.constantFrom(undefined, "8080"),
    portMode: mode,
  })
  .map(({ scope, createdAt, mode: wide, port, portMode, selector: chosen }) => ({
    kind: "PeerAuthentication",
    metadata: metadata(scope, createdAt),
    spec: {
      mtls: { mode: wide },
      ...(chosen === undefined ? {} : { selector: chosen }),
      ...(chosen === undefined || port === undefined
        ? {}
        : { portLevelMtls: { [port]: { mode: portMode } } }),
    },
  }));

const resources = fc.tuple(
  fc.array(policy, { minLength: 1, maxLength: 4 }),
  fc.array(requestAuthentication, { maxLength: 2 }),
  fc.array(peerAuthentication, { maxLength: 3 }),
);

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 4 });
const interaction: fc.Arbitrary<Interaction> = fc
  .record({
    principal: optional(fc.constantFrom(...principals)),
    ip: optional(fc.constantFrom(...ips)),
    jwt: optional(
      fc.record({
        iss: fc.constantFrom(...issuers),
        sub: optional(fc.constantFrom(...subjects)),
        aud: optional(fc.subarray(audiences, { minLength: 1 })),
        groups: optional(fc.oneof(fc.constantFrom(...words), fc.subarray(words), fc.boolean())),
        scope: optional(
          fc.oneof(
            fc.subarray(words).map((list) => list.join(" ")),
            fc.subarray(words),
          ),
        ),
        azp: optional(fc.constantFrom(...words)),
        act: optional(fc.constantFrom(...principals)),
      }),
    ),
    port: optional(fc.constantFrom(8080, 9090)),
    sni: optional(fc.constantFrom(...hosts)),
    method: fc.constantFrom(...methods),
    host: fc.constantFrom(...hosts, "API.acme.example:8080"),
    path: fc.constantFrom(...paths).map((path) => `${path}?q=/admin`),
    team: optional(fc.constantFrom(...words)),
    user: optional(fc.constantFrom(...words)),
  })
  .map((one) => JSON.parse(JSON.stringify(toInteraction(one))) as Interaction);

interface Facts {
  readonly principal?: string | undefined;
  readonly ip?: string | undefined;
  readonly jwt?: Readonly<Record<string, unknown>> | undefined;
  readonly port?: number | undefined;
  readonly sni?: string | undefined;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly team?: string | undefined;
  readonly user?: string | undefined;
}

function toInteraction(facts: Facts): unknown {
  const { jwt } = facts;
  return {
    traffic: "service",
    source: { principal: facts.principal && `spiffe://${facts.principal}`, ip: facts.ip },
    jwt: jwt && {
      iss: jwt.iss,
      sub: jwt.sub,
      aud: jwt.aud,
      claims: { groups: jwt.groups, scope: jwt.scope, azp: jwt.azp, act: jwt.act && { sub: jwt.act } },
    },
    destination: { port: facts.port, sni: facts.sni },
    http: {
      method: facts.method,
      host: facts.host,
      path: facts.path,
      headers: { "X-Team": facts.team && [facts.team], "x-user": facts.user && [facts.user] },
    },
  };
}

const destination: fc.Arbitrary<Destination> = fc
  .record({
    port: fc.constantFrom(undefined, 8080),
    transport: fc.constantFrom("http" as const, "http" as const, "http" as const, "tcp" as const),
    scope: fc.constantFrom("shop", "shop", "shop", "istio-system", undefined),
  })
  .map(({ port, transport, scope }) => ({
    hosts: [],
    labels: new Map([["app", "payments"]]),
    transport,
    traffic: "service",
    ...(port === undefined ? {} : { port }),
    ...(scope === undefined ? {} : { namespace: scope }),
  }));

const context: fc.Arbitrary<HopContext> = fc
  .record({
    completeFor: fc.constantFrom("all" as const, "all" as const, { namespaces: ["shop"] }, undefined),
    proxies: fc.constantFrom(0, 1),
  })
  .map(({ completeFor, proxies }) => ({
    enforcementPoint: "mesh",
    environment: "production",
    transparent: true,
    forwardsJwt: true,
    completeFor,
    settings: { trustDomain: "prod", trustDomainAliases: ["old"], numTrustedProxies: proxies },
  }));

/** Every way to choose the opaque atoms, up to 2^6 of them, else a sample. */
function assignments(access: AccessFunction): readonly OpaqueAssignment[] {
  const keys = access.opaque.map((atom) => atom.attribute.key);
  const count = 2 ** Math.min(keys.length, 6);
  return Array.from({ length: count }, (_, bits) => {
    const values = keys.map((key, index) => [key, (bits >> (index % 6)) & 1 ? "true" : "false"] as const);
    return new Map(values);
  });
}

function parse(kinds: readonly (readonly { kind: string; metadata: object; spec: object }[])[]) {
  const items = kinds.flat().map((one, index) => ({
    apiVersion: "security.istio.io/v1",
    ...one,
    metadata: { ...one.metadata, name: `r${index}` },
  }));
  return parseJson("file:///dump.json", JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}

const runs = process.env.PLUMBLINE_DEEP === undefined ? 1_200 : 60_000;

describe("deciding and lowering agree", () => {
  test("on random resources and requests", () => {
    const seen = { allow: 0, deny: 0, unknown: 0 };
    fc.assert(
      fc.property(
        resources,
        destination,
        context,
        fc.array(interaction, { minLength: 3, maxLength: 6 }),
        (kinds, at, hop, views) => {
          const file = parse(kinds);
          expect(istio.recognises(file)).toBe(true);
          const { model } = istio.read([file]);
          const { branches } = istio.lower(model, at, hop);
          const [branch] = branches;
          expect(branches).toHaveLength(1);
          if (branch === undefined) return;
          for (const view of views) {
            const decided = istio.decide(model, at, hop, view);
            seen[decided.decision]++;
            const answers = new Set(
              assignments(branch.access).map(
                (opaque) =>
                  termsHold(branch.access.allow, view, opaque) === true &&
                  termsHold(branch.access.deny, view, opaque) === false,
              ),
            );
            if (decided.decision === "unknown") expect(branch.access.opaque.length).toBeGreaterThan(0);
            else expect([...answers]).toEqual([decided.decision === "allow"]);
            // Where nothing but the missing exports is unknown, they must be able to decide either way. (Of other
            // facts, "this one or not this one" is certain for the access function, but not for the interpreter.)
            const onlyHidden = branch.access.opaque.every((atom) => atom.text.includes("not exported"));
            if (decided.decision === "unknown" && onlyHidden) expect(answers.size).toBe(2);
            // With two answers nobody can be sure.
            if (answers.size === 2) expect(decided.decision).toBe("unknown");
          }
        },
      ),
      { numRuns: runs, seed: 20260115 },
    );
    // The generator is worth nothing if it hits one answer only.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(runs / 4);
  }, 600_000);
});

describe("path normalisation", () => {
  test("is the identity on canonical paths", () => {
    const segment = fc
      .stringMatching(/^(?:[A-Za-z0-9._~!$&'()*+,=:@-]|%[01389A-F][01389A-F]){1,6}$/)
      .filter((text) => !/^\.{1,2}$/.test(text) && canonical(text));
    const path = fc.tuple(fc.array(segment, { maxLength: 5 }), fc.boolean()).map(([segments, slash]) => {
      const joined = `/${segments.join("/")}`;
      return slash && segments.length > 0 ? `${joined}/` : joined;
    });
    const options = fc.constantFrom("NONE", "BASE", "MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES");
    fc.assert(
      fc.property(path, options, (text, option) => {
        expect(normalizePath(text, option as "BASE")).toBe(text);
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  /** No encoded slash, backslash or unreserved character. */
  function canonical(text: string): boolean {
    return [...text.matchAll(/%([0-9A-F]{2})/g)].every(
      ([, hex = ""]) => !/[A-Za-z0-9\-._~/\\]/.test(String.fromCharCode(Number.parseInt(hex, 16))),
    );
  }
});
