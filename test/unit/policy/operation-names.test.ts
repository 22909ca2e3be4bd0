import fc from "fast-check";
import { expect, test } from "vitest";
import type { Operation } from "../../../server/src/policy/model.ts";
import { namesOperation, operationsNamed } from "../../../server/src/policy/operation-names.ts";
import { build, short } from "./support.ts";

const built = (operations: string) =>
  build({
    "a.plumb.yaml": `apiVersion: plumbline/v1
kind: Inventory
metadata: { name: a }
spec:
  identities: { web: { type: workload, spiffeId: "spiffe://td/web" } }
  resources:
    ledger: { type: service, operations: ["GET /entries/{id}", "DELETE /entries/{id}", { id: add, method: POST, path: /entries }] }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec: { rules: [{ name: r, effect: allow, subjects: [web], on: [{ resource: ledger, operations: ${operations} }] }] }
`,
  });

test.each([
  ["GET /entries/{id}", ["GET /entries/{id}"]],
  ["get  /entries/{id}", ["GET /entries/{id}"]],
  ["/entries/{id}", ["GET /entries/{id}", "DELETE /entries/{id}"]],
  ["/entries", ["POST /entries"]],
  ["add", ["POST /entries"]],
  ["/entries/", []],
  ["GET", []],
  ["GET /entries/{id} twice", []],
])("%s means %j", (name, expected) => {
  const { set, problems } = built(JSON.stringify([name]));
  const operations = set.resources.get("ledger")?.operations ?? [];
  const named = operations.filter((operation) => namesOperation(name, operation));
  expect(named.map(({ method, path }) => `${method} ${path}`)).toEqual(expected);
  expect(problems.map(short).some((one) => one.startsWith("reference/unknown-operation"))).toBe(
    expected.length === 0,
  );
});

test("the index finds what asking each pair finds, in order", () => {
  const path = fc.constantFrom("/a", "/a/{b}", "/v1/a", "a", "", "GET", "id1");
  const place: Operation["place"] = { block: { uri: "file:///a", text: "" }, start: 0, end: 0 };
  const operation: fc.Arbitrary<Operation> = fc.record(
    {
      id: fc.constantFrom("id1", "GET /a", "/a", " a", ""),
      rpc: fc.constantFrom("p.S/M", "id1"),
      method: fc.constantFrom("GET", "POST"),
      path,
      documentPath: path,
      place: fc.constant(place),
      parameters: fc.constant([]),
    },
    { requiredKeys: ["method", "path", "place", "parameters"] },
  );
  const name = fc.oneof(
    fc.constantFrom("id1", "GET /a", "get  /a/{b}", " /a ", "p.S/M", " a", "", "GET", "GET /a x", "POST "),
    fc.tuple(fc.constantFrom("GET", "post", ""), path).map((parts) => parts.join(" ")),
  );
  fc.assert(
    fc.property(fc.array(operation), fc.array(name, { maxLength: 4 }), (operations, names) => {
      const wanted = operations.filter((one) => names.some((text) => namesOperation(text, one)));
      expect(operationsNamed(operations, names)).toEqual(wanted);
    }),
    { numRuns: 500, seed: 7 },
  );
});
