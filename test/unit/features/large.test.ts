import { describe, expect, it } from "vitest";
import { codeLenses } from "../../../server/src/features/code-lenses.ts";
import { hover } from "../../../server/src/features/hover.ts";
import type { Snapshot } from "../../../server/src/workspace/snapshot.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { MemoryHost, uriOf, workspaceFolder } from "../../support/memory-host.ts";

const RULES = 2_000;

const controlPlane = `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: acme }
spec:
  owner: platform@acme.example
  environments: { production: { vars: { td: prod.acme.example } } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: shop }
spec:
  identities:
    checkout: { type: workload, spiffeId: "spiffe://\${td}/ns/shop/sa/checkout", owner: shop@acme.example }
  resources:
    ledger: { type: service, protocol: http, operations: ["GET /v1/entries"] }
`;

const policy = `apiVersion: plumbline/v1
kind: Policy
metadata: { name: large }
spec:
  owner: shop@acme.example
  rules:
${Array.from(
  { length: RULES },
  (_, index) => `    - name: rule-${index}
      effect: allow
      subjects: [checkout]
      on: [{ resource: ledger }]
      condition: request.headers["x-${index}"].exists(one, one == "a")
`,
).join("")}`;

async function analyzed(): Promise<Snapshot> {
  const workspace = new Workspace(
    new MemoryHost({ "acme.plumb.yaml": controlPlane, "large.plumb.yaml": policy }),
  );
  workspace.setFolders([workspaceFolder]);
  return workspace.analyze();
}

describe("a large policy", () => {
  it("has its hover at the right place everywhere", async () => {
    const snapshot = await analyzed();
    const uri = uriOf("large.plumb.yaml");
    for (const index of [0, 1, RULES / 2, RULES - 1]) {
      const line = 6 + index * 5;
      const at = (offset: number, character: number) =>
        hover(snapshot, uri, { line: line + offset, character });
      expect(at(0, 14)?.markdown).toContain(`**\`large/rule-${index}\`**`);
      expect(at(1, 8)?.markdown).toContain("**`effect`**");
      expect(at(2, 18)?.range).toEqual({
        start: { line: line + 2, character: 17 },
        end: { line: line + 2, character: 25 },
      });
      expect(at(4, 20)?.markdown).toContain(`**\`request.headers["x-${index}"]\`**`);
    }
  });

  it("has a lens on every rule", async () => {
    const lenses = codeLenses(await analyzed(), uriOf("large.plumb.yaml"));
    expect(lenses.map((lens) => lens.range.start.line)).toEqual(
      Array.from({ length: RULES }, (_, index) => 6 + index * 5),
    );
  });
});
