/** Variables of hosts and issuers reach drift and the request that is made for a rule, not only decisions. */
import { expect, test } from "vitest";
import { runSimulation } from "../../../server/src/workspace/simulate.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { MemoryHost, workspaceFolder } from "../../support/memory-host.ts";

const files = {
  "a.plumb.yaml": `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: a }
spec:
  issuers: { staff: { url: "https://\${idp}", audiences: ["https://\${host}"], claims: { groups: list } } }
  environments:
    prod:
      vars: { idp: login.example, host: api.example }
      enforcementPoints:
        mesh: { type: istio, transparent: true, deployed: [{ files: istio.yaml, completeFor: all }] }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: a }
spec:
  identities: { ops: { type: group, issuer: staff, claims: { groups: ops } } }
  resources:
    api: { type: api, hosts: ["\${host}"], operations: ["GET /a"], paths: [[mesh]], at: { mesh: { namespace: n, labels: { app: api }, port: 8080 } } }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec: { rules: [{ name: read, effect: allow, subjects: [ops], on: [{ resource: api }] }] }
`,
  "istio.yaml": `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: api, namespace: n }
spec:
  selector: { matchLabels: { app: api } }
  rules:
    - from: [{ source: { requestPrincipals: ["https://login.example/*"] } }]
      to: [{ operation: { hosts: [api.example], methods: [GET], paths: [/a] } }]
      when:
        - { key: "request.auth.claims[groups]", values: [ops] }
        - { key: "request.auth.claims[act][sub]", notValues: ["*"] }
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: api, namespace: n }
spec:
  jwtRules: [{ issuer: "https://login.example", audiences: ["https://api.example"], jwksUri: "https://login.example/jwks" }]
`,
};

test("a faithful deployment is equal, and a rule's request carries the token of the environment's issuer", async () => {
  const workspace = new Workspace(new MemoryHost(files));
  workspace.setFolders([workspaceFolder]);
  const [plane] = (await workspace.analyze()).controlPlanes;
  if (plane === undefined) throw new Error("no control plane");
  expect(plane.drift.get("prod")?.comparisons.map(({ verdict }) => verdict)).toEqual(["equal"]);
  const { decision } = runSimulation(plane, { rule: "p/read" }, "prod");
  expect([decision.decision, decision.callers]).toEqual(["allow", ["ops"]]);
});
