import { describe, expect, test } from "vitest";
import type { ImportOptions } from "../../../../server/src/workspace/import/imported.ts";
import { controlPlane, findings, fixture, imported, inventory, reportOf, type World } from "./support.ts";

const base = { "acme.plumb.yaml": controlPlane, "inventory.plumb.yaml": inventory };

function world(source: string, text: string, more: Readonly<Record<string, string>> = {}): World {
  return { files: { ...base, [source]: text, ...more }, from: [source] };
}

/** The file after the import, which says nothing new when it is done again. */
async function imports(given: World, options: ImportOptions): Promise<string> {
  const plan = await imported(given, options);
  const into = given.into ?? "inventory.plumb.yaml";
  const again = await imported({ ...given, files: { ...given.files, [into]: plan.after } }, options);
  expect(again.edits).toEqual([]);
  expect(again.after).toBe(plan.after);
  return plan.after;
}

describe("Kubernetes", () => {
  const given = world("shop.yaml", fixture("shop.k8s.yaml"));
  const owner = "shop@acme.example";

  test("service accounts become identities, services become resources, and nothing else changes", async () => {
    const text = await imports(given, { kind: "kubernetes", owner });
    expect(text).toBe(
      `${inventory.replace(
        "  resources: {}  # none yet\n",
        `    ledger-db:
      type: workload
      spiffeId: spiffe://\${td}/ns/shop/sa/ledger-db
      owner: shop@acme.example
    logging-default:
      type: workload
      spiffeId: spiffe://\${td}/ns/logging/sa/default
      owner: shop@acme.example
    public-istio:
      type: workload
      spiffeId: spiffe://\${td}/ns/edge/sa/public-istio
      owner: shop@acme.example
  resources:  # none yet
    checkout:
      type: service
      protocol: http
      owner: shop@acme.example
      at: { mesh: { namespace: shop, labels: { app: checkout, version: v2 }, port: 8080 } }
    checkout-http-metrics:
      type: service
      protocol: http
      owner: shop@acme.example
      at: { mesh: { namespace: shop, labels: { app: checkout, version: v2 }, port: 9102 } }
    ledger-db:
      type: service
      protocol: tcp
      owner: shop@acme.example
      at: { mesh: { namespace: shop, labels: { app: ledger-db }, port: 5432 } }
`,
      )}`,
    );
  });

  test("what was imported has no finding but that nothing uses it yet", async () => {
    const plan = await imported(given, { kind: "kubernetes", owner });
    const found = await findings({ ...given.files, "inventory.plumb.yaml": plan.after });
    expect(found.filter((one) => !one.includes(" orphaned-identity: "))).toEqual([]);
  });

  test("the report says what was added, what is gone, and that an owner is missing", async () => {
    const report = reportOf(await imported(given, { kind: "kubernetes" }));
    expect(report).toContain("  identity logging-default        DaemonSet logging/log-agent\n");
    expect(report).toContain(
      "  old-job: there is no service account shop/old-job  inventory.plumb.yaml:14\n",
    );
    expect(report).toContain(
      "Service shop/tax selects no pods (no selector, or ExternalName), so it was left out.\n",
    );
    expect(report).toContain(
      "The service account default of shop was left out: every namespace has one, and no workload here runs as it.\n",
    );
    expect(report).toContain("Nobody was named as owner (--owner)");
    expect(report.split("\n").at(-1)).toBe(
      "inventory.plumb.yaml: 6 added, 0 changed, 1 as before, 1 no longer in the source",
    );
  });

  test("items of a List; accounts of one name in two namespaces get names of their own; UDP is left out", async () => {
    const plan = await imported(world("list.json", fixture("list.k8s.json")), { kind: "kubernetes" });
    expect(plan.added.map(({ name, label }) => `${name}: ${label}`)).toEqual([
      "api: ServiceAccount billing/api",
      "shop-api: ServiceAccount shop/api",
      "orders: Service shop/orders",
    ]);
    expect(plan.after).toContain(`    orders:
      type: service
      protocol: grpc
      at: { mesh: { namespace: shop, labels: { app.kubernetes.io/name: orders }, service: orders, port: 9090 } }
`);
  });

  test("labels and ports that changed are changed in place; fewer labels than there are stay", async () => {
    const bound = inventory.replace(
      "resources: {}  # none yet",
      `resources:
    checkout-api: # the shop's front door
      type: api
      operations: ["GET /cart"]
      at: { mesh: { namespace: shop, labels: { app: checkout }, port: 8080 } }
    database:
      type: service
      protocol: tcp
      at:
        mesh: { namespace: shop, service: ledger-db, labels: { app: ledger-db, tier: gold }, port: 5433 } # slow`,
    );
    const plan = await imported(
      { ...given, files: { ...given.files, "inventory.plumb.yaml": bound } },
      { kind: "kubernetes" },
    );
    expect(
      plan.changed.map(
        ({ entry, change }) => `${entry.key.text} ${change.what}: ${change.from} -> ${change.to}`,
      ),
    ).toEqual(["database labels: tier=gold -> no tier", "database port: 5433 -> 5432"]);
    expect(plan.after).toContain("service: ledger-db, labels: { app: ledger-db }, port: 5432 } # slow\n");
    expect(plan.after).toContain("labels: { app: checkout }, port: 8080 } }\n");
    expect(plan.added.map(({ name }) => name)).toEqual([
      "ledger-db",
      "logging-default",
      "public-istio",
      "checkout-http-metrics",
    ]);
  });

  test("a moved workload is another one: its rules do not follow it behind anyone's back", async () => {
    const moved = fixture("shop.k8s.yaml").replaceAll("namespace: shop", "namespace: store");
    const plan = await imported(world("store.yaml", moved), { kind: "kubernetes" });
    expect(plan.changed).toEqual([]);
    expect(plan.after).toContain(
      "    store-checkout:\n      type: workload\n      spiffeId: spiffe://${td}/ns/store/sa/checkout\n",
    );
  });

  test("a trust domain that nobody declares any more is replaced", async () => {
    const stale = inventory.replace("${td}/ns/shop/sa/checkout", "old.acme.example/ns/shop/sa/checkout");
    const plan = await imported(
      { ...given, files: { ...given.files, "inventory.plumb.yaml": stale } },
      { kind: "kubernetes" },
    );
    expect(plan.changed.map(({ change }) => [change.what, change.from, change.to])).toEqual([
      ["spiffeId", "spiffe://old.acme.example/ns/shop/sa/checkout", "spiffe://${td}/ns/shop/sa/checkout"],
    ]);
    expect(plan.after).toContain('spiffeId: "spiffe://${td}/ns/shop/sa/checkout" # in each environment\n');
  });

  test("what a pattern covers, or another file declares, is not declared again", async () => {
    const more = `apiVersion: plumbline/v1
kind: Inventory
metadata: { name: more }
spec:
  identities:
    agents: { type: workload, spiffeIdPattern: "spiffe://\${td}/ns/logging/sa/*", owner: me }
    database: { type: workload, spiffeId: "spiffe://\${td}/ns/shop/sa/ledger-db", owner: me }
    public-istio: { type: group, issuer: nobody, owner: me }
`;
    const plan = await imported(
      { ...given, files: { ...given.files, "more.plumb.yaml": more } },
      { kind: "kubernetes" },
    );
    expect(plan.added.filter((one) => one.section === "identities").map(({ name }) => name)).toEqual([
      "edge-public-istio",
    ]);
  });

  test("without a control plane the trust domain has to be said; the new file is a whole document", async () => {
    const alone: World = {
      files: { "list.json": fixture("list.k8s.json") },
      from: ["list.json"],
      into: "new.plumb.yaml",
    };
    await expect(imported(alone, { kind: "kubernetes" })).rejects.toThrow(
      "Kubernetes files do not tell the trust domain, and no ControlPlane document says which it is. Say it: --trust-domain prod.example.com.",
    );
    const text = await imports(alone, { kind: "kubernetes", trustDomain: "x.example" });
    expect(text).toBe(`apiVersion: plumbline/v1
kind: Inventory
metadata: { name: new }
spec:
  identities:
    api:
      type: workload
      spiffeId: spiffe://x.example/ns/billing/sa/api
    shop-api:
      type: workload
      spiffeId: spiffe://x.example/ns/shop/sa/api
  resources:
    orders:
      type: service
      protocol: grpc
`);
  });

  test("workloads that share a service account are said to be one identity", async () => {
    const two = ["a", "b"]
      .map(
        (name) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec: { template: { metadata: { labels: { app: ${name} } }, spec: { serviceAccountName: both } } }
`,
      )
      .join("---\n");
    const plan = await imported(world("two.yaml", two), { kind: "kubernetes" });
    expect(plan.added.map(({ name }) => name)).toEqual(["both"]);
    expect(plan.notes[0]).toBe(
      "Deployment shop/a and Deployment shop/b run as one service account, shop/both: they are one identity here, and no rule can tell them apart.",
    );
  });
});

describe("an inventory that has nothing yet", () => {
  const source = "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: api, namespace: shop }\n";
  const head = "apiVersion: plumbline/v1\nkind: Inventory\nmetadata: { name: i }\n";
  const entry = "    api:\n      type: workload\n      spiffeId: spiffe://${td}/ns/shop/sa/api\n";
  const into = (spec: string): Promise<string> =>
    imports(world("sa.yaml", source, { "inventory.plumb.yaml": head + spec }), { kind: "kubernetes" });

  test.each([
    ["spec:\n  identities: # none yet\n", `spec:\n  identities: # none yet\n${entry}`],
    ["spec:\n  identities: null   # none yet\n", `spec:\n  identities:   # none yet\n${entry}`],
    ["spec:\n  identities:\n", `spec:\n  identities:\n${entry}`],
    ["spec: # x\n", `spec: # x\n  identities:\n${entry}`],
    ["spec: {} # x", `spec: # x\n  identities:\n${entry.trimEnd()}`],
  ])("%j is filled in, and its comment stays a comment", async (spec, expected) => {
    expect(await into(spec)).toBe(head + expected);
  });

  test("braces on a line of their own are left alone, rather than that entries come to stand before them", async () => {
    await expect(into("spec:\n  identities:\n    {}\n")).rejects.toThrow(
      "Line 5 of the inventory is empty in a way that is not filled in automatically. Remove identities there; the import adds it anew.",
    );
  });
});

test("a comment that is indented as an entry's properties stays with that entry", async () => {
  const commented = inventory.replace(
    "owner: data@acme.example\n",
    "owner: data@acme.example\n      # about old-job\n",
  );
  const plan = await imported(
    world("list.json", fixture("list.k8s.json"), { "inventory.plumb.yaml": commented }),
    { kind: "kubernetes" },
  );
  expect(plan.after).toContain("      owner: data@acme.example\n      # about old-job\n    api:\n");
});

describe("SPIRE", () => {
  const given = world("entries.json", fixture("entries.spire.json"));

  test("entries of one SPIFFE ID are one identity with the longest life; a TTL that is the same stays as written", async () => {
    const text = await imports(given, { kind: "spire", owner: "me@acme.example" });
    expect(text).toBe(
      inventory.replace(
        "  resources: {}",
        `    settlement:
      type: workload
      spiffeId: spiffe://\${td}/batch/settlement
      description: SPIRE selectors unix:uid:1001, unix:path:/opt/batch/settle
      owner: me@acme.example
    settlement-eu:
      type: workload
      spiffeId: spiffe://\${td}/eu/settlement
      description: SPIRE selectors unix:uid:1002
      owner: me@acme.example
      credential: { type: jwt-svid, maxTtl: 10m }
  resources: {}`,
      ),
    );
  });

  test("another TTL is changed in place", async () => {
    const longer = fixture("entries.spire.json").replace('"x509_svid_ttl": 3600', '"x509_svid_ttl": 86400');
    const plan = await imported(world("entries.json", longer), { kind: "spire" });
    expect(plan.after).toContain("credential: { type: x509-svid, maxTtl: 1d } # as SPIRE says\n");
    expect(reportOf(plan)).toContain(
      "Changed\n  checkout: credential.maxTtl 60m -> 1d  inventory.plumb.yaml:8\n",
    );
    const found = await findings({ ...given.files, "inventory.plumb.yaml": plan.after });
    // The limit of the control plane is 1h: that is what the person has to know.
    expect(found.map((one) => one.split(" ")[1])).toContain("ttl-too-long:");
  });

  test("one page says nothing of what is gone; nodes are no workloads", async () => {
    const page = fixture("entries.spire.json").replace('"next_page_token": ""', '"next_page_token": "QUJD"');
    const plan = await imported(world("entries.json", page), { kind: "spire" });
    expect(plan.gone).toEqual([]);
    expect(plan.notes[0]).toMatch(/^entries\.json is one page of the entries only/);
    expect(plan.notes[1]).toBe("1 entry of nodes and of SPIRE itself was left out.");
    expect((await imported(given, { kind: "spire" })).gone.map(({ entry }) => entry.key.text)).toEqual([
      "old-job",
    ]);
  });
});

describe("OpenAPI", () => {
  const given = world("specs/orders.openapi.yaml", fixture("orders.openapi.yaml"));

  test("a resource refers to the document", async () => {
    const text = await imports(given, { kind: "openapi" });
    expect(text).toContain(`  resources:  # none yet
    orders-api-public:
      type: api
      hosts: [api.acme.example]
      openapi: specs/orders.openapi.yaml
`);
    const found = await findings({ ...given.files, "inventory.plumb.yaml": text });
    expect(found.filter((one) => !one.includes(" orphaned-identity: "))).toEqual([]);
  });

  test("operations inline; new ones are added behind, and those that are gone are listed", async () => {
    const options: ImportOptions = { kind: "openapi", inline: true, name: "orders" };
    const text = await imports(given, options);
    const operations = `      operations:
        - { id: listOrders, method: GET, path: /v2/orders }
        - { id: placeOrder, method: POST, path: /v2/orders }
        - { id: getOrder, method: GET, path: "/v2/orders/{id}" }
        - DELETE /v2/orders/{id}
`;
    expect(text).toContain(`    orders:\n      type: api\n      hosts: [api.acme.example]\n${operations}`);
    const changed = fixture("orders.openapi.yaml")
      .replace("operationId: placeOrder", "operationId: createOrder")
      .replace(/ {4}delete: .*\n/, "  /health:\n    get: { responses: {} }\n");
    const commented = text.replace("path: /v2/orders }\n", "path: /v2/orders } # all of them\n");
    const plan = await imported(
      {
        ...given,
        files: { ...given.files, "inventory.plumb.yaml": commented, "specs/orders.openapi.yaml": changed },
      },
      options,
    );
    expect(plan.after).toContain(
      operations
        .replace("path: /v2/orders }\n", "path: /v2/orders } # all of them\n")
        .replace("placeOrder", "createOrder")
        .replace(/$/, "        - GET /v2/health\n"),
    );
    expect(plan.goneParts.map(({ part }) => part)).toEqual(["DELETE /v2/orders/{id}"]);
  });

  test("a name that is another type's is refused; a document outside of the workspace cannot be referred to", async () => {
    const taken = inventory.replace("resources: {}", "resources: { orders: { type: mcp-server } }");
    const files = { ...given.files, "inventory.plumb.yaml": taken };
    await expect(imported({ ...given, files }, { kind: "openapi", name: "orders" })).rejects.toThrow(
      "There is a resource orders of type mcp-server already; openapi belongs to one of type api. Choose another --name.",
    );
    await expect(
      imported(
        {
          ...given,
          from: ["../../elsewhere/orders.yaml"],
          files: { ...given.files, "../../elsewhere/orders.yaml": fixture("orders.openapi.yaml") },
        },
        { kind: "openapi" },
      ),
    ).rejects.toThrow(/lies outside of the folder that policies may refer to/);
  });
});

describe("MCP", () => {
  const given = world("specs/search.tools.json", fixture("search.tools.json"));

  test("a server refers to its tools, from wherever the inventory is", async () => {
    const into = "inventories/ai/tools.plumb.yaml";
    const text = await imports({ ...given, into }, { kind: "mcp", owner: "ai@acme.example" });
    expect(text).toBe(`apiVersion: plumbline/v1
kind: Inventory
metadata: { name: tools }
spec:
  resources:
    search-tools:
      type: mcp-server
      tools: ../../specs/search.tools.json
      owner: ai@acme.example
`);
    const found = await findings({ ...given.files, [into]: text });
    expect(found.filter((one) => !one.includes(" orphaned-identity: "))).toEqual([]);
  });

  test("another file for a server that is named is a change", async () => {
    const there = inventory.replace(
      "resources: {}",
      "resources: { search: { type: mcp-server, tools: old.json } }",
    );
    const plan = await imported(
      { ...given, files: { ...given.files, "inventory.plumb.yaml": there } },
      { kind: "mcp", name: "search" },
    );
    expect(plan.after).toContain(
      "resources: { search: { type: mcp-server, tools: specs/search.tools.json } }  # none yet\n",
    );
  });
});
