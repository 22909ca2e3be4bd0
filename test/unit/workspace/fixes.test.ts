import { expect, test } from "vitest";
import type { Fix } from "../../../server/src/text/fix.ts";
import { areApart, composeEdits } from "../../../server/src/text/text-edit.ts";
import { at, type ListNode, type TreeNode } from "../../../server/src/text/tree.ts";
import { makeSafeFixes } from "../../../server/src/workspace/fix-rounds.ts";
import { fixesOf, SnapshotEditor } from "../../../server/src/workspace/fixes.ts";
import type { Snapshot } from "../../../server/src/workspace/snapshot.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { MemoryHost, uriOf, workspaceFolder } from "../../support/memory-host.ts";

const text = `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: shop }
spec:
  owner: security@acme.example
  trustDomains: { prod.acme.example: {} }
  environments: { production: {} }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: shop }
spec:
  identities:
    checkout: { type: workload, owner: 7, spiffeId: "spiffe://prod.acme.example/ns/shop/sa/checkout/" }
  resources:
    ledger: { type: service, protocol: http, operations: ["GET /entries"] }
`;
const uri = uriOf("shop.plumb.yaml");

async function analyze(texts: ReadonlyMap<string, string> = new Map()): Promise<Snapshot> {
  const workspace = new Workspace(new MemoryHost({ "shop.plumb.yaml": texts.get(uri) ?? text }));
  workspace.setFolders([workspaceFolder]);
  workspace.configure({ rules: false });
  return workspace.analyze();
}

test("what a problem would have in its place is a fix, and said once", async () => {
  const snapshot = await analyze();
  const all = (snapshot.findings.get(uri) ?? []).map((finding) => ({
    code: finding.code,
    fixes: fixesOf(snapshot, finding).map(({ title, isSafe }) => `${title}${isSafe ? ", safely" : ""}`),
  }));
  expect(all).toEqual([
    { code: "schema/type", fixes: ['Write "7", safely'] },
    { code: "schema/spiffe-id", fixes: ['Remove "/"'] },
  ]);
  expect(JSON.stringify(snapshot.findings.get(uri))).not.toContain("isSafe");
});

/** A snapshot in which every finding has the fix that `fix` makes of its number. */
function having(snapshot: Snapshot, fix: (index: number, root: TreeNode | undefined) => Fix): Snapshot {
  const root = snapshot.policyFiles.get(uri)?.documents[1]?.root;
  const fixes = [...snapshot.fixes.keys()].map((finding, index) => [finding, [fix(index, root)]] as const);
  return { ...snapshot, fixes: new Map(fixes) };
}

test("fixes that get into each other's way wait for the next round", async () => {
  const path = ["spec", "resources", "ledger", "operations"];
  const wanted = ["POST /entries", "PUT /entries"];
  const add = async (texts?: ReadonlyMap<string, string>): Promise<Snapshot> =>
    having(await analyze(texts), (index, root) => {
      const list = at(root, ...path) as ListNode;
      const value = wanted[index] ?? "";
      const isThere = list.items.some((item) => item.kind === "scalar" && item.text === value);
      return { title: "Add", isSafe: true, edits: isThere ? [] : [{ edit: "add-item", list, value }] };
    });
  const first = await add();
  expect(new SnapshotEditor(first).safeFixes(() => true)).toHaveLength(1);
  const { texts, made, isUnfinished } = await makeSafeFixes(first, () => true, add);
  expect(isUnfinished).toBe(false);
  expect(made).toHaveLength(2);
  expect(texts.get(uri)).toContain(
    "operations: [GET /entries, POST /entries, PUT /entries]".replace("GET /entries", '"GET /entries"'),
  );
});

test("fixes that undo each other come to an end, and it is said", async () => {
  const flip = async (texts?: ReadonlyMap<string, string>): Promise<Snapshot> =>
    having(await analyze(texts), (_, root) => {
      const node = at(root, "metadata", "name");
      if (node?.kind !== "scalar") throw new Error("no name");
      const value = node.text === "shop" ? "other" : "shop";
      return { title: "Flip", isSafe: true, edits: [{ edit: "set-scalar", node, value }] };
    });
  const { isUnfinished } = await makeSafeFixes(await flip(), () => true, flip);
  expect(isUnfinished).toBe(true);
});

test("what is not meant or not safe stays undone", async () => {
  const snapshot = await analyze();
  expect(new SnapshotEditor(snapshot).safeFixes((finding) => finding.code !== "schema/type")).toEqual([]);
  const done = await makeSafeFixes(snapshot, () => true, analyze);
  expect(done.texts.get(uri)).toBe(text.replace("owner: 7", 'owner: "7"'));
});

test("edits of the same characters are refused, deletions join", () => {
  const cut = (start: number, end: number) => ({ start, end, text: "" });
  expect(composeEdits([cut(2, 5), cut(4, 8)])).toEqual([cut(2, 8)]);
  expect(composeEdits([cut(2, 5), { start: 3, end: 3, text: "x" }])).toBeUndefined();
  expect(areApart([cut(2, 5)], [cut(5, 6)])).toBe(false);
  expect(areApart([cut(2, 5)], [cut(6, 7)])).toBe(true);
});
