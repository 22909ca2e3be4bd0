/** Policies as access functions: what is assumed of the world, and what the terms say of names. */
import { describe, expect, test } from "vitest";
import { compare, isEmpty } from "../../../server/src/access/compare.ts";
import { termsHold } from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import type { AccessFunction } from "../../../server/src/access/predicate.ts";
import { identityIn, resourceIn } from "../../../server/src/policy/in-environment.ts";
import { assumptions, lowerResource, lowerRules } from "../../../server/src/policy/lower/resource.ts";
import type { Environment, PolicySet, Resource } from "../../../server/src/policy/model.ts";
import { normalise } from "../../../server/src/simulate/normalise.ts";
import { call, type Shop, shop } from "../simulate/shop.ts";
import { build } from "./support.ts";

function resource(set: PolicySet, name: string): Resource {
  const found = set.resources.get(name);
  if (found === undefined) throw new Error(`no resource ${name}`);
  return found;
}

const lowered = (plane: Shop, name: string, environment: Environment = plane.production): AccessFunction =>
  lowerResource(plane.set, resource(plane.set, name), environment);

const possible = ({ set, production }: Shop, name: string) => ({
  impossible: assumptions(set, resource(set, name), production).map(({ literals }) => ({
    literals,
    origins: [],
  })),
});

describe("the access function", () => {
  test("has the terms of enforced rules on the resource only, with their origins", () => {
    const plane = shop(
      "- { name: a, effect: allow, subjects: [checkout], on: [{ resource: anything }] }\n- { name: b, effect: deny, on: [{ resource: ledger }] }",
      { audit: "- { name: c, effect: deny, on: [{ resource: anything }] }" },
    );
    const fn = lowered(plane, "anything");
    expect(fn.deny).toEqual([]);
    expect(fn.allow.map((one) => one.origins.map((origin) => origin.label))).toEqual([["p0/a"]]);
    expect(
      lowerRules(plane.set, resource(plane.set, "ledger"), plane.production).map(({ rule }) => rule.id),
    ).toEqual(["p0/b"]);
  });

  test("a changed variable behind an unchanged name is a change", () => {
    const plane = shop("- { name: a, effect: allow, subjects: [checkout], on: [{ resource: anything }] }");
    const between = compare(lowered(plane, "anything"), lowered(plane, "anything", plane.staging));
    expect(between.verdict).toBe("incomparable");
    expect(compare(lowered(plane, "anything"), lowered(plane, "anything")).verdict).toBe("equal");
  });

  test("variables of hosts and base paths are substituted once", () => {
    const plane = shop(
      "- { name: a, effect: allow, anonymous: true, on: [{ resource: payments, operations: [listPayments] }] }",
    );
    const asked = (host: string): Interaction => ({
      traffic: "api",
      http: { method: "GET", host, path: "/v1/payments" },
    });
    expect(termsHold(lowered(plane, "payments").allow, asked("api.acme.example"))).toBe(true);
    expect(termsHold(lowered(plane, "payments", plane.staging).allow, asked("api.acme.example"))).toBe(false);
    expect(
      termsHold(lowered(plane, "payments", plane.staging).allow, asked("api.staging.acme.example")),
    ).toBe(true);
    const once = resourceIn(resource(plane.set, "payments"), plane.production);
    expect(resourceIn(once, plane.production)).toBe(once);
    const tricky = {
      ...plane.production,
      vars: new Map([
        ["domain", "${td}"],
        ["td", "x"],
      ]),
    };
    const made = resourceIn(resource(plane.set, "payments"), tricky);
    expect(resourceIn(made, tricky).hosts[0]?.text).toBe("api.${td}");
  });

  test("variables of identities are substituted in every proof", () => {
    const { set, production } = shop();
    const staff = set.identities.get("staff");
    if (staff === undefined) throw new Error("no staff");
    const written = (text: string) => ({ text, place: staff.place });
    const made = identityIn(
      {
        ...staff,
        spiffeId: written("spiffe://${td}/a"),
        clientId: written("app-${td}"),
        claims: new Map([["groups", ["support-${td}", "x"]]]),
        deployedAs: new Map([["kong", { consumer: "c-${td}", groups: ["g-${td}"], place: staff.place }]]),
      },
      production,
    );
    expect([made.spiffeId?.text, made.clientId?.text, made.claims.get("groups")]).toEqual([
      "spiffe://prod.example/a",
      "app-prod.example",
      ["support-prod.example", "x"],
    ]);
    expect(made.deployedAs.get("kong")).toMatchObject({
      consumer: "c-prod.example",
      groups: ["g-prod.example"],
    });
    expect(identityIn(staff, production)).toBe(staff);
  });

  test("a wildcard host stands beside others", () => {
    const { set } = build({
      "a.plumb.yaml": `
apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: a }
spec: { environments: { e: {} } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: i }
spec: { resources: { r: { type: api, hosts: ["*.a.example", b.example, "*.c.example"] } } }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec: { rules: [{ name: x, effect: allow, anonymous: true, on: [{ resource: r }] }] }
`,
    });
    const environment = set.controlPlane.environments.get("e");
    if (environment === undefined) throw new Error("no environment");
    const fn = lowerResource(set, resource(set, "r"), environment);
    const at = (host: string) => termsHold(fn.allow, { traffic: "api", http: { host } });
    expect(["x.a.example", "b.example", "y.c.example", "a.example", "x.b.example"].map(at)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test("where the parts of a resource cannot be read, an allow takes none and a deny all", () => {
    const { set } = build({
      "a.plumb.yaml": `
apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: a }
spec: { environments: { e: {} } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: i }
spec: { resources: { api: { type: api, openapi: gone.yaml }, tools: { type: mcp-server, tools: gone.json }, any-tools: { type: mcp-server } } }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec:
  rules:
    - { name: all, effect: allow, anonymous: true, on: [{ resource: api }, { resource: tools }, { resource: any-tools }] }
    - { name: some, effect: deny, on: [{ resource: api, operations: [remove] }] }
`,
    });
    const environment = set.controlPlane.environments.get("e");
    if (environment === undefined) throw new Error("no environment");
    const of = (name: string) => lowerResource(set, resource(set, name), environment);
    expect(of("api")).toMatchObject({ allow: [], deny: [{ literals: [] }] });
    const asked = (server: string): Interaction => ({
      traffic: "ai",
      mcp: { server, method: "tools/call", tool: { name: "x" } },
    });
    expect(termsHold(of("tools").allow, asked("tools"))).toBe(false);
    expect(termsHold(of("any-tools").allow, asked("any-tools"))).toBe(true);
  });

  test("without actsFor, or without any depth, nobody acts for anybody", () => {
    const rule = (subject: string) =>
      shop(
        `- { name: a, effect: allow, subjects: [${subject}], onBehalfOf: [staff], on: [{ resource: tools }] }`,
      );
    expect(lowered(rule("checkout"), "tools").allow).toEqual([]);
    const plane = rule("copilot");
    expect(lowered(plane, "tools").allow.length).toBeGreaterThan(0);
    const { set, production } = plane;
    const none = { ...set, controlPlane: { ...set.controlPlane, limits: { delegationDepth: 0 } } };
    expect(lowerResource(none, resource(set, "tools"), production).allow).toEqual([]);
  });
});

describe("assumptions", () => {
  const rules =
    "- { name: a, effect: allow, subjects: [copilot], onBehalfOf: [staff], on: [{ resource: tools }, { resource: anything }] }\n- { name: b, effect: allow, anonymous: true, on: [{ resource: anything }], condition: 'context.environment == \"staging\"' }";
  const plane = shop(rules);

  test("hold of requests that credentials of the inventory make", () => {
    const asked = plane.as("copilot", { ...call("refund"), http: { method: "POST", path: "/mcp" } }, [
      "support",
    ]).interaction;
    const tools = assumptions(plane.set, resource(plane.set, "tools"), plane.production);
    expect(tools.filter(({ literals }) => termsHold([{ literals, origins: [] }], asked) !== false)).toEqual(
      [],
    );
  });

  test.each<[Partial<Interaction>, string]>([
    [
      { jwt: { claims: { act: { sub: "stranger" } } } },
      "issuers exchange tokens only for identities that declare actsFor",
    ],
    [
      { jwt: { iss: "https://login.example", sub: "alice", claims: { groups: "support" } } },
      "tokens of issuer workforce have the claim groups as a list",
    ],
    [{ jwt: { iss: "https://partner.example" } }, "tokens of issuer partner have a subject"],
    [{ http: { method: "POST", path: "/other" } }, "MCP requests to tools are POST /mcp"],
    [{ http: { method: "GET", path: "/mcp" } }, "MCP requests to tools are POST /mcp"],
    [
      { mcp: { server: "tools", method: "tools/list" } },
      "lists and lifecycle methods follow from what can be called",
    ],
    [{ mcp: { server: "tools", method: "tools/call" } }, "tools/call names what it asks for"],
    [
      { mcp: { server: "tools", method: "prompts/get", prompt: { name: "a" }, tool: { name: "refund" } } },
      "only tools/call carries mcp.tool.name",
    ],
  ])("take out %j", (part, expected) => {
    const made = normalise({
      traffic: "ai",
      environment: "production",
      ...call("refund"),
      http: { method: "POST", path: "/mcp" },
      ...part,
    });
    if ("invalid" in made) throw new Error(made.invalid);
    const broken = assumptions(plane.set, resource(plane.set, "tools"), plane.production).filter(
      ({ literals }) => termsHold([{ literals, origins: [] }], made) === true,
    );
    expect(broken.map(({ why }) => why)).toEqual([expected]);
  });

  test("the environment is a constant", () => {
    const fn = lowered(plane, "anything");
    const onlyB = { ...fn, allow: fn.allow.filter((one) => one.origins[0]?.label === "p0/b") };
    expect(isEmpty(onlyB)).toBe(false);
    expect(isEmpty(onlyB, possible(plane, "anything"))).toBe(true);
  });

  test("opaque atoms are those that stand in a term, each once", () => {
    const condition = "jwt.sub == client.id";
    const rule = (name: string, effect: string) =>
      `- { name: ${name}, effect: ${effect}, anonymous: true, on: [{ resource: anything }], condition: ${condition} }`;
    const opaque = lowered(shop(`${rule("a", "allow")}\n${rule("b", "allow")}`), "anything").opaque;
    expect(opaque.map((atom) => atom.text)).toEqual([condition]);
  });
});
