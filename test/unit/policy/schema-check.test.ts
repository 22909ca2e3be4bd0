import { describe, expect, test } from "vitest";
import { checkSchema } from "../../../server/src/policy/schema-check.ts";
import { at, fixture, policyFile, schemaFindings } from "./support.ts";

const head = (kind: string) => `apiVersion: plumbline/v1\nkind: ${kind}\nmetadata: { name: x }\n`;
const rule = (text: string) => `${head("Policy")}spec:\n  rules:\n${text.replace(/^/gm, "    ")}\n`;
const inventory = (text: string) => `${head("Inventory")}spec:\n${text.replace(/^/gm, "  ")}\n`;
const messages = (text: string) => checkSchema(policyFile(text)).map((problem) => problem.message);

test("the example of the design has no finding", () => {
  const file = policyFile(fixture("design-example")["acme.plumb.yaml"] ?? "");
  expect(file.problems).toEqual([]);
  expect(checkSchema(file)).toEqual([]);
});

describe("documents that are not ours", () => {
  test("an unknown kind gives one finding, whatever else is in it", () => {
    expect(schemaFindings("apiVersion: plumbline/v1\nkind: Polcy\nspce: {}\n")).toEqual([
      "schema/kind «Polcy» -> Policy",
    ]);
  });

  test("an unknown version gives one finding", () => {
    expect(schemaFindings("apiVersion: plumbline/v2\nkind: Nope\n")).toEqual([
      // No fix: what another version says is not known to mean the same in this one.
      "schema/api-version «plumbline/v2»",
    ]);
  });

  test("a misspelled kind key is shown, not the whole document", () => {
    expect(schemaFindings("apiVersion: plumbline/v1\nkinds: Policy\n")).toEqual([
      "schema/kind «kinds» -> kind",
    ]);
  });

  test("a missing version is shown at the first key", () => {
    expect(schemaFindings("kind: Policy\n")).toEqual(["schema/api-version «kind»"]);
  });

  test("a list is no document, and an empty one is no mistake", () => {
    expect(schemaFindings("- a\n---\n")).toEqual(["schema/type «- a»"]);
  });

  test("a broken document leaves the findings of the others alone", () => {
    expect(
      schemaFindings(`${head("Nope")}---\n${rule("- name: r\n  effect: allw\n  on: [{ resource: a }]")}`),
    ).toEqual(["schema/kind «Nope»", "schema/enum «allw» -> allow"]);
  });
});

describe("one cause, one finding, at the smallest place", () => {
  test("an unknown property at its key, and what it stands for is not missing as well", () => {
    const text = rule("- name: r\n  efect: deny\n  on: [{ resource: a }]");
    expect(schemaFindings(text)).toEqual(["schema/unknown-property «efect» -> effect"]);
    expect(messages(text)).toEqual(['"efect" is not a property of rule "r". Did you mean "effect"?']);
  });

  test("what has no near name lists what there is", () => {
    expect(messages(rule("- { name: r, effect: deny, on: [{ resource: a, zzz: 1 }] }"))).toEqual([
      '"zzz" is not a property of this target. What it can still have: operations, tools, prompts, resources, rpcs, events.',
    ]);
  });

  test("what other formats call a property means it, and it is not missing as well", () => {
    const waiver = `${rule("- { name: r, effect: deny, on: [{ resource: a }] }")}  waivers:
    - { rule: missing-owner, until: 2027-01-01, reason: moves }
`;
    expect(schemaFindings(waiver)).toEqual([
      "schema/unknown-property «rule» -> code",
      "schema/unknown-property «until» -> expires",
    ]);
    expect(messages(waiver)[1]).toBe('"until" is not a property of this waiver. Did you mean "expires"?');
    expect(
      schemaFindings(
        rule("- { name: r, effect: allow, principals: [a], on: [{ resource: a }], when: 'true' }"),
      ),
    ).toEqual([
      "schema/unknown-property «principals» -> subjects",
      "schema/unknown-property «when» -> condition",
    ]);
  });

  test("a name of another format is not meant where the object has the property, or cannot have it", () => {
    expect(
      schemaFindings(
        rule("- { name: r, effect: deny, subjects: [a], principals: [a], on: [{ resource: a, until: 1 }] }"),
      ),
    ).toEqual(["schema/unknown-property «principals»", "schema/unknown-property «until»"]);
  });

  test("a missing property at the key of its mapping, or at the first key of an entry", () => {
    expect(schemaFindings(`${head("Policy")}spec: {}\n`)).toEqual(["schema/required «spec»"]);
    expect(schemaFindings(rule("- name: r\n  effect: deny"))).toEqual(["schema/required «name»"]);
  });

  test("a wrong type at the value, with a fix where one can be read from it", () => {
    expect(schemaFindings(rule("- { name: 12, effect: deny, on: [{ resource: a }] }"))).toEqual([
      'schema/type «12» -> "12"',
    ]);
    expect(schemaFindings(rule("- { name: r, effect: deny, subjects: a, on: [{ resource: a }] }"))).toEqual([
      "schema/type «a» -> [a]",
    ]);
    expect(
      schemaFindings(rule("- { name: r, effect: allow, anonymous: yes, on: [{ resource: a }] }")).slice(0, 1),
    ).toEqual(["schema/type «yes» -> true"]);
  });

  test("an empty value at its key", () => {
    expect(schemaFindings(`${head("Policy")}spec:\n`)).toEqual(["schema/type «spec»"]);
  });

  test("a type that decides: its branch alone is judged", () => {
    expect(schemaFindings(inventory("resources:\n  a: { type: apii, openapi: 3 }"))).toEqual([
      "schema/enum «apii» -> api",
    ]);
    expect(schemaFindings(inventory("resources:\n  a: { type: mcp-server, openapi: a.yaml }"))).toEqual([
      "schema/unknown-property «openapi»",
    ]);
    expect(schemaFindings(inventory("identities:\n  a: { owner: me }"))).toEqual(["schema/required «a»"]);
  });

  test("settings are those of the type of the enforcement point", () => {
    const text = `${head("ControlPlane")}spec:\n  environments:\n    p:\n      enforcementPoints:\n        m: { type: istio, settings: { rootNamspace: x } }\n        k: { type: kong, settings: { rootNamespace: x } }\n`;
    expect(schemaFindings(text)).toEqual([
      "schema/unknown-property «rootNamspace» -> rootNamespace",
      "schema/unknown-property «rootNamespace»",
    ]);
  });

  test("patterns say what is meant", () => {
    const text = rule(
      "- { name: r, effect: allow, subjects: [a], on: [{ resource: a }], requires: { credential: { maxTtl: 15 min } } }",
    );
    expect(messages(text)).toEqual([
      '"maxTtl" must be a duration such as 90s, 15m, 1h or 7d, but is "15 min".',
    ]);
  });

  test("an entry that stands twice is shown with the first one", () => {
    const [problem] = checkSchema(
      policyFile(rule("- { name: r, effect: deny, subjects: [a, b, a], on: [{ resource: a }] }")),
    );
    expect(problem?.code).toBe("schema/duplicate-item");
    expect(problem?.related?.map((one) => at(one.place))).toEqual(["a"]);
  });

  test("names that cannot be keys", () => {
    expect(schemaFindings(inventory('identities:\n  "a b": { type: group }'))).toEqual([
      'schema/name «"a b"»',
    ]);
  });
});

describe("what a schema cannot say", () => {
  test("an allow names its subjects or is anonymous", () => {
    expect(schemaFindings(rule("- { name: r, effect: allow, on: [{ resource: a }] }"))).toEqual([
      "schema/subjects-required «allow»",
    ]);
    expect(
      schemaFindings(rule("- { name: r, effect: allow, anonymous: true, on: [{ resource: a }] }")),
    ).toEqual([]);
    expect(
      schemaFindings(
        rule("- { name: r, effect: allow, anonymous: true, subjects: [a], on: [{ resource: a }] }"),
      ),
    ).toEqual(["schema/exclusive «anonymous»"]);
  });

  test.each([
    ["protocol: tcp, operations: [GET /a]", ["schema/exclusive «operations»"]],
    ["protocol: tcp, openapi: a.yaml", ["schema/exclusive «openapi»"]],
    ["protocol: tcp, rpcs: [a.B/C]", ["schema/exclusive «rpcs»"]],
    ["protocol: http, proto: a.proto", ["schema/exclusive «proto»"]],
    ["protocol: http, rpcs: [a.B/C]", ["schema/exclusive «rpcs»"]],
    ["protocol: grpc, openapi: a.yaml", ["schema/exclusive «openapi»"]],
    ["protocol: grpc, operations: [GET /a]", ["schema/exclusive «operations»"]],
    ["protocol: http, operations: [GET /a]", []],
    ["protocol: grpc, proto: a.proto, rpcs: [a.B/C]", []],
    ["rpcs: [a.B/C], operations: [GET /a]", []],
  ])("a service has what its protocol can carry: %s", (fields, found) => {
    expect(schemaFindings(inventory(`resources: { a: { type: service, ${fields} } }`))).toEqual(found);
  });

  test("a deny has no preconditions and no delegators", () => {
    const text = rule(
      "- { name: r, effect: deny, on: [{ resource: a }], onBehalfOf: [b], requires: { credential: { boundTo: task } } }",
    );
    expect(schemaFindings(text)).toEqual(["schema/allow-only «onBehalfOf»", "schema/allow-only «requires»"]);
  });

  test("SPIFFE IDs at the exact characters, variables left alone", () => {
    const id = (value: string) =>
      schemaFindings(inventory(`identities:\n  a: { type: workload, spiffeId: ${value} }`));
    expect(id('"spiffe://${td}/ns/a"')).toEqual([]);
    expect(id('"spiffe://Prod.example/a"')).toEqual(["schema/spiffe-id «P» -> p"]);
    expect(id('"spiffe://prod.example:8443/a"')).toEqual(["schema/spiffe-id «:»"]);
    expect(id('"spiffe://prod.example/a//b"')).toEqual(["schema/spiffe-id «//» -> /"]);
    expect(id('"spiffe://prod.example/a/"')).toEqual(["schema/spiffe-id «/» -> "]);
    expect(id('"https://prod.example/a"')).toEqual(["schema/spiffe-id «https://» -> spiffe://"]);
    expect(id('"spiffe://prod.example/\\x61%2F"')).toEqual(["schema/spiffe-id «%»"]);
  });

  test("issuers are https URLs without query and fragment", () => {
    const url = (value: string) =>
      schemaFindings(
        `${head("ControlPlane")}spec:\n  environments: { p: {} }\n  issuers: { a: { url: "${value}" } }\n`,
      );
    expect(url("https://login.example")).toEqual([]);
    expect(url("http://login.example")).toEqual(["schema/issuer-url «http://» -> https://"]);
    expect(url("https://login.example?x=1")).toEqual(["schema/issuer-url «?x=1» -> "]);
    expect(url("login.example")).toEqual(["schema/issuer-url «login.example» -> https://login.example"]);
  });

  test("a request has exactly one form", () => {
    const request = (text: string) =>
      schemaFindings(
        `${head("Scenarios")}spec:\n  scenarios:\n    - name: s\n      request: ${text}\n      expect: { decision: deny }\n`,
      );
    expect(request("{ resource: a, http: { url: /a } }")).toEqual([]);
    expect(request("{ resource: a }")).toEqual(["schema/request-form «request»"]);
    expect(request("{ http: { url: /a }, file: a.http }")).toEqual(["schema/request-form «file»"]);
  });
});
