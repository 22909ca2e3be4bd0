import { describe, expect, test } from "vitest";
import { partOf } from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import { build, short } from "./support.ts";

const openapi = JSON.stringify({
  openapi: "3.1.0",
  info: { title: "Shop", version: "1" },
  paths: {
    "/accounts/{accountId}": {
      parameters: [{ name: "accountId", in: "path", required: true, schema: { type: "string" } }],
      get: { operationId: "getAccount" },
    },
    "/accounts/me": { get: { operationId: "getMine" } },
    "/accounts/{accountId}/orders/{status}": {
      get: {
        operationId: "listOrders",
        parameters: [
          { name: "status", in: "path", required: true, schema: { enum: ["open", "closed"] } },
          { name: "sortBy", in: "query", schema: { $ref: "#/components/schemas/Sort" } },
          { name: "tags", in: "query", schema: { type: "array", items: { enum: ["a", "b"] } } },
          {
            name: "X-Client",
            in: "header",
            required: true,
            schema: { type: "string", enum: ["web", "app"] },
          },
        ],
      },
    },
    "/files/{name}.{ending}": { get: { operationId: "getFile" } },
  },
  components: { schemas: { Sort: { type: "string", enum: ["date", "price"] } } },
});

const inventory = `apiVersion: plumbline/v1
kind: Inventory
metadata: { name: base }
spec:
  identities:
    web: { type: workload, spiffeId: "spiffe://td/ns/a/sa/web" }
  resources:
    shop: { type: api, hosts: [shop.example], openapi: shop.json }
    ledger: { type: service, protocol: http, operations: ["GET /entries/{entry}", "GET /entries"] }
    anything: { type: service, protocol: http }
`;

function built(on: string, condition: string) {
  const policy = `apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec:
  rules:
    - name: one
      effect: allow
      subjects: [web]
      on: [${on}]
      condition: ${condition}
`;
  return build({ "shop.json": openapi, "i.plumb.yaml": inventory, "p.plumb.yaml": policy });
}

const findings = (on: string, condition: string) => built(on, condition).problems.map(short);
const messages = (on: string, condition: string) =>
  built(on, condition).problems.map(({ severity, message }) => `${severity}: ${message}`);

/** What a condition is on a request, which its partition has to say as well. */
function value(on: string, condition: string, request: Partial<NonNullable<Interaction["http"]>>): string {
  const { set, problems } = built(on, condition);
  expect(problems.map(short), condition).toEqual([]);
  const compiled = set.policies[0]?.rules[0]?.condition?.compiled;
  if (compiled === undefined) throw new Error("no condition");
  const interaction: Interaction = { traffic: "api", http: { method: "GET", ...request } };
  const { value: evaluated } = compiled.evaluate(interaction);
  if (compiled.partition.opaque.length === 0)
    expect(partOf(compiled.partition, interaction), condition).toBe(evaluated);
  return evaluated;
}

const account = "{ resource: shop, operations: [getAccount] }";
const orders = "{ resource: shop, operations: [listOrders] }";
const both = "{ resource: shop, operations: [getAccount, getMine] }";

describe("path parameters", () => {
  test.each([
    [account, 'request.pathParameters.accountId == "7"', "/accounts/7", "true"],
    [account, 'request.pathParameters.accountId == "7"', "/accounts/8?accountId=7", "false"],
    [account, 'request.pathParameters.accountId == "7"', "/accounts/7/orders/open", "error"],
    [account, 'request.pathParameters.accountId.startsWith("7")', "/accounts/71", "true"],
    [account, 'request.pathParameters.accountId in ["7", "8"]', "/accounts/8", "true"],
    [account, "has(request.pathParameters.accountId)", "/accounts/8", "true"],
    [account, "has(request.pathParameters.accountId)", "/accounts/", "false"],
    // As it stands in the path: what an enforcement point compares is not decoded either.
    [account, 'request.pathParameters.accountId == "a b"', "/accounts/a%20b", "false"],
    [orders, 'request.pathParameters.status != "open"', "/accounts/7/orders/closed", "true"],
    ["{ resource: ledger }", 'request.pathParameters.entry.endsWith("9")', "/entries/19", "true"],
    ["{ resource: ledger }", 'request.pathParameters.entry == "9"', "/entries", "error"],
    // The more concrete template has no such parameter.
    [both, 'request.pathParameters.accountId == "me"', "/accounts/me", "error"],
    [both, 'request.pathParameters.accountId == "us"', "/accounts/us", "true"],
    // Two templates have it, at different places.
    [
      "{ resource: shop, operations: [getAccount, listOrders] }",
      'request.pathParameters.accountId == "7"',
      "/accounts/7",
      "true",
    ],
    [
      "{ resource: shop, operations: [getAccount, listOrders] }",
      'request.pathParameters.accountId == "7"',
      "/accounts/7/orders/open",
      "true",
    ],
  ])("on %s %s for %s is %s", (on, condition, path, expected) => {
    expect(value(on, condition, { path })).toBe(expected);
  });

  test("compare with a claim: the object is the caller's own", () => {
    const condition = "request.pathParameters.accountId == jwt.sub";
    expect(findings(account, condition)).toEqual([]);
    const compiled = built(account, condition).set.policies[0]?.rules[0]?.condition?.compiled;
    const request = (path: string): Interaction => ({
      traffic: "api",
      http: { method: "GET", path },
      jwt: { iss: "https://i.example", sub: "7" },
    });
    expect(compiled?.evaluate(request("/accounts/7"))).toEqual({ value: "true" });
    expect(compiled?.evaluate(request("/accounts/8"))).toEqual({ value: "false" });
    expect(compiled?.explain(request("/accounts/8"))).toContain('accountId was "8"');
  });

  test("that no operation has, one that is misspelled, and a value outside of its list", () => {
    expect(messages(account, 'request.pathParameters.acountId == "7"')).toEqual([
      'error: getAccount has no path parameter "acountId". Did you mean "accountId" (string, required)? Parameters are described in shop.json.',
    ]);
    expect(messages(both, 'request.pathParameters.order == "7"')).toEqual([
      'error: getAccount, getMine have no path parameter "order". Its path parameters are accountId. Parameters are described in shop.json.',
    ]);
    expect(findings("{ resource: shop, operations: [getMine] }", 'request.pathParameters.id == "7"')).toEqual(
      ["cel/unknown-field «id»"],
    );
    expect(messages(orders, 'request.pathParameters.status == "opne"')).toEqual([
      'warning: request.pathParameters.status is never "opne": its schema allows "open", "closed". Did you mean "open"?',
    ]);
  });

  test("are texts: a number does not compare with them", () => {
    expect(findings(account, "request.pathParameters.accountId > 7")).toEqual(["cel/type «7»"]);
  });

  test("two in one segment cannot be told apart, so that there are none", () => {
    expect(
      findings("{ resource: shop, operations: [getFile] }", 'request.pathParameters.name == "a"'),
    ).toEqual(["cel/unknown-field «name»"]);
  });

  test("are no variable where nobody says which operations there are", () => {
    expect(findings("{ resource: anything }", 'request.pathParameters.id == "7"')).toEqual([
      "cel/unknown-field «pathParameters»",
    ]);
  });
});

describe("query parameters and headers", () => {
  test.each([
    ['"date" in request.query.sortBy', "/?sortBy=date", "true"],
    ['request.query.sortBy[0] == "date"', "/?sortBy=date", "true"],
    ['"x" in request.query.tags', "/?tags=x", "true"],
    ['request.query.whatever == ["1"]', "/?whatever=1", "true"],
    ['"sortBy" in request.query', "/?sortby=date", "false"],
  ])("%s for %s is %s", (condition, path, expected) => {
    expect(value(orders, `'${condition}'`, { path })).toBe(expected);
  });

  test.each([
    ['"dates" in request.query.sortBy', 'cel/unknown-value «"dates"» -> "date"'],
    ['request.query.sortBy[0] == "dates"', 'cel/unknown-value «"dates"» -> "date"'],
    ['"desktop" in request.headers["x-client"]', 'cel/unknown-value «"desktop"»'],
    ['"1" in request.query.sortby', "cel/unknown-field «sortby» -> sortBy"],
    ['"sortBye" in request.query', "cel/unknown-field «sortBye» -> sortBy"],
    ['request.query.sortBy == "date"', 'cel/type «"date"»'],
  ])("%s is a finding", (condition, expected) => {
    expect(findings(orders, `'${condition}'`)).toEqual([expected]);
  });

  test("a misspelled one is a warning, since anybody may send others", () => {
    expect(messages(orders, `'"date" in request.query.sortby'`)).toEqual([
      'warning: listOrders has no query parameter "sortby". Did you mean "sortBy" (list of string, optional)? Parameters are described in shop.json.',
    ]);
  });
});
