/** Where unanchored-subject ends: which tests of a name let others pass, and which do not. */
import { describe, expect, it } from "vitest";
import { foundIn, mendedIn } from "./found-in.ts";

const documents = (rules: string, conditions = "") => ({
  "ControlPlane/shop": "trustDomains: { prod.example: {} }\nenvironments: { production: {} }",
  "Inventory/shop": `identities:
  job: { type: workload, spiffeId: "spiffe://prod.example/ns/a/sa/job" }
resources:
  svc: { type: service, protocol: http }`,
  "Policy/p": `${conditions}rules:\n${rules.trim().replace(/^(?=.)/gm, "  ")}`,
});

const rule = (condition: string, effect = "allow") =>
  `- name: r\n  effect: ${effect}\n  anonymous: true\n  on: [{ resource: svc }]\n  condition: |-\n    ${condition}`;

const shown = async (condition: string, effect?: string): Promise<readonly string[]> =>
  (await foundIn("unanchored-subject", documents(rule(condition, effect)))).map((one) => one.shown);

describe("a regular expression", () => {
  it.each([
    '"^spiffe://prod[.]example/ns/a/.*"',
    '"^spiffe://prod\\\\.example/ns/a/.*"',
    '"^https://login.*"',
    '"^https://login.example$"',
    '"^spiffe://[a-z.]+/ns/a$"',
    '"^a$"',
    '"\\\\Aa\\\\z"',
    '"(?i)^a$"',
    '"^(a|b)$"',
    '"(^a$)|(^b$)"',
    '"^a$|^b$"',
    '"^[|$]+$"',
    'r"^a\\\\$"',
  ])("%s is the whole text", async (pattern) => {
    expect(await shown(`jwt.sub.matches(${pattern})`)).toEqual([]);
  });

  it.each(['"a"', '"^a"', '"a$"', '"^a|b$"', '"^a$|b"', '"^a\\\\$"', '"(^a)(b)"', '"^a\\\\.*"', '"[^a]$"'])(
    "%s is a part of it",
    async (pattern) => {
      expect(await shown(`jwt.sub.matches(${pattern})`)).toEqual([pattern]);
    },
  );
});

describe("where it matters", () => {
  it("is the side on which more callers pass", async () => {
    const test = 'jwt.sub.endsWith("a.example")';
    const literal = '"a.example"';
    expect(await shown(test)).toEqual([literal]);
    expect(await shown(`!${test} && has(jwt.sub)`)).toEqual([]);
    expect(await shown(`!(!${test})`)).toEqual([literal]);
    expect(await shown(test, "deny")).toEqual([]);
    expect(await shown(`!${test}`, "deny")).toEqual([literal]);
    expect(await shown(`${test} ? jwt.iss == "https://a.example" : false`)).toEqual([]);
    expect(await shown(`${test} == true`)).toEqual([]);
  });

  it("is who calls, and nothing else of the request", async () => {
    expect(await shown('request.path.endsWith("/a") && request.host.contains("a")')).toEqual([]);
    expect(await shown('jwt.email.endsWith("@a.example")')).toEqual([]);
    expect(await shown('jwt["azp"].contains("a") || jwt.act.sub.contains("b")')).toEqual(['"a"', '"b"']);
    expect(await shown('source.namespace.endsWith("-shop")')).toEqual(['"-shop"']);
  });

  it("is a prefix only where the trust domain or host goes on", async () => {
    expect(await shown('source.principal.startsWith("spiffe://prod.example")')).toHaveLength(1);
    expect(await shown('source.principal.startsWith("spiffe://prod.example/")')).toEqual([]);
    expect(await shown('jwt.iss.startsWith("https://login")')).toHaveLength(1);
    expect(await shown('jwt.sub.startsWith("user:")')).toEqual([]);
  });

  it.each([
    ['source.principal.startsWith("spiffe://prod.example/ns/shop")', "spiffe://prod.example/ns/shop-evil"],
    ['source.principal.startsWith("spiffe://prod")', "spiffe://prod.evil.example/job"],
    ['source.principal.contains("shop")', "spiffe://evil.example/evilshop-evil"],
    ['source.principal.contains("/shop/")', "spiffe://evil.example/evil/shop/-evil"],
    ['source.principal.endsWith("/sa/shop")', "spiffe://evil.example/evil/sa/shop"],
    ['source.principal.matches("^spiffe://prod.example/ns/.*$")', "spiffe://prod-example/ns/job"],
    ['source.principal.matches("^spiffe://a[.]prod.example/ns$")', "spiffe://a.prod-example/ns"],
    ['jwt.iss.matches("^https://login.shop.example$")', "https://login-shop.example"],
    ['jwt.iss.startsWith("https://login.example/realms/shop")', "https://login.example/realms/shop-evil"],
    ['jwt.sub.startsWith("repo:acme")', "repo:acme-evil/shop:ref:refs/heads/main"],
    ['jwt.sub.startsWith("repo:acme/shop")', "repo:acme/shop-evil:ref:refs/heads/main"],
    ['jwt.sub.endsWith(":ref:refs/heads/main")', "repo:evil/shop:ref:refs/heads/main"],
    ['jwt.sub.startsWith("system:serviceaccount:shop")', "system:serviceaccount:shop-evil:default"],
    ['jwt.email.endsWith("x.example")', "mallory@evil-x.example"],
    ['jwt.email.contains("@x.example")', "mallory@x.example.evil.example"],
    ['jwt.groups.exists(g, g.contains("admin"))', "evil-admin-evil"],
    ['jwt.groups.exists(g, g.startsWith("admin"))', "admin-evil"],
    ['source.namespace.startsWith("shop")', "shop-evil"],
  ])("%s takes %s", async (condition, example) => {
    const [finding, ...others] = await foundIn("unanchored-subject", documents(rule(condition)));
    expect(others).toEqual([]);
    expect(finding?.message).toContain(`, for example "${example}", so that`);
  });

  it.each([
    'source.principal.startsWith("spiffe://prod.example/ns/shop/")',
    'jwt.sub.startsWith("repo:acme/")',
    'jwt.sub.startsWith("system:serviceaccount:shop:")',
    'jwt.sub.startsWith("user:")',
    'jwt.email.endsWith("@x.example")',
    'jwt.email.matches("@x[.]example$")',
    'jwt.groups.exists(g, g.endsWith("/admins"))',
    'jwt.groups.exists(g, g == "admin" || g.startsWith("shop-"))',
    'jwt.teams.exists(jwt, jwt.contains("admin"))',
  ])("%s ends where a part of the name ends, or says nothing of who calls", async (condition) => {
    expect(await shown(condition)).toEqual([]);
  });

  it("escapes the points of a trust domain", async () => {
    const loose = rule('source.principal.matches("^spiffe://prod.example/ns/a/.*$")');
    expect((await mendedIn("unanchored-subject", documents(loose))).flat().join("")).toContain(
      '"^spiffe://prod[.]example/ns/a/.*$"',
    );
  });

  it("is said once of a condition that several rules ask for by its name", async () => {
    const named = (name: string, target: string) =>
      `- { name: ${name}, effect: allow, anonymous: true, on: [{ resource: svc, operations: ${target} }], conditions: [team] }`;
    const conditions = `conditions: { team: 'source.principal.contains("team")' }\n`;
    const rules = `${named("a", '["GET /a"]')}\n${named("b", '["GET /b"]')}`;
    const own = documents(rules, conditions);
    const withOperations = {
      ...own,
      "Inventory/shop": own["Inventory/shop"].replace(
        "protocol: http",
        'protocol: http, operations: ["GET /a", "GET /b"]',
      ),
    };
    const findings = await foundIn("unanchored-subject", withOperations);
    expect(findings.map((one) => one.shown)).toEqual(['"team"']);
  });
});
