/** Where the rules about coverage end: what they must not report. */
import { describe, expect, it } from "vitest";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { MemoryHost, workspaceFolder } from "../../support/memory-host.ts";
import { foundIn, shownIn } from "./found-in.ts";

const base = {
  "ControlPlane/shop": `trustDomains: { prod.example: {} }
auditSinks: { lake: { format: ocsf } }
environments: { production: {} }`,
  "Inventory/shop": `identities:
  job: { type: workload, spiffeId: "spiffe://prod.example/ns/a/sa/job" }
  bot: { type: agent, spiffeId: "spiffe://prod.example/ns/a/sa/bot" }
resources:
  ledger: { type: service, protocol: http, dataClass: restricted }
  stock: { type: service, protocol: http }
  orders: { type: event-channel, topic: orders }`,
};
const rule = (subject: string, resource: string, more = "") =>
  `rules:\n  - { name: r, effect: allow, subjects: [${subject}], on: [{ resource: ${resource} }]${more} }`;

describe("unaudited-decision", () => {
  const code = "unaudited-decision";

  it.each([
    ["job", "ledger", "none", ["none"]],
    ["bot", "stock", "none", ["none"]],
    // Nobody said that this matters.
    ["job", "stock", "none", []],
    ["bot", "ledger", "metadata", []],
  ])("%s on %s with audit %s: %j", async (subject, resource, audit, shown) => {
    const policy = rule(subject, resource, `, obligations: { audit: ${audit} }`);
    expect(await shownIn(code, { ...base, "Policy/p": policy })).toEqual(shown);
  });

  it("is not said where a rule says nothing of audit", async () => {
    expect(await shownIn(code, { ...base, "Policy/p": rule("bot", "ledger") })).toEqual([]);
  });

  const sinkless = (sinks: string) => ({
    ...base,
    "ControlPlane/shop": `trustDomains: { prod.example: {} }${sinks}\nenvironments: { production: {} }`,
  });

  it("is said of a control plane without sinks where a rule obliges to audit", async () => {
    const audited = rule("job", "stock", ", obligations: { audit: full }");
    const [finding, ...others] = await foundIn(code, { ...sinkless(""), "Policy/p": audited });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ shown: "shop", fixable: true, data: { rules: ["p/r"] } });
    expect(await shownIn(code, { ...sinkless("\nauditSinks: {}"), "Policy/p": audited })).toEqual([
      "auditSinks",
    ]);
    expect(await shownIn(code, { ...sinkless(""), "Policy/p": rule("job", "stock") })).toEqual([]);
    expect(await shownIn(code, { ...sinkless(""), "Policy/p": `mode: audit\n${audited}` })).toEqual([]);
  });
});

describe("unbound-resource", () => {
  const code = "unbound-resource";
  const planes = (points: string) => ({
    ...base,
    "ControlPlane/shop": `trustDomains: { prod.example: {} }\nenvironments: { production: { enforcementPoints: { ${points} } }, staging: {} }`,
  });
  const mesh = "mesh: { type: istio, transparent: true }";
  const gateway = "edge: { type: kong }";
  const inventory = (resources: string) =>
    `identities:\n  job: { type: workload, spiffeId: "spiffe://prod.example/ns/a/sa/job" }\nresources:\n${resources}`;
  const behindMesh = "  front: { type: service, protocol: http, paths: [[mesh]] }\n";

  it.each([
    [
      "a service where others stand behind the mesh",
      mesh,
      `${behindMesh}  r: { type: service, protocol: http }`,
      ["r"],
    ],
    ["one with a path", mesh, `${behindMesh}  r: { type: service, protocol: http, paths: [[mesh]] }`, []],
    ["a service where the mesh is only planned", mesh, "  r: { type: service, protocol: http }", []],
    ["a service without any enforcement point", "", "  r: { type: service, protocol: http }", []],
    [
      "events, which no enforcement point sees",
      mesh,
      `${behindMesh}  r: { type: event-channel, topic: t }`,
      [],
    ],
    [
      "a model where there is only a mesh",
      mesh,
      `${behindMesh}  r: { type: model, provider: o, model: m }`,
      [],
    ],
    [
      "an api where there is only a mesh",
      mesh,
      `${behindMesh}  r: { type: api, operations: ["GET /a"] }`,
      ["r"],
    ],
    [
      "an api where the gateway is not in use yet",
      `${mesh}, ${gateway}`,
      `${behindMesh}  r: { type: api, operations: ["GET /a"] }`,
      [],
    ],
  ])("of %s", async (_, points, resources, shown) => {
    const documents = {
      ...planes(points),
      "Inventory/shop": inventory(resources),
      "Policy/p": rule("job", "r"),
    };
    expect(await shownIn(code, documents)).toEqual(shown);
  });

  it("is not said of a resource that no enforced rule allows", async () => {
    const documents = {
      ...planes(mesh),
      "Inventory/shop": inventory(`${behindMesh}  r: { type: service, protocol: http }`),
    };
    expect(await shownIn(code, { ...documents, "Policy/p": `mode: audit\n${rule("job", "r")}` })).toEqual([]);
    expect(
      await shownIn(code, { ...documents, "Policy/p": rule("job", "r").replace("allow", "deny") }),
    ).toEqual([]);
  });
});

describe("several", () => {
  const plane = (more: string) => ({ "ControlPlane/shop": `${more}\nenvironments: { production: {} }` });

  it("secret managers are one finding at the second", async () => {
    const three = "secretManagers: { a: { type: vault }, b: { type: vault }, c: { type: kubernetes } }";
    const [finding, ...others] = await foundIn("multiple-secret-managers", plane(three));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ shown: "b", severity: "information", data: { names: ["a", "b", "c"] } });
    expect(
      await shownIn("multiple-secret-managers", plane("secretManagers: { a: { type: vault } }")),
    ).toEqual([]);
    expect(await shownIn("multiple-secret-managers", plane("secretManagers: {}"))).toEqual([]);
  });

  it("audit sinks are one finding at the second", async () => {
    const two = "auditSinks: { a: { format: ocsf }, b: { format: cef } }";
    expect(await shownIn("multiple-audit-sinks", plane(two))).toEqual(["b"]);
    expect(await shownIn("multiple-secret-managers", plane(two))).toEqual([]);
  });
});

describe("event-without-identity-binding", () => {
  const code = "event-without-identity-binding";
  const events = (who: string, condition: string, resource = "orders") => ({
    ...base,
    "Policy/p": `rules:\n  - { name: r, effect: allow, ${who}, on: [{ resource: ${resource} }], condition: '${condition}' }`,
  });

  it("stands at the first attribute that the client asserts", async () => {
    const condition = 'event.operation == "publish" && event.source == "/a" && event.type == "b"';
    expect(await shownIn(code, events("anonymous: true", condition))).toEqual(["event.source"]);
  });

  it("is not said where an identity is asked for, or where nothing asserted decides", async () => {
    expect(await shownIn(code, events("subjects: [job]", 'event.source == "/a"'))).toEqual([]);
    expect(await shownIn(code, events("anonymous: true", 'event.operation == "publish"'))).toEqual([]);
    expect(
      await shownIn(code, events("anonymous: true", 'source.principal.startsWith("spiffe://a")')),
    ).toEqual([]);
  });
});

describe("unknown-control-id", () => {
  const code = "unknown-control-id";
  const policy = (controls: string) => ({
    ...base,
    "Policy/p": `controls: ${controls}\n${rule("job", "stock")}`,
  });

  it("stands at the one id, with the severity of a hint for an alias", async () => {
    const findings = await foundIn(
      code,
      policy('["NIST-CSF-2.0:PR.AA-05", "MAESTRO:GOV-2", LLM06, "ISO:1"]'),
    );
    expect(findings.map((one) => [one.shown, one.severity, one.fixable])).toEqual([
      ['"MAESTRO:GOV-2"', "hint", true],
      ["LLM06", "warning", true],
      ['"ISO:1"', "warning", false],
    ]);
  });

  it("looks at rules, too, and not at a policy without controls", async () => {
    const ofRule = { ...base, "Policy/p": rule("job", "stock", ", controls: [NHI-01]") };
    expect(await shownIn(code, ofRule)).toEqual(["NHI-01"]);
    expect(await shownIn(code, { ...base, "Policy/p": rule("job", "stock") })).toEqual([]);
  });
});

describe("duplicate-resource", () => {
  const code = "duplicate-resource";
  const pair = (resources: string) => ({
    "ControlPlane/shop":
      "environments: { production: { enforcementPoints: { a: { type: agentgateway }, b: { type: agentgateway } } } }",
    "Inventory/shop": `resources:\n  one: { ${resources.split(" | ")[0]} }\n  two: { ${resources.split(" | ")[1]} }`,
  });

  it.each([
    "type: model, provider: openai, model: gpt | type: model, provider: openai, model: gpt",
    "type: model, provider: openai, model: gpt, paths: [[a], [b]] | type: model, provider: openai, model: gpt, paths: [[b], [a]]",
    "type: event-channel, topic: t | type: event-channel, topic: t, types: [x]",
    "type: event-channel, topic: t, types: [x, y] | type: event-channel, topic: t, types: [y, z]",
  ])("is said of %s", async (resources) => {
    expect(await shownIn(code, pair(resources))).toEqual(["two"]);
  });

  it.each([
    "type: model, provider: openai, model: gpt | type: model, provider: azure, model: gpt",
    "type: model, provider: openai, model: gpt, paths: [[a]] | type: model, provider: openai, model: gpt, paths: [[b]]",
    "type: event-channel, topic: t, types: [x] | type: event-channel, topic: t, types: [y]",
    "type: event-channel, topic: t, broker: k | type: event-channel, topic: t, broker: n",
    // Nobody can tell what requests to these two are.
    'type: service, operations: ["GET /a"] | type: service, operations: ["GET /a"]',
  ])("is not said of %s", async (resources) => {
    expect(await shownIn(code, pair(resources))).toEqual([]);
  });
});

describe("unused-condition", () => {
  const code = "unused-condition";
  const policy = (asked: string) => ({
    ...base,
    "Policy/p": `conditions: { one: 'context.environment == "production"', two: 'context.environment == "production"' }
rules:
  - { name: r, effect: allow, subjects: [job], on: [{ resource: stock }]${asked} }`,
  });

  it.each([
    ["", ["one", "two"]],
    [", conditions: [two]", ["one"]],
    [", conditions: [one, two]", []],
  ])("a rule with %j: %j", async (asked, shown) => {
    expect(await shownIn(code, policy(asked))).toEqual(shown);
  });

  it("is not said where a rule asks for one that is not there, which may be meant for it", async () => {
    const codes = async (asked: string) => {
      const text = `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: shop }
spec: { environments: { production: {} } }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec:
  conditions: { small: 'context.environment == "production"' }
  rules: [{ name: r, effect: deny, on: [{ resource: x }]${asked} }]
`;
      const workspace = new Workspace(new MemoryHost({ "a.plumb.yaml": text }));
      workspace.setFolders([workspaceFolder]);
      return [...(await workspace.analyze()).findings.values()].flat().map((one) => one.code);
    };
    expect(await codes("")).toContain(code);
    expect(await codes(", conditions: [smal]")).not.toContain(code);
  });
});
