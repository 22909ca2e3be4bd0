/** A version that is not known is one finding, and an earlier one is migrated: here a made-up v0. */
import { describe, expect, test, vi } from "vitest";
import type { Migration } from "../../../server/src/policy/migrations/migration.ts";
import { migrations } from "../../../server/src/policy/migrations/registry.ts";
import { knownVersions, migrationOf } from "../../../server/src/policy/migrations/version.ts";
import { at, entries, items, type MapNode, toValue } from "../../../server/src/text/tree.ts";
import { makeSafeFixes } from "../../../server/src/workspace/fix-rounds.ts";
import { SnapshotEditor } from "../../../server/src/workspace/fixes.ts";
import type { Snapshot } from "../../../server/src/workspace/snapshot.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { MemoryHost, uriOf, workspaceFolder } from "../../support/memory-host.ts";

vi.mock("../../../server/src/policy/migrations/registry.ts", () => ({ migrations: [] as Migration[] }));

/** What v0 was like: `who` instead of `subjects`, `effect: permit`, and a team instead of an owner. */
const toV0b: Migration = {
  from: "plumbline/v0",
  to: "plumbline/v0b",
  edits: (root) =>
    items(at(root, "spec", "rules")).flatMap((rule) =>
      rule.kind === "map" && rule.byKey.has("who")
        ? [{ edit: "rename-property", map: rule, key: "who", to: "subjects" } as const]
        : [],
    ),
};

const toV1: Migration = {
  from: "plumbline/v0b",
  to: "plumbline/v1",
  edits: (root) => {
    const spec = at(root, "spec");
    const effects = items(at(spec, "rules")).flatMap((rule) => {
      const effect = at(rule, "effect");
      return effect?.kind === "scalar" && effect.value === "permit"
        ? [{ edit: "set-scalar", node: effect, value: "allow" } as const]
        : [];
    });
    const team = entries(spec).find(({ key }) => key.text === "team");
    if (spec?.kind !== "map" || team === undefined) return effects;
    return [...effects, { edit: "rename-property", map: spec, key: "team", to: "owner" } as const];
  },
};

const inventory = `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: shop }
spec:
  trustDomains: { prod.example: {} }
  environments: { production: {} }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: shop }
spec:
  identities:
    checkout: { type: workload, spiffeId: "spiffe://prod.example/ns/shop/sa/checkout", owner: shop@shop.example }
  resources:
    ledger: { type: service, protocol: http, operations: ["GET /entries"] }
`;

const old = `# The ledger.
apiVersion: plumbline/v0 # the first
kind: Policy
metadata: { name: 'ledger' }
spec:
  team: "ledger@shop.example" # who answers
  rules:
    # Whoever shops.
    - name: reads
      effect: 'permit'
      who: [checkout]   # one
      on: [{ resource: ledger }]
    - { who: [checkout], name: again, effect: deny, on: [{ resource: ledger }] }
`;

async function analysed(files: Readonly<Record<string, string>>): Promise<Snapshot> {
  const workspace = new Workspace(new MemoryHost(files));
  workspace.setFolders([workspaceFolder]);
  return workspace.analyze();
}

const errorsOf = (snapshot: Snapshot) =>
  [...snapshot.findings.values()].flat().filter((one) => one.severity === "error");

/** `migrations` is the mocked list of this file only. */
async function withMigrations<T>(registered: readonly Migration[], run: () => Promise<T>): Promise<T> {
  const list = migrations as Migration[];
  list.push(...registered);
  try {
    return await run();
  } finally {
    list.length = 0;
  }
}

describe("an unknown version", () => {
  test.each([
    [
      "plumbline/v2",
      'There is no version "plumbline/v2", so this document is left out: the only one is plumbline/v1. If it was written for a later Plumbline, update this one; if not, write plumbline/v1.',
    ],
    [
      "plumbline/v1beta1",
      'There is no version "plumbline/v1beta1", so this document is left out: the only one is plumbline/v1.',
    ],
    ["1", "The version of this document is not known, so it is left out: the only one is plumbline/v1."],
  ])("%s is one finding, whatever else is odd in the document", async (version, message) => {
    const odd = `apiVersion: ${version}
kind: Policy
metadata: { name: x }
spec:
  rulez: &a [*a, { name: x, name: x }]
  waivers: [{ code: nonsense, reason: x, expires: 2020-01-01 }]
  rules:
    # plumbline-ignore nonsense
    - { name: x, condition: a ? b : c }
`;
    const { findings } = await analysed({ "shop.plumb.yaml": inventory, "odd.plumb.yaml": odd });
    const own = findings.get(uriOf("odd.plumb.yaml"));
    expect(own?.map((one) => [one.code, one.message])).toEqual([["schema/api-version", message]]);
    expect(own?.[0]?.range.start).toEqual({ line: 0, character: 12 });
  });

  test("of the inventory makes no name unknown", async () => {
    const policy = old
      .replace("v0 ", "v1 ")
      .replace("team", "owner")
      .replaceAll("who:", "subjects:")
      .replace("'permit'", "allow");
    const shop = inventory.replace("---\napiVersion: plumbline/v1", "---\napiVersion: plumbline/v7");
    const snapshot = await analysed({ "shop.plumb.yaml": shop, "p.plumb.yaml": policy });
    expect(errorsOf(snapshot).map((one) => one.code)).toEqual(["schema/api-version"]);
  });

  test("of a second ControlPlane is no second control plane", async () => {
    const other =
      "apiVersion: plumbline/v7\nkind: ControlPlane\nmetadata: { name: b }\nspec: { a: 1, b: 2, c: 3, d: 4, e: [1, 2, 3, 4, 5, 6, 7, 8] }\n";
    const { findings } = await analysed({ "shop.plumb.yaml": inventory, "b.plumb.yaml": other });
    expect(
      [...findings.values()]
        .flat()
        .filter((one) => one.severity === "error")
        .map((one) => one.code),
    ).toEqual(["schema/api-version"]);
  });
});

describe("a migration", () => {
  test("is offered on the one finding of its document", async () => {
    await withMigrations([toV0b, toV1], async () => {
      const snapshot = await analysed({ "shop.plumb.yaml": inventory, "old.plumb.yaml": old });
      const own = snapshot.findings.get(uriOf("old.plumb.yaml")) ?? [];
      expect(own.map((one) => [one.code, one.fixable, one.message])).toEqual([
        [
          "schema/api-version",
          true,
          "This document is of the earlier version plumbline/v0, so it is left out until it is migrated: `plumbline check --fix` does so, and keeps comments and order.",
        ],
      ]);
      expect(own.flatMap((one) => snapshot.fixes.get(one) ?? []).map((fix) => fix.title)).toEqual([
        "Migrate to plumbline/v0b",
      ]);
    });
  });

  test("is made step by step, keeps all that it need not change, and then there is nothing to do", async () => {
    await withMigrations([toV1, toV0b], async () => {
      const files = { "shop.plumb.yaml": inventory, "old.plumb.yaml": old };
      const fixed = await makeSafeFixes(
        await analysed(files),
        () => true,
        (texts) => analysed({ ...files, "old.plumb.yaml": texts.get(uriOf("old.plumb.yaml")) ?? old }),
      );
      expect(fixed.made.map((one) => one.title)).toEqual([
        "Migrate to plumbline/v0b",
        "Migrate to plumbline/v1",
      ]);
      expect(fixed.texts.get(uriOf("old.plumb.yaml"))).toBe(
        old
          .replace("plumbline/v0 ", "plumbline/v1 ")
          .replace("team", "owner")
          .replace("'permit'", "'allow'")
          .replaceAll("who:", "subjects:"),
      );
      expect(errorsOf(fixed.snapshot)).toEqual([]);
      expect(new SnapshotEditor(fixed.snapshot).safeFixes(() => true)).toEqual([]);
    });
  });

  test("of other versions is named where a version is not known", async () => {
    await withMigrations([toV0b, toV1], async () => {
      const { findings } = await analysed({
        "a.plumb.yaml": inventory.replace("plumbline/v1", "plumbline/v00"),
      });
      const all = [...findings.values()].flat().filter((one) => one.code === "schema/api-version");
      expect(all.map((one) => one.message)).toEqual([
        'There is no version "plumbline/v00", so this document is left out: the known ones are plumbline/v0, plumbline/v0b or plumbline/v1. Write plumbline/v1, and mend what is then found in it.',
      ]);
    });
  });

  test("that leads in a circle or nowhere is none", async () => {
    const { policyFiles } = await analysed({ "old.plumb.yaml": old });
    const root = policyFiles.get(uriOf("old.plumb.yaml"))?.documents[0]?.root as MapNode;
    const circle = { ...toV1, to: "plumbline/v0" };
    expect(migrationOf(root, [toV0b, circle])).toBeUndefined();
    expect(migrationOf(root, [toV0b])).toBeUndefined();
    expect(knownVersions([toV0b, circle])).toEqual(["plumbline/v1"]);
    expect(migrationOf(root, [toV0b, toV1])?.edits).toHaveLength(3);
    // Without edits of its own a migration still changes the version, and nothing else.
    const [edit] =
      migrationOf(root, [{ from: "plumbline/v0", to: "plumbline/v1", edits: () => [] }])?.edits ?? [];
    expect(edit).toMatchObject({ edit: "set-scalar", value: "plumbline/v1" });
    expect(toValue(at(root, "apiVersion"))).toBe("plumbline/v0");
  });
});
