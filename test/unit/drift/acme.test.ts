/** The example shows exactly the drift that is planted in it, and nothing else; and mending each takes it away. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { DriftReport } from "../../../server/src/drift/report.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { MemoryHost, workspaceFolder } from "../../support/memory-host.ts";

const acme = path.resolve(import.meta.dirname, "../../../examples/acme");

function files(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(acme, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [path.relative(acme, file).split(path.sep).join("/"), readFileSync(file, "utf8")]),
  );
}

/** Replaces `from`, which must stand in the file exactly once, so that no test runs on an unchanged example. */
function edited(file: string, ...edits: readonly (readonly [string, string])[]): Record<string, string> {
  const all = files();
  let text = all[file] ?? "";
  for (const [from, to] of edits) {
    expect(text.split(from).length - 1, `${from} in ${file}`).toBe(1);
    text = text.replace(from, () => to);
  }
  return { ...all, [file]: text };
}

async function drift(workspaceFiles: Record<string, string> = files()): Promise<DriftReport> {
  const workspace = new Workspace(new MemoryHost(workspaceFiles));
  workspace.setFolders([workspaceFolder]);
  // What an edit leaves for lint rules to say is not drift.
  workspace.configure({ rules: false });
  const snapshot = await workspace.analyze();
  const [plane] = snapshot.controlPlanes;
  const report = plane?.drift.get("production");
  if (plane === undefined || report === undefined)
    throw new Error("the example has no production environment");
  const errors = [...snapshot.findings.values()]
    .flat()
    .filter((one) => !/^(drift|scenario)\//.test(one.code));
  expect(errors).toEqual([]);
  expect(report.refuted).toBe(0);
  return report;
}

const summary = (report: DriftReport) =>
  report.findings
    .map((one) => `${one.kind} ${one.resource} ${one.enforcementPoint ?? "-"} ${one.rules[0]?.label}`)
    .sort();

const planted = [
  "bypass payments-api mesh payments/staff-read-payments",
  "narrower orders mesh orders/read-orders",
  "unenforced payments-tools - ai/copilot-refunds-small-amounts",
  "unknown invoices mesh orders/reports-read-invoices",
  "wider ledger mesh ledger/append-from-checkout",
];

const without = (kind: string) => planted.filter((one) => !one.startsWith(kind));

const istio = "deployed/production/istio/authorization-policies.yaml";

describe("drift of examples/acme", () => {
  it("is exactly what is planted", async () => {
    const report = await drift();
    expect(summary(report)).toEqual(planted);
    expect(report.comparisons.map((one) => `${one.resource}: ${one.verdict}`)).toEqual([
      "payments-api: equal",
      "catalog-api: equal",
      "ledger: wider",
      "orders: narrower",
      "invoices: unknown",
      "payments-tools: wider",
    ]);
    expect(report.posture).toEqual([]);
    expect(report.notCompared).toEqual([]);
  });

  it("has a witness for everything that is certain, on which policy and deployed config disagree", async () => {
    for (const finding of (await drift()).findings) {
      if (finding.kind === "unknown") {
        expect(finding.unknown.length).toBeGreaterThan(0);
        continue;
      }
      expect(finding.witnesses.length).toBeGreaterThan(0);
      for (const witness of finding.witnesses) {
        if (finding.kind !== "bypass") expect(witness.policy).not.toBe(witness.deployed);
        expect(witness.deployed).toBe(finding.kind === "narrower" ? "deny" : "allow");
      }
    }
  });

  it("says it in sentences with the user's own names", async () => {
    const said = new Map((await drift()).findings.map((one) => [one.kind, one.message]));
    expect(said.get("wider")).toBe(
      "Admits requests to ledger (production) that the policy denies: POST /v1/entries by any workload of namespace qa. " +
        "Witness: spiffe://prod.acme.example/ns/qa/sa/default → POST ledger:8443/v1/entries: denied by policy (default deny), allowed at mesh.",
    );
    expect(said.get("unenforced")).toContain(
      "refund {amount: 200.01}: allowed at ai-gateway, allowed at mesh, denied by policy.",
    );
    expect(said.get("narrower")).toContain(
      "spiffe://prod.acme.example/ns/shop/sa/warehouse → POST orders:9090",
    );
    expect(said.get("unknown")).toContain("billing");
  });

  it("goes away when the namespace is taken out (wider)", async () => {
    const mended = edited(istio, ["            - source:\n                namespaces: [qa]\n", ""]);
    expect(summary(await drift(mended))).toEqual(without("wider"));
  });

  it("goes away when the warehouse may read orders (narrower)", async () => {
    const mended = edited(istio, [
      "paths: [/acme.orders.v1.Orders/GetOrder, /acme.orders.v1.Orders/PlaceOrder]",
      "paths: [/acme.orders.v1.Orders/GetOrder, /acme.orders.v1.Orders/PlaceOrder]\n        - from: [{ source: { principals: [prod.acme.example/ns/shop/sa/warehouse] } }]\n          to: [{ operation: { methods: [POST], paths: [/acme.orders.v1.Orders/GetOrder] } }]",
    ]);
    expect(summary(await drift(mended))).toEqual(without("narrower"));
  });

  it("goes away when the debug policy lets in nobody but the gateway (bypass)", async () => {
    const mended = edited(
      istio,
      ["principals: [prod.acme.example/ns/ops/sa/debug]", "principals: [prod.acme.example/ns/edge/sa/kong]"],
      ["paths: [/payments*]", "paths: [/exports]"],
    );
    expect(summary(await drift(mended))).toEqual(without("bypass"));
  });

  it("goes away when the condition does (unenforced)", async () => {
    const mended = edited("policies/ai.plumb.yaml", [
      "      condition: mcp.tool.arguments.amount <= 200.0\n",
      "",
    ]);
    expect(summary(await drift(mended))).toEqual(without("unenforced"));
  });

  it("becomes known when the export is complete (unknown)", async () => {
    const mended = edited("acme.plumb.yaml", [
      "namespaces: [shop, ai, istio-system]",
      "namespaces: [shop, ai, billing, istio-system]",
    ]);
    expect(summary(await drift(mended))).toEqual(
      [...without("unknown"), "wider invoices mesh orders/reports-read-invoices"].sort(),
    );
  });

  it("is the same where a grant names service accounts instead of principals", async () => {
    const same = edited(istio, [
      "from: [{ source: { principals: [prod.acme.example/ns/shop/sa/checkout] } }]",
      "from: [{ source: { serviceAccounts: [shop/checkout] } }]",
    ]);
    expect(summary(await drift(same))).toEqual(planted);
  });

  it("calls a condition that nothing can compare unenforced where no hop sees what it reads", async () => {
    const hours = edited("policies/ai.plumb.yaml", [
      "      condition: mcp.tool.arguments.amount <= 200.0\n",
      "      condition: context.time.getHours('UTC') >= 6\n",
    ]);
    const report = await drift(hours);
    expect(summary(report)).toEqual(planted);
    expect(report.findings.find((one) => one.kind === "unenforced")?.message).toContain(
      'can see context.time.getHours("UTC") >= 6',
    );
  });

  it("says of a list only what differs", async () => {
    const more = edited("policies/services.plumb.yaml", [
      "on: [{ resource: orders, rpcs: [acme.orders.v1.Orders/PlaceOrder] }]",
      "on: [{ resource: orders, rpcs: [acme.orders.v1.Orders/GetOrder] }]",
    ]);
    const found = (await drift(more)).findings.find(
      (one) => one.resource === "orders" && one.kind === "wider",
    );
    expect(found?.region).toContain("POST /acme.orders.v1.Orders/PlaceOrder by");
    expect(found?.region).not.toContain("GetOrder");
  });

  it("names every line responsible and no other, with requests that show different things", async () => {
    const wider = edited(istio, [
      "                methods: [POST]\n                paths: [/v1/entries]\n",
      "                methods: [POST, DELETE]\n                paths: [/v1/entries]\n" +
        "        - from: [{ source: { namespaces: [ops] } }]\n" +
        '          to: [{ operation: { methods: [GET], paths: [/v1/entries, "/v1/entries/{*}"] } }]\n',
    ]);
    const finding = (await drift(wider)).findings.find((one) => one.kind === "wider");
    expect(finding?.deployed.map(({ label }) => label)).toEqual(["shop/ledger rule 2", "shop/ledger rule 3"]);
    expect(finding?.region.split("; ").sort()).toEqual([
      "DELETE /v1/entries by spiffe://prod.acme.example/ns/shop/sa/checkout",
      "GET /v1/entries by any workload of namespace ops",
      "POST or DELETE /v1/entries by any workload of namespace qa",
      "and more",
    ]);
    const shown = finding?.witnesses.map(
      ({ request }) => `${request.http?.method} ${request.source?.principal}`,
    );
    expect(shown).toHaveLength(3);
    expect(new Set(shown?.map((one) => one.split(" ")[0])).size).toBeGreaterThan(1);
    expect(shown?.filter((one) => one.includes("/ns/ops/"))).not.toEqual([]);
  });

  it("does not see noise: ids, status, order of keys, formatting, defaults", async () => {
    const all = files();
    all[istio] = (all[istio] ?? "")
      .replaceAll(/uid: .*/g, "uid: other")
      .replaceAll(/resourceVersion: "88.*/g, 'resourceVersion: "1"');
    all["deployed/production/kong.yaml"] = (all["deployed/production/kong.yaml"] ?? "").replaceAll(
      /^ +(id|created_at|updated_at|retries|read_timeout|write_timeout|connect_timeout|https_redirect_status_code|request_buffering|response_buffering|path_handling|regex_priority): .*\n/gm,
      (line, key: string) =>
        line.trimStart().startsWith("- ") ? line : key === "regex_priority" ? line : "",
    );
    expect(summary(await drift(all))).toEqual(planted);
  });
});
