import { expect, test } from "vitest";
import { hopContext } from "../../../server/src/deployed/binding.ts";
import { build } from "../policy/support.ts";

function contextOf(point: string): ReturnType<typeof hopContext> {
  const { set } = build({
    "acme.plumb.yaml": `
apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: acme }
spec:
  environments:
    production: { vars: { td: prod.example }, enforcementPoints: { edge: { type: kong, identity: gateway, ${point} } } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: all }
spec:
  identities: { gateway: { type: workload, spiffeId: "spiffe://\${td}/ns/edge/sa/kong" } }
`,
  });
  const environment = set.controlPlane.environments.get("production");
  const edge = environment?.enforcementPoints.get("edge");
  if (environment === undefined || edge === undefined) throw new Error("no enforcement point edge");
  return hopContext(set, environment, edge);
}

test("the next hop sees the identity of a point that ends the connection", () => {
  expect(contextOf("transparent: false").identity).toBe("spiffe://prod.example/ns/edge/sa/kong");
});

test("behind a transparent point the next hop sees the caller, whatever identity the point has itself", () => {
  expect(contextOf("transparent: true").identity).toBeUndefined();
});
