import { describe, expect, test } from "vitest";
import { at, build, fixture, short } from "./support.ts";

const design = fixture("design-example");
const example = design["acme.plumb.yaml"] ?? "";

/** The findings of the example with one thing changed. */
function changed(from: string | RegExp, to: string, more: Readonly<Record<string, string>> = {}) {
  const text = example.replace(from, to);
  expect(text).not.toBe(example);
  return build({ ...design, "acme.plumb.yaml": text, ...more });
}
const found = (...change: Parameters<typeof changed>) => changed(...change).problems.map(short);
const message = (...change: Parameters<typeof changed>) => changed(...change).problems[0]?.message;

test("the example of the design has no finding", () => {
  expect(build(design).problems).toEqual([]);
});

test("of TCP no operation can be named, and the advice is not to declare one", () => {
  const { problems } = build({
    "a.plumb.yaml": `apiVersion: plumbline/v1
kind: Inventory
metadata: { name: a }
spec: { resources: { store: { type: service, protocol: tcp } } }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec: { rules: [{ name: r, effect: deny, on: [{ resource: store, operations: [GET /a] }] }] }
`,
  });
  expect(problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'reference/unknown-operation: store has no operation "GET /a". With protocol: tcp nothing is known of its connections but that they are opened: take the list out, and the rule is about all of them.',
  ]);
});

describe("unknown names, with what was most likely meant", () => {
  test.each([
    [
      "subjects: [support-staff]",
      "subjects: [suport-staff]",
      "reference/unknown-identity «suport-staff» -> support-staff",
    ],
    ["actsFor: [support-staff]", "actsFor: [staff]", "reference/unknown-identity «staff»"],
    ["identity: ai-gateway,", "identity: ai-gatewy,", "reference/unknown-identity «ai-gatewy» -> ai-gateway"],
    [
      "as: support-copilot",
      "as: support-copliot",
      "reference/unknown-identity «support-copliot» -> support-copilot",
    ],
    [
      "resource: payments-api",
      "resource: payment-api",
      "reference/unknown-resource «payment-api» -> payments-api",
    ],
    [
      "server: payments-tools",
      "server: payments-tool",
      "reference/unknown-resource «payments-tool» -> payments-tools",
    ],
    ["[getPayment,", "[getPaymnt,", "reference/unknown-operation «getPaymnt» -> getPayment"],
    [
      "GET /payments/{id}/events",
      "GET /payments/{payment}/events",
      "reference/unknown-operation «GET /payments/{payment}/events» -> GET /payments/{id}/events",
    ],
    ["tools: [refund]", "tools: [refnd]", "reference/unknown-tool «refnd» -> refund"],
    ["name: refund, arguments", "name: refunds, arguments", "reference/unknown-tool «refunds» -> refund"],
    [
      "paths: [[edge, mesh]]",
      "paths: [[edgee, mesh]]",
      "reference/unknown-enforcement-point «edgee» -> edge",
    ],
    [
      "at: { mesh: { namespace: shop",
      "at: { meh: { namespace: shop",
      "reference/unknown-enforcement-point «meh» -> mesh",
    ],
    ["deployedAs: { kong:", "deployedAs: { kongg:", "reference/unknown-enforcement-point «kongg» -> kong"],
    [
      "issuer: workforce, claims",
      "issuer: workfroce, claims",
      "reference/unknown-issuer «workfroce» -> workforce",
    ],
    ["id: alice, issuer: workforce", "id: alice, issuer: work", "reference/unknown-issuer «work»"],
    ["defaultEnvironment: production", "defaultEnvironment: prod", "reference/unknown-environment «prod»"],
    [
      "allow, rule: payments/copilot",
      "allow, rule: payment/copilot",
      "reference/unknown-rule «payment/copilot-refunds-small-amounts» -> payments/copilot-refunds-small-amounts",
    ],
    [
      "rule: payments/copilot-refunds-small-amounts",
      "rule: payments/copilot-refunds-smal-amounts",
      "reference/unknown-rule «copilot-refunds-smal-amounts» -> copilot-refunds-small-amounts",
    ],
  ])("%j for %j", (from, to, finding) => {
    expect(found(from, to)).toEqual([finding]);
  });

  test("a fix is quoted where YAML would read it differently", () => {
    expect(found('"GET /payments/{id}/events"', "GET /payments/events")).toEqual([
      'reference/unknown-operation «GET /payments/events» -> "GET /payments/{id}/events"',
    ]);
  });

  test("messages say where the names come from", () => {
    expect(message("tools: [refund]", "tools: [refnd]")).toBe(
      'MCP server payments-tools has no tool "refnd". Did you mean "refund"? Tools come from specs/payments.tools.json.',
    );
    expect(message("defaultEnvironment: production", "defaultEnvironment: prod")).toBe(
      'There is no environment "prod". There is: production.',
    );
  });

  test("an issuer given by its URL is a stranger's, not a mistake", () => {
    expect(found("id: alice, issuer: workforce", 'id: alice, issuer: "https://evil.example"')).toEqual([]);
  });
});

describe("one cause, one finding", () => {
  test("a resource that is not known says nothing of its tools", () => {
    expect(
      found("resource: payments-tools, tools: [refund]", "resource: payments-toolz, tools: [refnd]"),
    ).toEqual(["reference/unknown-resource «payments-toolz» -> payments-tools"]);
  });

  test("a file that is missing says nothing of its operations", () => {
    const { "specs/payments.openapi.yaml": _removed, ...others } = design;
    const { problems } = build(others);
    expect(problems.map(short)).toEqual(["reference/file-not-found «specs/payments.openapi.yaml»"]);
  });

  test("an identity that could not be built is not unknown where it is used", () => {
    expect(found("support-staff: { type: group", "support-staff: { type: grop")).toEqual([]);
  });

  test("a document that cannot be read takes no blame twice", () => {
    const [controlPlane = "", inventory = "", ...others] = example.split("---\n");
    const texts = {
      ...design,
      "acme.plumb.yaml": [controlPlane, ...others].join("---\n"),
      "inventory.plumb.yaml": `${inventory}  broken: [\n`,
    };
    expect(build(texts).problems.map(({ code }) => code)).toEqual([]);
  });
});

test("a target lists what its resource has", () => {
  expect(found("payments-tools, tools: [refund]", "payments-tools, operations: [refund]")).toEqual([
    "reference/wrong-target «operations»",
  ]);
});

test("delegation in a circle gives one finding with its other steps", () => {
  const { problems } = changed("actsFor: [support-staff]", "actsFor: [checkout]");
  expect(problems).toEqual([]);
  const circle = build({
    ...design,
    "acme.plumb.yaml": example
      .replace("actsFor: [support-staff]", "actsFor: [checkout]")
      .replace("owner: checkout@acme.example", "actsFor: [support-copilot], owner: checkout@acme.example"),
  }).problems;
  expect(circle.map(short)).toEqual(["reference/acts-for-cycle «support-copilot»"]);
  expect(circle[0]?.message).toContain("checkout acts for support-copilot acts for checkout");
  expect(circle[0]?.related?.map(({ place }) => at(place))).toEqual(["checkout"]);
  expect(found("actsFor: [support-staff]", "actsFor: [support-copilot]")).toEqual([
    "reference/acts-for-cycle «support-copilot»",
  ]);
});

describe("for each environment", () => {
  const staging = "\n    staging:\n      vars: { other: x }\n      enforcementPoints:";
  test("an undefined variable at its exact characters, with the environments", () => {
    const { problems } = changed("spiffe://${td}/ns/shop", "spiffe://${dt}/ns/shop");
    expect(problems.map(short)).toEqual(["reference/undefined-variable «${dt}» -> ${td}"]);
    const both = changed("      enforcementPoints: ", `      enforcementPoints: {}${staging} `).problems;
    const variables = both.filter(({ code }) => code === "reference/undefined-variable");
    expect(variables.map(({ place, data }) => [at(place), data?.environments])).toEqual(
      Array(4).fill(["${td}", ["staging"]]),
    );
  });

  test("a trust domain that is not declared", () => {
    expect(found("vars: { td: prod.acme.example }", "vars: { td: prod.acme.exampel }")).toEqual(
      Array(4).fill("reference/unknown-trust-domain «${td}»"),
    );
    expect(found("spiffe://${td}/ns/shop", "spiffe://prod.acme.exampel/ns/shop")).toEqual([
      "reference/unknown-trust-domain «prod.acme.exampel» -> prod.acme.example",
    ]);
  });

  test("a variable whose value makes no SPIFFE ID", () => {
    expect(changed("vars: { td: prod.acme.example }", "vars: { td: Prod }").problems[0]).toMatchObject({
      code: "schema/spiffe-id",
      data: { environments: ["production"] },
    });
  });
});

describe("resources of an MCP server, by URI", () => {
  const of = (declared: string, named: string) =>
    build({
      "acme.plumb.yaml": `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: acme }
spec: { environments: { production: {} } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: acme }
spec:
  identities: { checkout: { type: workload, clientId: checkout } }
  resources: { docs: { type: mcp-server${declared} } }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: acme }
spec:
  rules: [{ name: read, effect: allow, subjects: [checkout], on: [{ resource: docs, resources: [${named}] }] }]
`,
    }).problems;
  const declared = ', resources: ["file:///docs/**", "db://orders"]';

  test.each([
    // As it is declared, below what is declared, and above it.
    ['"db://orders"'],
    ['"file:///docs/**"'],
    ['"file:///docs/a.md"'],
    ['"file:///docs/a/**"'],
    ['"file:///**"'],
  ])("%s is there", (named) => {
    expect(of(declared, named)).toEqual([]);
  });

  test.each([
    ['"db://order"', "reference/unknown-mcp-resource «db://order» -> db://orders"],
    ['"file:///doc/a.md"', "reference/unknown-mcp-resource «file:///doc/a.md»"],
    ['"db://orders/**"', "reference/unknown-mcp-resource «db://orders/**»"],
  ])("%s is not", (named, finding) => {
    expect(of(declared, named).map(short)).toEqual([finding]);
  });

  test("where nobody says which there are, any may be one", () => {
    expect(of("", '"db://order"')).toEqual([]);
  });

  test("messages name those that there are", () => {
    expect(of(declared, '"mem://x"')[0]?.message).toBe(
      'MCP server docs has no resource "mem://x". There is: file:///docs/**, db://orders.',
    );
    expect(of(", resources: []", '"mem://x"')[0]?.message).toBe(
      'MCP server docs has no resource "mem://x". It is declared with none: add it to its `resources`, or take it out of the rule.',
    );
  });
});

describe("operations that stand twice", () => {
  const of = (operations: string, more = "") =>
    build({
      "acme.plumb.yaml": `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: acme }
spec: { environments: { production: {} } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: acme }
spec:
  resources: { ledger: { type: service${more}, operations: [${operations}] } }
`,
      "ledger.yaml":
        "openapi: 3.1.0\ninfo: { title: ledger, version: '1' }\npaths: { /a: { get: { operationId: readA } } }\n",
    }).problems;

  test.each([
    [
      '"GET /a", "GET /a"',
      "GET /a stands twice in ledger, so that a rule for one of them decides on the other, too. Remove one.",
    ],
    [
      '"GET /a/{id}", { id: one, method: GET, path: "/a/{name}" }',
      "GET /a/{name} and GET /a/{id} of ledger are the same requests, so that a rule for one of them decides on the other, too. Remove one.",
    ],
    [
      "{ id: read, method: GET, path: /a }, { id: read, method: GET, path: /b }",
      'ledger has two operations "read", GET /a and GET /b, so a rule that names it means both. Give this one an id of its own.',
    ],
    [
      "{ id: read, method: GET, path: /a }, { id: read, method: GET, path: /a }",
      "GET /a stands twice in ledger, so that a rule for one of them decides on the other, too. Remove one.",
    ],
  ])("%s", (operations, message) => {
    const found = of(operations);
    expect(found.map((one) => [one.code, one.message])).toEqual([["reference/duplicate-name", message]]);
    expect(found[0]?.related).toHaveLength(1);
  });

  test.each([
    ['"GET /a", "POST /a", "GET /a/b", "GET /a/{id}"'],
    ["{ id: read, method: GET, path: /a }, { id: write, method: PUT, path: /a }"],
  ])("%s: each is another", (operations) => {
    expect(of(operations)).toEqual([]);
  });

  test("an operation beside the OpenAPI document that has it is for the schema to judge", () => {
    expect(of('"GET /a"', ", openapi: ledger.yaml")).toEqual([]);
  });
});
