/** Entries of SPIRE that are no ordinary workloads, or not for ever; and who is said to own what is new. */
import { expect, test } from "vitest";
import type { ImportOptions } from "../../../../server/src/workspace/import/imported.ts";
import { controlPlane, imported, inventory } from "./support.ts";

const entry = (path: string, more = {}) => ({
  spiffe_id: { trust_domain: "prod.acme.example", path },
  x509_svid_ttl: 3600,
  expires_at: "0",
  ...more,
});

const plan = (entries: readonly unknown[], there = inventory, more: Partial<ImportOptions> = {}) =>
  imported(
    {
      files: {
        "acme.plumb.yaml": controlPlane,
        "inventory.plumb.yaml": there,
        "e.json": JSON.stringify({ entries }),
      },
      from: ["e.json"],
    },
    { kind: "spire", ...more },
  );

test("nested servers and administrators are no workloads, and are not gone either", async () => {
  const made = await plan([
    entry("/nested", { downstream: true }),
    entry("/ns/shop/sa/old-job", { admin: true }),
    entry("/ns/shop/sa/checkout", { admin: false }),
  ]);
  expect(made.added).toEqual([]);
  expect(made.gone).toEqual([]);
  expect(made.notes).toEqual([
    "spiffe://prod.acme.example/nested: left out, since such entries are of SPIRE servers of their own that sign SVIDs (downstream), and no ordinary workloads.",
    "spiffe://prod.acme.example/ns/shop/sa/old-job: left out, since such entries are of administrators of the SPIRE server (admin), and no ordinary workloads.",
  ]);
});

test("an entry that ends gives an identity that expires; of one that is there it is said", async () => {
  const made = await plan([
    entry("/a", { expires_at: "1767225600" }),
    entry("/b", { expires_at: 1767225600 }),
    entry("/b"),
    entry("/c", { expires_at: "999999999999" }),
    entry("/ns/shop/sa/checkout", { expires_at: "1767225600" }),
  ]);
  expect(made.after).toMatch(/\/a\n {6}expires: "?2026-01-01"?\n/);
  expect(made.after.match(/expires:/g)).toHaveLength(1);
  expect(made.notes[0]).toBe(
    "The SPIRE entries of checkout end on 2026-01-01, and here it has no `expires`: from then on SPIRE issues it no SVID.",
  );
});

test("nobody is asked for an owner where the inventory has one", async () => {
  const notes = async (there: string, more: Partial<ImportOptions> = {}): Promise<string> =>
    (await plan([entry("/a")], there, more)).notes.join("\n");
  expect(await notes(inventory)).toContain("Nobody was named as owner (--owner)");
  expect(await notes("# nothing\n")).toContain("Nobody was named as owner (--owner)");
  expect(await notes(inventory, { owner: "me" })).not.toContain("owner");
  expect(await notes(inventory.replace("spec:\n", "spec:\n  owner: shop@acme.example\n"))).not.toContain(
    "owner",
  );
});
