import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { termsHold } from "../../../server/src/access/evaluate-terms.ts";
import type { HopBranch } from "../../../server/src/access/hop.ts";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import { termKey } from "../../../server/src/access/literal-key.ts";
import type { Destination, HopContext } from "../../../server/src/deployed/adapter.ts";
import { kong } from "../../../server/src/deployed/kong/adapter.ts";
import type { KongModel } from "../../../server/src/deployed/kong/model.ts";
import { routerEntries } from "../../../server/src/deployed/kong/router.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";

const api: Destination = {
  hosts: ["api.acme.example"],
  labels: new Map(),
  transport: "http",
  traffic: "api",
};
const edge: HopContext = {
  enforcementPoint: "edge",
  environment: "production",
  identity: "spiffe://prod.acme.example/ns/edge/sa/kong",
  transparent: false,
  forwardsJwt: true,
  completeFor: "all",
  settings: {},
};

function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/kong/${name}`, import.meta.url), "utf8");
}

function read(text: string) {
  return kong.read([parseYaml("file:///kong.yaml", text, { dialect: "deployed" })]);
}

function decide(model: KongModel, view: Omit<Interaction, "traffic">) {
  return kong.decide(model, api, edge, { traffic: "api", ...view });
}

const get = (path: string, host = "api.acme.example") => ({ http: { method: "GET", host, path } });
const token = { jwt: { iss: "https://login.acme.example", sub: "alice" } };
const apiKey = (id: string) => ({ client: { method: "key-auth", id } });

const authored = read(fixture("authored.yaml"));

describe("reading", () => {
  test("recognises decK files only", () => {
    const other = parseYaml("file:///x.yaml", "apiVersion: v1\nkind: Service\n", { dialect: "deployed" });
    expect(kong.recognises(other)).toBe(false);
    const own = parseYaml("file:///kong.yaml", fixture("dump.yaml"), { dialect: "deployed" });
    expect(kong.recognises(own)).toBe(true);
  });

  test("a dump with ids, defaults and references means what its author wrote", () => {
    const dump = read(fixture("dump.yaml"));
    expect(dump.problems).toEqual([]);
    const meaning = ({ branches }: { branches: readonly HopBranch[] }) =>
      branches.map(({ label, guard, access, transfer, upstream }) => ({
        label,
        guard: guard.map(termKey).sort(),
        allow: access.allow.map(termKey).sort(),
        deny: access.deny.map(termKey).sort(),
        rewrites: [...transfer.rewrites],
        upstream,
      }));
    const lowered = (model: KongModel) => meaning(kong.lower(model, api, edge));
    expect(lowered(dump.model)).toEqual(lowered(authored.model));
    expect(kong.impossible?.(dump.model)).toEqual(kong.impossible?.(authored.model));
  });

  test("a reference to what is not there is a problem at the reference", () => {
    const text = '_format_version: "3.0"\nroutes:\n  - name: r\n    service: { name: nowhere }\n';
    const file = parseYaml("file:///kong.yaml", text, { dialect: "deployed" });
    const { problems } = kong.read([file]);
    expect(problems.map(({ code }) => code)).toEqual(["deployed/kong-reference"]);
    const place = problems[0]?.place;
    expect(place && file.layout.range(place).start.line).toBe(3);
  });

  test("credentials never leave the reader", () => {
    const { model } = authored;
    const lowered = kong.lower(model, api, edge);
    const everything = JSON.stringify(
      [model.consumers, lowered.branches.map(({ access }) => access)],
      (key, value) => (key === "place" ? undefined : value),
    );
    for (const secret of ["s3cr3t-key", "another-s3cr3t", "not-for-anyone"])
      expect(everything).not.toContain(secret);
  });
});

describe("routing", () => {
  test("the longer path comes first, and a raw prefix takes what follows without a slash", () => {
    const { model } = authored;
    expect(routerEntries(model).map(({ route }) => route.key)).toEqual(["payments-admin", "payments-read"]);
    expect(decide(model, { ...get("/payments/admin/7"), ...token }).decision).toBe("deny");
    expect(decide(model, { ...get("/paymentsadmin"), ...token })).toMatchObject({
      decision: "allow",
      next: { http: { path: "/v1/admin", host: "payments.shop.svc.cluster.local" } },
      upstream: { host: "payments.shop.svc.cluster.local", port: 8080 },
    });
  });

  test.each([
    ["hosts: [a.example], paths: [/x]", "paths: [/xyz]", "more dimensions beat a longer path"],
    ["hosts: [a.example]", "hosts: ['*.example']", "plain hosts beat wildcards"],
    ["paths: ['~/x'], regex_priority: 0", "paths: [/xyz]", "expressions beat plain paths"],
    [
      "paths: ['~/x'], regex_priority: 5",
      "paths: ['~/xy'], regex_priority: 1",
      "regex_priority orders expressions",
    ],
    ["headers: { a: [b], c: [d] }", "headers: { a: [b] }", "more headers come first"],
    ["paths: [/x], created_at: 1", "paths: [/x], created_at: 2", "the older route comes first"],
  ])("%s before %s: %s", (first, second) => {
    const { model } = read(
      `_format_version: "3.0"\nroutes:\n  - { name: second, ${second} }\n  - { name: first, ${first} }\n`,
    );
    expect(routerEntries(model).map(({ route }) => route.key)).toEqual(["first", "second"]);
  });

  test("of `~/a|/b` only the first alternative is anchored", () => {
    const { model } = read(
      '_format_version: "3.0"\nservices:\n  - { name: s, url: "http://s", routes: [{ name: r, paths: ["~/a|/b"] }] }\n',
    );
    const [branch] = kong.lower(model, { ...api, hosts: [] }, edge).branches;
    const takes = (path: string) => branch && termsHold(branch.guard, { traffic: "api", ...get(path) });
    expect([takes("/a1"), takes("/x/b2"), takes("/x/a")]).toEqual([true, true, false]);
  });

  test("routes of one weight that can match the same request are named as lost", () => {
    const { model } = read(
      '_format_version: "3.0"\nservices:\n  - { name: s, url: "http://s", routes: [{ name: a, paths: [/x] }, { name: b, paths: [/x] }] }\n',
    );
    expect(kong.lower(model, api, edge).lost.map(({ text }) => text)).toEqual(["route b and route a"]);
  });
});

describe("plugins", () => {
  test("the token's key says who the consumer is, and goes on to the next hop", () => {
    const decided = decide(authored.model, { ...get("/payments/7"), ...token, source: { ip: "10.0.0.1" } });
    expect(decided).toMatchObject({
      decision: "allow",
      rule: { label: "route payments-read" },
      next: { source: { principal: edge.identity }, jwt: token.jwt, http: { path: "/v1/7" } },
    });
    expect(decided.next?.client).toBeUndefined();
  });

  test("who is in no allowed group is told so by the acl", () => {
    expect(decide(authored.model, { ...get("/payments/admin"), ...apiKey("partner") })).toMatchObject({
      decision: "deny",
      rule: { label: "acl of route payments-admin" },
      reason: expect.stringContaining('"partner" is in none of the allowed groups (admins)') as string,
    });
    expect(decide(authored.model, { ...get("/payments/admin"), ...apiKey("root") }).decision).toBe("allow");
    expect(decide(authored.model, { ...get("/payments/admin"), ...apiKey("stranger") }).decision).toBe(
      "deny",
    );
  });

  test("a global plugin counts where nothing more specific does", () => {
    const denied = decide(authored.model, { ...get("/payments"), ...token, source: { ip: "203.0.113.7" } });
    expect(denied).toMatchObject({ decision: "deny", rule: { label: "global ip-restriction" } });
  });

  const twoWays = (anonymous: string) => `_format_version: "3.0"
services:
  - name: s
    url: http://s
    routes: [{ name: r, paths: [/] }]
    plugins:
      - { name: jwt, config: { claims_to_verify: [exp]${anonymous} } }
      - { name: key-auth, config: { key_in_query: false${anonymous} } }
consumers:
  - { username: app, jwt_secrets: [{ key: "https://login.acme.example" }], keyauth_credentials: [{ key: k }] }
  - username: guest
    plugins: [{ name: request-termination }]
`;

  test("several authentications must all succeed, unless they fall back to an anonymous consumer", () => {
    const both = read(twoWays("")).model;
    expect(decide(both, { ...get("/"), ...token }).decision).toBe("deny");
    expect(decide(both, { ...get("/"), ...token, ...apiKey("app") }).decision).toBe("allow");
    const either = read(twoWays(", anonymous: guest")).model;
    expect(decide(either, { ...get("/"), ...token }).decision).toBe("allow");
    expect(decide(either, { ...get("/"), ...apiKey("app") }).decision).toBe("allow");
    expect(decide(either, get("/")).decision).toBe("deny");
    expect(kong.posture?.(either, api, edge)).toEqual([]);
  });

  test("a plugin that is not modelled is open, at the plugin", () => {
    const text = fixture("authored.yaml").replace("- name: ip-restriction", "- name: opa");
    const file = parseYaml("file:///kong.yaml", text, { dialect: "deployed" });
    const { model } = kong.read([file]);
    expect(decide(model, { ...get("/payments"), ...token }).decision).toBe("unknown");
    const { lost } = kong.lower(model, api, edge);
    expect(lost.map((one) => one.text)).toContain("global opa");
    const place = lost.find((one) => one.text === "global opa")?.place;
    expect(place && file.layout.range(place).start.line).toBe(30);
  });
});

describe("posture", () => {
  test("names what weakens an authentication, and nothing in a sound config", () => {
    expect(kong.posture?.(authored.model, api, edge)).toEqual([]);
    const weak = read(
      fixture("authored.yaml")
        .replace("config: { claims_to_verify: [exp] }", "config: { anonymous: partner }")
        .replace("{ key_in_query: false }", "{}"),
    );
    expect(
      kong
        .posture?.(weak.model, api, edge)
        .map(({ code }) => code)
        .sort(),
    ).toEqual(["drift/anonymous-fallback", "drift/jwt-expiry-unchecked", "drift/key-in-query"]);
  });
});
