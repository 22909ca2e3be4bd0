import { expect, test } from "vitest";
import { namesOperation } from "../../../server/src/policy/operation-names.ts";
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
