/** One mistake gives one finding: what follows from it elsewhere in the control plane is not reported again. */
import { describe, expect, it } from "vitest";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { MemoryHost, workspaceFolder } from "../../support/memory-host.ts";

const plane = (more = "") => `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: shop }
spec:
  owner: a@shop.example
  trustDomains: { shop.example: {} }
  environments: { production: {} }
${more}`;

const inventory = (identities = "") => `apiVersion: plumbline/v1
kind: Inventory
metadata: { name: shop }
spec:
  identities:
    checkout: { type: workload, spiffeId: "spiffe://shop.example/ns/shop/sa/checkout", owner: a@shop.example }
${identities}  resources:
    ledger: { type: api, hosts: [ledger.shop.example], openapi: ledger.yaml }
`;

const policy = (rule: string, spec = "") => `apiVersion: plumbline/v1
kind: Policy
metadata: { name: ledger }
spec:
  owner: a@shop.example
${spec}  rules:
    - name: append
      effect: allow
      subjects: [checkout]
${rule}`;

const target = '      on: [{ resource: ledger, operations: ["POST /entries"] }]\n';

const openapi = `openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /entries: { post: { operationId: append, responses: {} } }
`;

const base = {
  "shop.plumb.yaml": plane(),
  "inventory.plumb.yaml": inventory(),
  "ledger.plumb.yaml": policy(target),
  "ledger.yaml": openapi,
};

async function analysed(files: Readonly<Record<string, string>>) {
  const workspace = new Workspace(new MemoryHost({ ...base, ...files }));
  workspace.setFolders([workspaceFolder]);
  const snapshot = await workspace.analyze();
  const found = [...snapshot.findings.values()].flat();
  return { snapshot, codes: found.filter((one) => one.severity === "error").map((one) => one.code) };
}

const codesOf = async (files: Readonly<Record<string, string>>) => (await analysed(files)).codes;

it("the base has no error", async () => {
  expect(await codesOf({})).toEqual([]);
});

describe("an operation behind a reference that says nothing", () => {
  const circle = `openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /entries: { $ref: "#/components/pathItems/A" }
  /prices: { get: { operationId: prices, responses: {} } }
components:
  pathItems:
    A: { $ref: "#/components/pathItems/B" }
    B: { $ref: "#/components/pathItems/A" }
`;

  it("in a circle", async () => {
    expect(await codesOf({ "ledger.yaml": circle })).toEqual(["openapi/ref-cycle"]);
    // What is only known by its id may stand behind the reference as well.
    const byId = policy("      on: [{ resource: ledger, operations: [append] }]\n");
    expect(await codesOf({ "ledger.yaml": circle, "ledger.plumb.yaml": byId })).toEqual([
      "openapi/ref-cycle",
    ]);
  });

  it("that leads nowhere", async () => {
    const nowhere = circle.replace("pathItems/A", "pathItems/C");
    expect(await codesOf({ "ledger.yaml": nowhere })).toEqual(["openapi/unresolved-ref"]);
  });

  it("of a parameter: the operations are known, and so is what is none", async () => {
    const parameter = `openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /entries: { get: { parameters: [{ $ref: "#/components/parameters/A" }], responses: {} } }
components: { parameters: { A: { $ref: "#/components/parameters/A" } } }
`;
    expect((await codesOf({ "ledger.yaml": parameter })).sort()).toEqual([
      "openapi/ref-cycle",
      "reference/unknown-operation",
    ]);
  });
});

describe("a named condition of the wrong type", () => {
  const using = (spec: string, name = "own") =>
    policy(`${target}      conditions: [${name}]\n      condition: request.method == "POST"\n`, spec);

  it.each([
    ["a number", "  conditions: { own: 5 }\n"],
    ["a boolean", "  conditions: { own: true }\n"],
    ["nothing", "  conditions: { own: }\n"],
    ["all of them a list", "  conditions: [own]\n"],
    ["all of them a text", "  conditions: own\n"],
  ])("%s", async (_, spec) => {
    expect(await codesOf({ "ledger.plumb.yaml": using(spec) })).toEqual(["schema/type"]);
  });

  it("says nothing about another name that nobody has", async () => {
    const found = await codesOf({ "ledger.plumb.yaml": using("  conditions: { own: 5 }\n", "other") });
    expect(found.sort()).toEqual(["reference/unknown-condition", "schema/type"]);
  });
});

it("an identity that only a misspelled name means is not unused as well", async () => {
  const ofIdentities = async (rules: string) => {
    const { snapshot } = await analysed({ "ledger.plumb.yaml": rules });
    const found = [...snapshot.findings.values()].flat().map((one) => one.code);
    return found.filter((code) => /identity/.test(code));
  };
  const misspelled = policy(target).replace("[checkout]", "[chekout]");
  expect(await ofIdentities(misspelled)).toEqual(["reference/unknown-identity"]);
  const unused = policy(target).replace("subjects: [checkout]", "anonymous: true");
  expect(await ofIdentities(unused)).toEqual(["orphaned-identity"]);
});

it("a scenario that names a rule that cannot be read", async () => {
  const scenarios = `apiVersion: plumbline/v1
kind: Scenarios
metadata: { name: ledger }
spec:
  scenarios:
    - name: checkout appends
      as: checkout
      request: { resource: ledger, http: { method: POST, url: "https://ledger.shop.example/entries" } }
      expect: { decision: allow, rule: ledger/append }
`;
  const files = (rule: string) => ({
    "scenarios.plumb.yaml": scenarios,
    "ledger.plumb.yaml": policy("").replace(/ {4}- name: append[\s\S]*$/, `    - ${rule}\n`),
  });
  for (const rule of ["[append]", "append"]) {
    const found = await codesOf(files(rule));
    expect(found).toContain("schema/type");
    expect(found).not.toContain("reference/unknown-rule");
  }
  const other = "{ name: other, effect: deny, anonymous: true, on: [{ resource: ledger }] }";
  expect(await codesOf(files(other))).toContain("reference/unknown-rule");
});

describe("a mistake in what accepts findings", () => {
  it.each([
    ["a waiver", "  waivers: [{ code: missing-owner, reason: 5, expires: 2030-01-01 }]\n"],
    ["all waivers", "  waivers: 5\n"],
    ["a severity", "  lint: { rules: { missing-owner: loud } }\n"],
    ["all settings", "  lint: [missing-owner]\n"],
  ])("%s breaks no resource", async (_, more) => {
    const { snapshot, codes } = await analysed({ "shop.plumb.yaml": plane(more) });
    expect(codes).toHaveLength(1);
    expect(codes[0]).toMatch(/^(?:schema|lint)\//);
    expect(snapshot.controlPlanes[0]?.broken).toEqual(new Set());
  });

  it("a waiver of a policy breaks none either", async () => {
    const waived = policy(target, "  waivers: [{ code: missing-owner, reason: Known. }]\n");
    const { snapshot, codes } = await analysed({ "ledger.plumb.yaml": waived });
    expect(codes).toHaveLength(1);
    expect(snapshot.controlPlanes[0]?.broken).toEqual(new Set());
  });

  it("but one in the environments does", async () => {
    const broken = plane().replace("production: {}", "production: 5");
    const { snapshot } = await analysed({ "shop.plumb.yaml": broken });
    expect(snapshot.controlPlanes[0]?.broken).toBe("all");
  });
});
