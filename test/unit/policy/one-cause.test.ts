/** One mistake gives one finding: what follows from it is not reported again. */
import { describe, expect, test } from "vitest";
import { checkSchema } from "../../../server/src/policy/schema-check.ts";
import { at, build, policyFile, short } from "./support.ts";

const plane = (vars: string, spiffeId: string) => `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: a }
spec: { environments: { prod: { vars: ${vars} }, dev: { vars: { td: b.example } } } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: a }
spec:
  identities:
    one: { type: workload, spiffeId: "${spiffeId}" }
    two: { type: workload, spiffeId: "spiffe://\${td}/two" }
`;

const findings = (text: string) => [
  ...checkSchema(policyFile(text)).map(short),
  ...build({ "acme.plumb.yaml": text }).problems.map(short),
];

test("an empty condition is a finding of the schema alone", () => {
  const text = `apiVersion: plumbline/v1
kind: Policy
metadata: { name: a }
spec: { rules: [{ name: a, effect: deny, condition: "" }] }
`;
  const codes = findings(text).map((one) => one.split(" ")[0]);
  expect(codes).toContain("schema/empty");
  expect(codes).not.toContain("cel/syntax");
});

describe("variables and SPIFFE IDs", () => {
  test("a SPIFFE ID that is wrong whatever its variables are", () => {
    expect(findings(plane("{ td: a.example }", "spiffe:/${td}/one"))).toEqual([
      "schema/spiffe-id «spiffe:/» -> spiffe://",
    ]);
  });

  test("a variable whose value is no string is not undefined as well", () => {
    expect(findings(plane("{ td: 5 }", "spiffe://${td}/one"))).toEqual(['schema/type «5» -> "5"']);
  });
});

test("`anonymous: yes` says whom it allows, in the wrong way", () => {
  const rule = (anonymous: string) =>
    checkSchema(
      policyFile(
        `apiVersion: plumbline/v1\nkind: Policy\nmetadata: { name: a }\nspec:\n  rules:\n    - { name: r, effect: allow, anonymous: ${anonymous}, on: [{ resource: x }] }\n`,
      ),
    ).map(short);
  expect(rule("yes")).toEqual(["schema/type «yes» -> true"]);
  expect(rule("false")).toEqual(["schema/subjects-required «anonymous»"]);
});

describe("files that give nothing", () => {
  const inventory = (openapi: string, tools: string) => `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: a }
spec: { environments: { prod: {} } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: a }
spec:
  resources:
    api: { type: api, hosts: [a.example], openapi: ${openapi} }
    tools: { type: mcp-server, tools: ${tools} }
`;
  const found = (files: Readonly<Record<string, string>>, openapi: string, tools: string) =>
    build({ "acme.plumb.yaml": inventory(openapi, tools), ...files }).problems.map(
      ({ code, place, message }) => [code, at(place), message.includes("is empty")],
    );
  const sound = { "t.json": '{ "tools": [{ "name": "a" }] }', "o.yaml": "openapi: 3.1.0\npaths: {}\n" };

  test.each(["", "# Nothing yet.\n", "\n\n"])("an empty one has its finding at the reference: %j", (text) => {
    expect(found({ ...sound, "e.yaml": text }, "e.yaml", "t.json")).toMatchObject([
      ["openapi/not-openapi", expect.anything(), true],
    ]);
    expect(found({ ...sound, "e.yaml": text }, "o.yaml", "e.yaml")).toMatchObject([
      ["mcp/no-tools", expect.anything(), true],
    ]);
  });

  test("one that is named as OpenAPI and as tools is not both", () => {
    expect(found(sound, "o.yaml", "o.yaml")).toEqual([["mcp/no-tools", "openapi", false]]);
  });
});
