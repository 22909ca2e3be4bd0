/** Pairs of small workspaces for the semantic diff. */
import { type SemanticDiff, semanticDiff } from "../../../server/src/workspace/semantic-diff.ts";
import type { ControlPlaneSnapshot, Snapshot } from "../../../server/src/workspace/snapshot.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { MemoryHost, workspaceFolder } from "../../support/memory-host.ts";

export type Files = Readonly<Record<string, string>>;

export const shop: Files = {
  "shop.plumb.yaml": `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: shop }
spec:
  owner: platform@shop.example
  trustDomains: { prod.shop.example: {}, test.shop.example: {} }
  issuers:
    workforce: { url: "https://login.shop.example", audiences: ["https://api.shop.example"], claims: { groups: list } }
  defaultEnvironment: production
  environments:
    production: { vars: { td: prod.shop.example } }
    staging: { vars: { td: test.shop.example } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: shop }
spec:
  identities:
    checkout: { type: workload, spiffeId: "spiffe://\${td}/ns/shop/sa/checkout", owner: a@shop.example }
    reports: { type: workload, spiffeId: "spiffe://\${td}/ns/shop/sa/reports", owner: a@shop.example }
    support: { type: group, issuer: workforce, claims: { groups: support } }
  resources:
    ledger:
      type: service
      protocol: http
      operations: ["POST /entries", "GET /entries", "GET /entries/{id}"]
    orders: { type: api, hosts: [api.shop.example], openapi: orders.openapi.yaml }
`,
  "policies.plumb.yaml": `apiVersion: plumbline/v1
kind: Policy
metadata: { name: ledger }
spec:
  owner: finance@shop.example
  rules:
    - name: checkout-appends
      effect: allow
      subjects: [checkout]
      on: [{ resource: ledger, operations: ["POST /entries"] }]
      obligations: { audit: full }
    - name: reports-read
      effect: allow
      subjects: [reports]
      on: [{ resource: ledger, operations: ["GET /entries"] }]
    - name: no-support
      effect: deny
      subjects: [support]
      on: [{ resource: ledger }]
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: orders }
spec:
  owner: finance@shop.example
  rules:
    - name: support-reads
      effect: allow
      subjects: [support]
      on: [{ resource: orders, operations: [getOrder] }]
`,
  "orders.openapi.yaml": `openapi: 3.1.0
info: { title: Orders, version: "1" }
paths:
  /orders/{id}:
    get: { operationId: getOrder, responses: { "200": { description: ok } } }
    delete: { operationId: dropOrder, responses: { "204": { description: gone } } }
`,
};

/** Each change replaces the first occurrence of a text, which must be there. */
export type Change = readonly [file: string, from: string, to: string];

export function changed(files: Files, ...changes: readonly Change[]): Files {
  const result: Record<string, string> = { ...files };
  for (const [file, from, to] of changes) {
    const before = result[file] ?? "";
    if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
    result[file] = before.replace(from, () => to);
  }
  return result;
}

export async function analysed(files: Files): Promise<Snapshot> {
  const workspace = new Workspace(new MemoryHost(files));
  workspace.setFolders([workspaceFolder]);
  workspace.configure({ drift: false, scenarios: false });
  return workspace.analyze();
}

export async function planeOf(files: Files): Promise<ControlPlaneSnapshot> {
  const [plane] = (await analysed(files)).controlPlanes;
  if (plane === undefined) throw new Error("there is no control plane");
  return plane;
}

export async function diffOf(base: Files, current: Files, environment?: string): Promise<SemanticDiff> {
  return semanticDiff(
    await planeOf(base),
    await planeOf(current),
    environment === undefined ? {} : { environment },
  );
}
