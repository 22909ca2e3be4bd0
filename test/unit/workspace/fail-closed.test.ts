/** A rule with a mistake in its shape must not allow more than its author means. */
import { describe, expect, it } from "vitest";
import { runSimulation } from "../../../server/src/workspace/simulate.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { MemoryHost, workspaceFolder } from "../../support/memory-host.ts";

const world = (rule: string) => ({
  "shop.plumb.yaml": `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: shop }
spec: { owner: a@shop.example, trustDomains: { shop.example: {} }, environments: { production: {} } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: shop }
spec:
  identities:
    checkout: { type: workload, spiffeId: "spiffe://shop.example/ns/shop/sa/checkout", owner: a@shop.example }
  resources:
    ledger: { type: service, protocol: http, operations: ["POST /entries"] }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: ledger }
spec:
  owner: a@shop.example
  rules:
    - name: append
      subjects: [checkout]
      on: [{ resource: ledger, operations: ["POST /entries"] }]
${rule}`,
});

async function decisionOf(rule: string): Promise<string> {
  const workspace = new Workspace(new MemoryHost(world(rule)));
  workspace.setFolders([workspaceFolder]);
  const { controlPlanes } = await workspace.analyze();
  const [plane] = controlPlanes;
  if (plane === undefined) throw new Error("no control plane");
  const interaction = {
    traffic: "service",
    source: { principal: "spiffe://shop.example/ns/shop/sa/checkout" },
    destination: { resource: "ledger" },
    http: { method: "POST", path: "/entries" },
  } as const;
  const { decision } = runSimulation(plane, { interaction }, undefined);
  return `${decision.decision}: ${decision.trace[0]?.failed?.detail ?? decision.reason}`;
}

const closed = "deny: it has an error, and an allow with an error allows nothing";

describe("a rule with a mistake in its shape", () => {
  it.each([
    ["none", "      effect: allow\n", "allow: allowed by ledger/append"],
    ["a misspelled condition", "      effect: allow\n      conditon: request.method == 'GET'\n", closed],
    ["a condition that is a list", "      effect: allow\n      condition: [false]\n", "deny: "],
    ["a condition that is a boolean", "      effect: allow\n      condition: false\n", closed],
    [
      "a misspelled requirement",
      "      effect: allow\n      requires: { credental: { maxTtl: 1m } }\n",
      closed,
    ],
    [
      "a lifetime that is none",
      "      effect: allow\n      requires: { credential: { maxTtl: 1minute } }\n",
      closed,
    ],
    ["onBehalfOf that is no list", "      effect: allow\n      onBehalfOf: alice\n", closed],
    ["a deny with one", "      effect: deny\n      conditon: 'false'\n", "deny: denied by ledger/append"],
  ])("%s", async (_, rule, expected) => {
    expect(await decisionOf(rule)).toContain(expected);
  });
});
