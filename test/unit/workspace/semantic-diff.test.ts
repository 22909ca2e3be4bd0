/** Pairs of small workspaces: what an author who made this change needs to see. */
import { describe, expect, it } from "vitest";
import type { DecisionChange, DiffRule } from "../../../server/src/workspace/semantic-diff.ts";
import { semanticDiff } from "../../../server/src/workspace/semantic-diff.ts";
import { type Change, changed, diffOf, planeOf, shop } from "./semantic-diff-world.ts";

const policies = "policies.plumb.yaml";
const inventory = "shop.plumb.yaml";
const openapi = "orders.openapi.yaml";

const rule = ({ id, change, otherId }: DiffRule): string =>
  `${id}: ${change}${otherId === undefined ? "" : ` (${otherId})`}`;

/** What a change comes down to. */
const short = (one: DecisionChange) => ({
  kind: one.kind,
  on: `${one.resource} (${one.environments.join(", ")})`,
  region: one.region,
  cause: one.cause,
  base: one.baseRules.map(rule),
  current: one.currentRules.map(rule),
});

const everywhere = "production, staging";

describe("a decision that changes", () => {
  it("by a subject that is added: the region is the new caller, by name, and both versions of the rule", async () => {
    const diff = await diffOf(shop, changed(shop, [policies, "[reports]", "[reports, checkout]"]));
    expect(diff).toMatchObject({ verdict: "wider", newlyAllows: "yes", newlyDenies: "no" });
    expect(diff.changes.map(short)).toEqual([
      {
        kind: "newly-allows",
        on: `ledger (${everywhere})`,
        region: "GET /entries by checkout, except by support",
        cause: "rule ledger/reports-read changed its subjects",
        base: ["ledger/reports-read: edited"],
        current: ["ledger/reports-read: edited"],
      },
    ]);
    expect(diff.changes[0]?.witness).toEqual({
      request: {
        traffic: "service",
        transport: "http",
        environment: "production",
        source: { principal: "spiffe://prod.shop.example/ns/shop/sa/checkout" },
        destination: { resource: "ledger" },
        http: { method: "GET", path: "/entries" },
      },
      left: "deny",
      right: "allow",
      leftReason: "no allow rule applies (default deny)",
      rightReason: "allowed by ledger/reports-read",
    });
    expect(diff.changes[0]?.message).toBe(
      "Newly allows GET /entries by checkout, except by support, on ledger (production and staging): rule ledger/reports-read changed its subjects.",
    );
    expect(diff.environments.map(({ name, presence, verdict }) => [name, presence, verdict])).toEqual([
      ["production", "both", "wider"],
      ["staging", "both", "wider"],
    ]);
    expect(diff.environments[0]?.resources.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["ledger", "wider"],
      ["orders", "equal"],
    ]);
  });

  it("by a rule that is added", async () => {
    const added = `    - name: reports-browse
      effect: allow
      subjects: [reports]
      on: [{ resource: ledger, operations: ["GET /entries/{id}"] }]
    - name: no-support`;
    const diff = await diffOf(shop, changed(shop, [policies, "    - name: no-support", added]));
    expect(diff.changes.map(short)).toMatchObject([
      {
        kind: "newly-allows",
        cause: "rule ledger/reports-browse is new",
        base: [],
        current: ["ledger/reports-browse: added"],
      },
    ]);
  });

  it("by a deny rule that goes: what it stopped, and the rules that let it in now", async () => {
    const gone = `    - name: no-support
      effect: deny
      subjects: [support]
      on: [{ resource: ledger }]
`;
    const diff = await diffOf(shop, changed(shop, [policies, gone, ""]));
    expect(diff.changes.map(short)).toEqual([
      {
        kind: "newly-allows",
        on: `ledger (${everywhere})`,
        region:
          "POST /entries by whoever is support and checkout at once; GET /entries by whoever is support and reports at once",
        cause: "deny rule ledger/no-support is gone",
        base: ["ledger/no-support: removed"],
        current: ["ledger/checkout-appends: unchanged"],
      },
    ]);
  });

  it("by another condition: the requests between the old bound and the new one", async () => {
    const at = "      obligations: { audit: full }";
    const bounded = (hour: number): Change => [
      policies,
      at,
      `      condition: context.time < timestamp("2026-01-15T${hour}:00:00Z")\n${at}`,
    ];
    const diff = await diffOf(changed(shop, bounded(12)), changed(shop, bounded(10)));
    expect(diff.verdict).toBe("narrower");
    expect(diff.changes.map(short)).toMatchObject([
      {
        kind: "newly-denies",
        region:
          "POST /entries with context.time >= 2026-01-15T10:00:00Z and < 2026-01-15T12:00:00Z by checkout, except by support",
        cause: "rule ledger/checkout-appends changed its condition",
      },
    ]);
  });

  it("by the claims of an identity: each rule that uses it, and the identity's name and places", async () => {
    const diff = await diffOf(shop, changed(shop, [inventory, "groups: support", "groups: staff"]));
    expect(diff.verdict).toBe("incomparable");
    expect(diff.changes.map(({ kind, resource, cause }) => [kind, resource, cause])).toEqual([
      [
        "newly-allows",
        "ledger",
        "identity support changed its claims, and with it what deny rule ledger/no-support says",
      ],
      [
        "newly-allows",
        "orders",
        "identity support changed its claims, and with it what rule orders/support-reads says",
      ],
      [
        "newly-denies",
        "ledger",
        "identity support changed its claims, and with it what deny rule ledger/no-support says",
      ],
      [
        "newly-denies",
        "orders",
        "identity support changed its claims, and with it what rule orders/support-reads says",
      ],
    ]);
    const [, change] = diff.changes;
    expect(change && short(change)).toMatchObject({
      base: ["orders/support-reads: reinterpreted"],
      current: ["orders/support-reads: reinterpreted"],
    });
    expect(change?.region).toContain("with claim groups containing staff and not containing support");
    expect(change?.because).toMatchObject([
      { kind: "identity", name: "support", presence: "both", parts: ["claims"] },
    ]);
    expect(change?.because[0]?.basePlace?.block.text).toContain("groups: support");
    expect(change?.because[0]?.currentPlace?.block.text).toContain("groups: staff");
    expect(diff.definitions.map((one) => one.text)).toEqual(["identity support changed its claims"]);
  });

  it("by the document of an API: the operation that the rule names", async () => {
    const diff = await diffOf(shop, changed(shop, [openapi, "/orders/{id}", "/v2/orders/{id}"]));
    expect(diff.changes.map(({ kind, region, cause }) => [kind, region, cause])).toEqual([
      [
        "newly-allows",
        "GET on /v2/orders/* at host api.shop.example by support",
        "operation getOrder of orders changed its path, and with it what rule orders/support-reads says",
      ],
      [
        "newly-denies",
        "GET on /orders/* at host api.shop.example by support",
        "operation getOrder of orders changed its path, and with it what rule orders/support-reads says",
      ],
    ]);
    expect(diff.files).toEqual([{ path: openapi, presence: "both" }]);
  });

  it("by an operation that takes a path from one that the rule names", async () => {
    const more = `paths:
  /orders/all: { get: { operationId: allOrders, responses: { "200": { description: ok } } } }`;
    const diff = await diffOf(shop, changed(shop, [openapi, "paths:", more]));
    expect(diff.changes.map(({ kind, region, cause }) => [kind, region, cause])).toEqual([
      [
        "newly-denies",
        "GET /orders/all at host api.shop.example by support",
        "operation allOrders of orders is new, and with it what rule orders/support-reads says",
      ],
    ]);
  });

  it("by a variable of one environment, there only", async () => {
    const diff = await diffOf(
      shop,
      changed(shop, [inventory, "td: test.shop.example", "td: prod.shop.example"]),
    );
    expect(diff.environments.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["production", "equal"],
      ["staging", "incomparable"],
    ]);
    expect(new Set(diff.changes.flatMap((one) => one.environments))).toEqual(new Set(["staging"]));
    expect(diff.changes[0]?.because.map((one) => one.text)).toEqual([
      "variable td of staging changed from test.shop.example to prod.shop.example",
    ]);
    expect(diff.changes[0]?.region).toBe(
      "POST /entries by spiffe://prod.shop.example/ns/shop/sa/checkout, except by support",
    );
  });

  it("by the mode of a policy", async () => {
    const audited: Change = [
      policies,
      "  owner: finance@shop.example\n",
      "  owner: finance@shop.example\n  mode: audit\n",
    ];
    const diff = await diffOf(shop, changed(shop, audited));
    expect(diff.verdict).toBe("narrower");
    expect(diff.changes.map(({ cause }) => cause)).toEqual([
      "rule ledger/checkout-appends is no longer enforced, its policy is in audit mode now",
      "rule ledger/reports-read is no longer enforced, its policy is in audit mode now",
    ]);
    const back = await diffOf(changed(shop, audited), shop);
    expect(back.changes.map(({ cause }) => cause)).toContain(
      "rule ledger/reports-read is enforced now, its policy was in audit mode",
    );
  });

  it("by a resource that is new, with its rule", async () => {
    const diff = await diffOf(
      shop,
      changed(
        shop,
        [
          inventory,
          "    orders: {",
          `    stock: { type: service, operations: ["GET /stock"] }\n    orders: {`,
        ],
        [policies, "[{ resource: orders,", "[{ resource: stock }, { resource: orders,"],
      ),
    );
    expect(diff.environments[0]?.resources).toMatchObject([
      { name: "ledger", presence: "both" },
      { name: "stock", presence: "added", verdict: "wider" },
      { name: "orders", presence: "both", verdict: "equal" },
    ]);
    expect(diff.changes.map(({ region, cause }) => [region, cause])).toEqual([
      [
        "GET /stock by support",
        "rule orders/support-reads changed its targets, and resource stock is new and operation GET /stock of stock is new",
      ],
    ]);
  });

  it("by an environment that is new, and by one that is gone", async () => {
    const more = changed(
      shop,
      [inventory, "    staging:", "    dev: { vars: { td: dev.shop.example } }\n    staging:"],
      [inventory, "test.shop.example: {}", "test.shop.example: {}, dev.shop.example: {}"],
    );
    const added = await diffOf(shop, more);
    expect(added.environments.map(({ name, presence, verdict }) => [name, presence, verdict])).toEqual([
      ["production", "both", "equal"],
      ["dev", "added", "wider"],
      ["staging", "both", "equal"],
    ]);
    expect(added.changes.map(({ environments, cause }) => [environments, cause])).toContainEqual([
      ["dev"],
      "environment dev is new, and with it what rule ledger/reports-read says",
    ]);
    expect(added.changes[0]?.witness.leftReason).toBe("there is no environment dev");
    const removed = await diffOf(more, shop);
    expect(removed.environments.map(({ name, presence, verdict }) => [name, presence, verdict])).toEqual([
      ["production", "both", "equal"],
      ["staging", "both", "equal"],
      ["dev", "removed", "narrower"],
    ]);
  });

  it("by a control plane that was not there", async () => {
    const diff = semanticDiff(undefined, await planeOf(shop));
    expect(diff.verdict).toBe("wider");
    expect(diff.environments.map((one) => one.presence)).toEqual(["added", "added"]);
    expect(diff.changes.map((one) => one.cause)).toContain("rule orders/support-reads is new");
    expect(diff.changes[0]?.witness.leftReason).toBe("there is no control plane");
    expect(semanticDiff(undefined, undefined)).toMatchObject({ verdict: "equal", environments: [] });
  });

  it("in the environment that is asked for only", async () => {
    const diff = await diffOf(shop, changed(shop, [policies, "[reports]", "[checkout]"]), "staging");
    expect(diff.environments.map((one) => one.name)).toEqual(["staging"]);
    expect(diff.changes.map((one) => [one.kind, one.environments, one.witness.request.environment])).toEqual([
      ["newly-allows", ["staging"], "staging"],
      ["newly-denies", ["staging"], "staging"],
    ]);
  });

  it("by one rule in several ways: what they have in common is said once", async () => {
    const edited = "[getOrder, dropOrder]";
    const diff = await diffOf(
      changed(shop, [policies, "[getOrder]", edited]),
      changed(shop, [policies, "[getOrder]", edited], [inventory, "groups: support", "groups: staff"]),
    );
    const of = diff.changes.find((one) => one.resource === "orders" && one.kind === "newly-allows");
    expect(of?.region).toBe(
      "GET or DELETE on /orders/* at host api.shop.example with a token of https://login.shop.example for audience https://api.shop.example with claim groups containing staff and not containing support",
    );
    const [ledger] = diff.changes;
    expect(ledger?.region).toBe(
      "POST /entries by checkout; GET /entries by reports; each with a token of https://login.shop.example for audience https://api.shop.example with claim groups containing support and not containing staff",
    );
  });

  it("by several rules: each its own change", async () => {
    const diff = await diffOf(
      shop,
      changed(
        shop,
        [policies, "subjects: [checkout]", "subjects: [checkout, reports]"],
        [policies, "[getOrder]", "[getOrder, dropOrder]"],
      ),
    );
    expect(diff.changes.map(({ region, currentRules }) => [region, ...currentRules.map(rule)])).toEqual([
      ["POST /entries by reports, except by support", "ledger/checkout-appends: edited"],
      ["DELETE on /orders/* at host api.shop.example by support", "orders/support-reads: edited"],
    ]);
  });
});

describe("no decision changes", () => {
  it("where nothing did", async () => {
    expect(await diffOf(shop, shop)).toMatchObject({
      verdict: "equal",
      changes: [],
      files: [],
      definitions: [],
    });
  });

  it("by a rule's new name, and by one that moves", async () => {
    const renamed = await diffOf(shop, changed(shop, [policies, "name: reports-read", "name: reports-look"]));
    expect(renamed).toMatchObject({
      verdict: "equal",
      changes: [],
      files: [{ path: policies, presence: "both" }],
    });
    const moved = await diffOf(shop, {
      [inventory]: shop[inventory] ?? "",
      [openapi]: shop[openapi] ?? "",
      "moved/policies.plumb.yaml": shop[policies] ?? "",
    });
    expect(moved).toMatchObject({
      verdict: "equal",
      changes: [],
      files: [
        { path: "moved/policies.plumb.yaml", presence: "added" },
        { path: policies, presence: "removed" },
      ],
    });
  });

  it("by layout and comments", async () => {
    const diff = await diffOf(
      shop,
      changed(
        shop,
        [
          policies,
          `on: [{ resource: ledger, operations: ["POST /entries"] }]`,
          `# who appends\n      on:\n        - operations: ['POST /entries']\n          resource: ledger`,
        ],
        [policies, "subjects: [reports]", "subjects:\n        - reports"],
      ),
    );
    expect(diff).toMatchObject({ verdict: "equal", changes: [], obligations: [], definitions: [] });
    expect(diff.files).toHaveLength(1);
  });

  it("by a definition that no decision depends on", async () => {
    const diff = await diffOf(
      shop,
      changed(shop, [
        inventory,
        "    checkout:",
        `    spare: { type: workload, spiffeId: "spiffe://\${td}/spare", owner: a@shop.example }\n    checkout:`,
      ]),
    );
    expect(diff).toMatchObject({ verdict: "equal", changes: [] });
    expect(diff.definitions.map((one) => one.text)).toEqual(["identity spare is new"]);
  });

  it("by obligations: they are told apart", async () => {
    const from = "      obligations: { audit: full }\n";
    const told = async (to: string) => {
      const { verdict, obligations } = await diffOf(shop, changed(shop, [policies, from, to]));
      expect(verdict).toBe("equal");
      return obligations.map((one) => one.message);
    };
    expect(await told("")).toEqual(["ledger/checkout-appends: the same requests, but audit: full is gone"]);
    expect(await told("      obligations: { audit: metadata }\n")).toEqual([
      "ledger/checkout-appends: the same requests, but audit: metadata was full",
    ]);
    const { obligations } = await diffOf(
      shop,
      changed(shop, [policies, from, ""], [policies, "subjects: [checkout]", "subjects: [reports]"]),
    );
    expect(obligations.map((one) => [one.sameRequests, one.message])).toEqual([
      [false, "ledger/checkout-appends: other requests, and audit: full is gone"],
    ]);
  });
});

describe("what cannot be said", () => {
  it("of resources that have errors now: they are not compared, and the others are", async () => {
    const diff = await diffOf(shop, changed(shop, [policies, "[reports]", "[report]"]));
    expect(diff).toMatchObject({ verdict: "unknown", newlyAllows: "unknown", newlyDenies: "unknown" });
    expect(diff.notCompared).toEqual([
      {
        resource: "ledger",
        environments: ["production", "staging"],
        sides: ["current"],
        reason: "The current version has errors in what is said of ledger.",
      },
    ]);
    expect(diff.changes).toEqual([]);
    expect(diff.environments[0]?.resources.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["ledger", "unknown"],
      ["orders", "equal"],
    ]);
  });

  it("where the syntax is broken", async () => {
    const diff = await diffOf(shop, changed(shop, [policies, "[reports]", "[reports"]));
    expect(diff.verdict).toBe("unknown");
    expect(diff.notCompared.map((one) => one.resource)).toContain("ledger");
  });

  it("of errors that were there before, unless not a character changed", async () => {
    const broken = changed(shop, [policies, "[reports]", "[report]"]);
    expect(await diffOf(broken, broken)).toMatchObject({ verdict: "equal", notCompared: [] });
    const edited = changed(broken, [policies, "[checkout]", "[reports]"]);
    expect((await diffOf(broken, edited)).notCompared).toMatchObject([
      { sides: ["base", "current"], reason: "Both versions have errors in what is said of ledger." },
    ]);
  });

  it("where files could not be read", async () => {
    const plane = await planeOf(shop);
    expect(semanticDiff(undefined, plane, { unread: ["base"] })).toMatchObject({
      verdict: "unknown",
      changes: [],
    });
  });

  it("where an opaque condition decides: its text, why, and where it stands", async () => {
    const opaque = (condition: string): Change => [
      policies,
      "      obligations: { audit: full }",
      `      condition: ${condition}`,
    ];
    const before = "request.path.size() + request.method.size() > 3";
    const after = "request.path.size() + request.method.size() > 4";
    const diff = await diffOf(changed(shop, opaque(before)), changed(shop, opaque(after)));
    expect(diff.verdict).toBe("unknown");
    expect(diff.unknown.map((one) => one.text).sort()).toEqual([before, after]);
    for (const { resource, environments, reason, place, side } of diff.unknown) {
      expect([resource, environments]).toEqual(["ledger", ["production", "staging"]]);
      expect(reason).not.toBe("");
      if (place === undefined) throw new Error("an atom without a place");
      expect(place.block.text.slice(place.start, place.end)).toBe(side === "base" ? before : after);
    }
    // The same condition on both sides is the same, whatever it says.
    expect(
      (
        await diffOf(
          changed(shop, opaque(before)),
          changed(shop, opaque(before), [policies, "[reports]", "[reports, checkout]"]),
        )
      ).verdict,
    ).toBe("wider");
  });
});
