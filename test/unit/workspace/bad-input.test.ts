/**
 * Bad input: each gives one clear finding at the right place, and the other documents keep theirs. Every case stands
 * in a workspace that has one mistake of its own, in another document, which must be found all the same.
 */
import { describe, expect, it } from "vitest";
import { HostError } from "../../../server/src/text/host.ts";
import type { Finding } from "../../../server/src/workspace/finding.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { readMarkers } from "../../support/markers.ts";
import { MemoryHost, uriOf, workspaceFolder } from "../../support/memory-host.ts";

const controlPlane = `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: shop }
spec:
  owner: a@shop.example
  trustDomains: { shop.example: {} }
  environments:
    production:
      enforcementPoints:
        mesh: { type: istio, transparent: true, deployed: [{ files: "deployed/*.yaml", completeFor: all }] }
`;

const inventory = `apiVersion: plumbline/v1
kind: Inventory
metadata: { name: shop }
spec:
  identities:
    checkout: { type: workload, spiffeId: "spiffe://shop.example/ns/shop/sa/checkout", owner: a@shop.example }
  resources:
    ledger:
      type: service
      protocol: http
      operations: ["POST /entries"]
      paths: [[mesh]]
      at: { mesh: { namespace: shop, labels: { app: ledger }, port: 8080 } }
    notes: { type: service, protocol: http }
`;

const deployed = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ledger, namespace: shop }
spec:
  selector: { matchLabels: { app: ledger } }
  rules:
    - from: [{ source: { principals: [shop.example/ns/shop/sa/checkout] } }]
      to: [{ operation: { methods: [POST], paths: [/entries] } }]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: istio-system }
spec: { mtls: { mode: STRICT } }
`;

const policy = `apiVersion: plumbline/v1
kind: Policy
metadata: { name: ledger }
spec:
  owner: a@shop.example
  rules:
    - name: append
      effect: allow
      subjects: [checkout]
      on: [{ resource: ledger, operations: ["POST /entries"] }]
`;

/** The other document: its one mistake must be found whatever stands beside it. */
const other = `apiVersion: plumbline/v1
kind: Policy
metadata: { name: other }
spec:
  owner: a@shop.example
  rules:
    - name: typo
      effect: deny
      subjects: [‹chekcout›]
      on: [{ resource: notes }]
`;

const base = {
  "shop.plumb.yaml": controlPlane,
  "inventory.plumb.yaml": inventory,
  "ledger.plumb.yaml": policy,
  "other.plumb.yaml": other,
  "deployed/istio.yaml": deployed,
};

type Files = Record<string, string | Uint8Array | HostError>;

/** What is found, as `file:text under the finding: code`, with markers taken out of the files and compared. */
async function analyse(files: Files): Promise<{ found: readonly Finding[]; marked: readonly string[] }> {
  const marked: string[] = [];
  const clean: Files = {};
  for (const [path, content] of Object.entries(files)) {
    if (typeof content !== "string") {
      clean[path] = content;
      continue;
    }
    const { text, ranges } = readMarkers(content);
    clean[path] = text;
    for (const { start, end } of ranges)
      marked.push(`${path}:${position(text, start)}-${position(text, end)}`);
  }
  const workspace = new Workspace(new MemoryHost(clean));
  workspace.setFolders([workspaceFolder]);
  const snapshot = await workspace.analyze();
  return { found: [...snapshot.findings.values()].flat(), marked: marked.sort() };
}

function position(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `${before.length - 1}:${before.at(-1)?.length ?? 0}`;
}

function placeOf({ uri, range: { start, end } }: Finding): string {
  const path = uri.slice(uriOf("").length);
  return `${path}:${start.line}:${start.character}-${end.line}:${end.character}`;
}

/** Exactly the marked places have findings, each one; and these codes. */
async function expectFindings(files: Files, codes: readonly string[]): Promise<readonly Finding[]> {
  const { found, marked } = await analyse(files);
  const shown = found.map((one) => `${one.code} ${one.message}`).join("\n");
  expect(found.map(placeOf).sort(), shown).toEqual(marked);
  expect(found.map((one) => one.code).sort(), shown).toEqual([...codes].sort());
  return found;
}

const typo = "reference/unknown-identity";

describe("bad input", () => {
  it("is absent from the base: only the typo is found", async () => {
    await expectFindings(base, [typo]);
  });

  it("broken YAML", async () => {
    const broken = policy
      .replace("subjects: [checkout]", "subjects: [checkout")
      .replace("      on:", "      ‹on›:");
    const { found } = await analyse({ ...base, "ledger.plumb.yaml": broken });
    const here = found.filter((one) => one.uri.endsWith("/ledger.plumb.yaml"));
    expect(here.map((one) => one.code)).toEqual(["yaml/syntax"]);
    expect(found.filter((one) => one.code === typo)).toHaveLength(1);
  });

  it("a wrong type", async () => {
    await expectFindings(
      { ...base, "ledger.plumb.yaml": policy.replace("effect: allow", "effect: ‹[allow]›") },
      [typo, "schema/enum"],
    );
  });

  it("a CEL syntax error, at its characters inside the scalar", async () => {
    const broken = `${policy}      condition: 'request.method == ‹›'\n`;
    const { found } = await analyse({ ...base, "ledger.plumb.yaml": broken });
    const here = found.filter((one) => one.uri.endsWith("/ledger.plumb.yaml"));
    expect(here.map((one) => one.code)).toEqual(["cel/syntax"]);
    expect(here[0]?.range.start.line).toBe(10);
    expect(found.filter((one) => one.code === typo)).toHaveLength(1);
  });

  it("an alias bomb in a policy file: one finding an anchor or alias, and no expansion", async () => {
    const levels = Array.from({ length: 30 }, (_, index) =>
      index === 0 ? "a0: &a0 [x, x]" : `a${index}: &a${index} [*a${index - 1}, *a${index - 1}]`,
    );
    const { found } = await analyse({ ...base, "bomb.plumb.yaml": `${levels.join("\n")}\n` });
    const here = found.filter((one) => one.uri.endsWith("/bomb.plumb.yaml"));
    expect(here.length).toBeGreaterThan(0);
    expect(new Set(here.map((one) => one.code))).toEqual(
      new Set(["yaml/anchor", "yaml/alias", "yaml/alias-bomb"]),
    );
    expect(found.filter((one) => one.code === typo)).toHaveLength(1);
  });

  it("an alias bomb in a deployed file: one finding, and no drift is guessed", async () => {
    const levels = Array.from({ length: 40 }, (_, index) =>
      index === 0 ? "a0: &a0 [x, x]" : `a${index}: &a${index} [*a${index - 1}, *a${index - 1}]`,
    );
    const { found } = await analyse({ ...base, "deployed/bomb.yaml": `${levels.join("\n")}\n` });
    expect(found.filter((one) => one.uri.endsWith("/bomb.yaml")).map((one) => one.code)).toEqual([
      "yaml/alias-bomb",
    ]);
    // What the broken file leaves unknown is told by its own finding, once.
    expect(found.filter((one) => one.code === "drift/unknown")).toHaveLength(0);
    expect(found.filter((one) => one.code === typo)).toHaveLength(1);
  });

  it.each([
    ["flow", "[".repeat(10_000)],
    ["block", `${"- ".repeat(10_000)}x`],
  ])("10,000-deep nesting (%s)", async (_, nested) => {
    const { found } = await analyse({ ...base, "deep.plumb.yaml": nested });
    expect(found.map((one) => one.code).sort()).toEqual([typo, "yaml/too-deep"].sort());
  });

  it("a deployed file that is not UTF-8", async () => {
    const latin1 = new Uint8Array([...new TextEncoder().encode("# Caf"), 0xe9, 0x0a]);
    const files = {
      ...base,
      "shop.plumb.yaml": controlPlane.replace("deployed/*.yaml", "‹deployed/*.yaml›"),
      "deployed/istio.yaml": latin1,
    };
    const { found, marked } = await analyse(files);
    const here = found.filter((one) => one.code === "deployed/not-readable");
    expect(here.map(placeOf)).toEqual(marked.filter((one) => one.startsWith("shop.plumb.yaml")));
    expect(here[0]?.message).toContain("deployed/istio.yaml");
    expect(here[0]?.message).toContain("UTF-8");
    expect(found.filter((one) => one.code === typo)).toHaveLength(1);
  });

  it("a deployed file that may not be read", async () => {
    const files = { ...base, "deployed/istio.yaml": new HostError("not-readable", "permission denied") };
    const { found } = await analyse(files);
    expect(found.filter((one) => one.code === "deployed/not-readable")).toHaveLength(1);
    expect(found.filter((one) => one.code === typo)).toHaveLength(1);
  });

  it("a $ref cycle", async () => {
    const openapi = `openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /entries:
    post:
      operationId: append
      parameters: [{ $ref: "#/components/parameters/a" }]
      responses: { "200": { description: ok } }
components:
  parameters:
    a: { $ref: "#/components/parameters/b" }
    b: { $ref: "#/components/parameters/a" }
`;
    const files = {
      ...base,
      "inventory.plumb.yaml": `${inventory}    api:\n      type: api\n      hosts: [api.shop.example]\n      openapi: api.yaml\n`,
      "api.yaml": openapi,
    };
    const { found } = await analyse(files);
    expect(found.map((one) => one.code).sort()).toEqual(["openapi/ref-cycle", typo].sort());
    expect(found.find((one) => one.code === "openapi/ref-cycle")?.uri).toBe(uriOf("api.yaml"));
  });

  it("an actsFor cycle", async () => {
    const agents = inventory.replace(
      "  resources:",
      `    one: { type: agent, spiffeId: "spiffe://shop.example/ns/ai/sa/one", owner: a@shop.example, actsFor: [two] }
    two: { type: agent, spiffeId: "spiffe://shop.example/ns/ai/sa/two", owner: a@shop.example, actsFor: [one] }
  resources:`,
    );
    const { found } = await analyse({ ...base, "inventory.plumb.yaml": agents });
    expect(found.map((one) => one.code).sort()).toEqual(["reference/acts-for-cycle", typo].sort());
  });

  it("two ControlPlanes in one folder", async () => {
    const second = controlPlane.replace("name: shop", "name: ‹second›");
    const found = await expectFindings({ ...base, "zz.plumb.yaml": second }, [
      typo,
      "workspace/two-control-planes",
    ]);
    expect(found.find((one) => one.code === "workspace/two-control-planes")?.related).toHaveLength(1);
  });

  it.each(["../../outside.yaml", "/etc/passwd", "https://example.com/api.yaml"])(
    "a reference that leaves the workspace: %s",
    async (reference) => {
      const files = {
        ...base,
        "inventory.plumb.yaml": `${inventory}    api:\n      type: api\n      hosts: [api.shop.example]\n      openapi: ‹${reference}›\n`,
      };
      await expectFindings(files, [typo, "reference/outside-workspace"]);
    },
  );

  it("a glob of deployed files that leaves the workspace", async () => {
    const files = {
      ...base,
      "shop.plumb.yaml": controlPlane.replace('"deployed/*.yaml"', '"‹../other/*.yaml›"'),
    };
    const { found, marked } = await analyse(files);
    expect(found.filter((one) => one.code === "reference/outside-workspace").map(placeOf)).toEqual(
      marked.filter((one) => one.startsWith("shop.plumb.yaml")),
    );
  });

  it("a file outside of any control plane", async () => {
    const workspace = new Workspace(new MemoryHost({ "alone.plumb.yaml": policy }));
    workspace.setFolders([workspaceFolder]);
    const found = [...(await workspace.analyze()).findings.values()].flat();
    expect(found.map((one) => one.code)).toEqual(["workspace/no-control-plane"]);
  });

  it("a scenario with a mistake in itself: the mistake, not that it fails for it", async () => {
    const scenarios = `apiVersion: plumbline/v1
kind: Scenarios
metadata: { name: ledger }
spec:
  scenarios:
    - name: checkout appends
      as: checkout
      request: { resource: ledger, http: { method: POST, url: "https://ledger.shop/entries" } }
      expect: { decision: allow, rule: ledger/‹apend› }
    - name: nobody appends
      request: { resource: ledger, http: { method: POST, url: "https://ledger.shop/entries" } }
      expect: { decision: ‹allow› }
    - name: nobody reads
      request: { resource: ledger, http: { method: GET, url: "https://ledger.shop/entries" } }
      expect: { decision: deny }
`;
    await expectFindings({ ...base, "scenarios.plumb.yaml": scenarios }, [
      typo,
      "reference/unknown-rule",
      "scenario/failed",
    ]);
  });

  it("a policy file that is not UTF-8", async () => {
    const { found } = await analyse({ ...base, "bad.plumb.yaml": new Uint8Array([0x61, 0xff]) });
    expect(found.map((one) => one.code).sort()).toEqual([typo, "workspace/not-readable"].sort());
  });
});
