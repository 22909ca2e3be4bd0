import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { fixtures, runIn } from "../../support/cli.ts";

const sources = path.join(fixtures, "../import");
const scratch: string[] = [];
afterEach(() => {
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function shop(): string {
  const made = mkdtempSync(path.join(tmpdir(), "plumbline-import-"));
  scratch.push(made);
  cpSync(path.join(fixtures, "shop"), made, { recursive: true });
  for (const name of ["shop.k8s.yaml", "orders.openapi.yaml", "search.tools.json"])
    cpSync(path.join(sources, name), path.join(made, name));
  return made;
}

function run(root: string, ...args: readonly string[]) {
  return runIn(root, ["import", ...args], {
    replace: (uri, text) => writeFile(fileURLToPath(uri), text),
    write: async (name, text, replace) => {
      await writeFile(path.join(root, name), text, { flag: replace ? "w" : "wx" });
      return "written";
    },
  });
}

test("the only inventory is written, and the second time nothing changes", async () => {
  const root = shop();
  const file = path.join(root, "shop.plumb.yaml");
  const before = readFileSync(file, "utf8");
  const dry = await run(root, "kubernetes", "shop.k8s.yaml", "--owner", "me@shop.example", "--dry-run");
  expect(dry.exitCode).toBe(0);
  expect(dry.stdout).toMatch(/^--- shop\.plumb\.yaml\n\+\+\+ shop\.plumb\.yaml\n@@ -\d+,6 \+\d+,\d+ @@\n/);
  expect(dry.stdout).toContain("\n+      spiffeId: spiffe://${td}/ns/logging/sa/default\n");
  expect(dry.stdout.split("\n").filter((line) => line.startsWith("-"))).toEqual(["--- shop.plumb.yaml"]);
  expect(readFileSync(file, "utf8")).toBe(before);

  const done = await run(root, "kubernetes", "shop.k8s.yaml", "--owner", "me@shop.example");
  expect(done).toEqual({ stdout: dry.stderr, exitCode: 0 });
  const after = readFileSync(file, "utf8");
  expect(after).not.toBe(before);
  const again = await run(root, "kubernetes", "shop.k8s.yaml", "--owner", "me@shop.example");
  expect(again.stdout).toMatch(/shop\.plumb\.yaml: 0 added, 0 changed, 7 as before/);
  expect(readFileSync(file, "utf8")).toBe(after);
});

test("a new inventory is made; a dry run prints its text; several files go at once", async () => {
  const root = shop();
  const text = `apiVersion: plumbline/v1
kind: Inventory
metadata: { name: ai }
spec:
  resources:
    search-tools:
      type: mcp-server
      tools: search.tools.json
`;
  const dry = await run(root, "mcp", "search.tools.json", "--into", "ai.plumb.yaml", "--dry-run");
  expect(dry.stdout).toBe(text);
  // Only identities are asked for their owner.
  expect(dry.stderr).not.toContain("owner");
  const done = await run(root, "mcp", "search.tools.json", "--into", "ai.plumb.yaml");
  expect(done.stdout).toMatch(/ai\.plumb\.yaml: 1 added, 0 changed, 0 as before\n$/);
  expect(readFileSync(path.join(root, "ai.plumb.yaml"), "utf8")).toBe(text);
  const both = await run(
    root,
    "kubernetes",
    "shop.k8s.yaml",
    "orders.openapi.yaml",
    "--into",
    "ai.plumb.yaml",
  );
  expect(both).toEqual({
    stdout: "",
    stderr:
      "orders.openapi.yaml is not a manifest. It looks like an OpenAPI document: `plumbline import openapi orders.openapi.yaml`.\n",
    exitCode: 2,
  });
});

test("what cannot be done is one sentence, and nothing is written", async () => {
  const root = shop();
  const failed = async (...args: readonly string[]): Promise<string | undefined> => {
    const outcome = await run(root, ...args);
    expect([outcome.exitCode, outcome.stdout]).toEqual([2, ""]);
    return outcome.stderr;
  };
  expect(await failed("kubernets", "shop.k8s.yaml")).toBe(
    'plumbline import reads openapi, mcp, kubernetes, spire, not "kubernets". Did you mean "kubernetes"?\n',
  );
  expect(await failed("mcp")).toBe("plumbline import needs KIND and FILE: FILE is missing.\n");
  expect(await failed("mcp", "nowhere.json")).toBe("There is no file nowhere.json.\n");
  expect(await failed("mcp", ".")).toBe(". is a folder. Name the files in it.\n");
  expect(await failed("mcp", "search.tools.json", "--into", "ai.yaml")).toBe(
    "ai.yaml would not be read: an inventory is a file that ends in .plumb.yaml.\n",
  );
  writeFileSync(path.join(root, "big.json"), "x".repeat(20_000_000));
  expect(await failed("spire", "big.json")).toBe(
    "big.json has 20 MB; an import reads 16 MB at most. Export less, or split it.\n",
  );
  writeFileSync(
    path.join(root, "more.plumb.yaml"),
    "apiVersion: plumbline/v1\nkind: Inventory\nmetadata: { name: more }\nspec: {}\n",
  );
  expect(await failed("mcp", "search.tools.json")).toBe(
    "There are 2 inventories here (more.plumb.yaml, shop.plumb.yaml). Say which one: --into more.plumb.yaml.\n",
  );
});
