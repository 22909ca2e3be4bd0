/** The example has the findings that are planted there; what one edit breaks has one more. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
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

async function codes(all: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const workspace = new Workspace(new MemoryHost(all));
  workspace.setFolders([workspaceFolder]);
  workspace.configure({ drift: false });
  return [...(await workspace.analyze()).findings.values()].flat().map((one) => one.code);
}

/** What `expected.json` shows, in the order of the files. */
const planted = ["static-credential", "unbound-resource"];

it("has the planted findings and no others", async () => {
  expect(await codes(files())).toEqual(planted);
});

it("has a finding for a grant that nothing is left of", async () => {
  const all = files();
  const ai = "policies/ai.plumb.yaml";
  const before = all[ai] ?? "";
  const after = before.replace(
    "tools: [delete_customer]",
    "tools: [delete_customer, lookup_payment, list_refunds]",
  );
  expect(after).not.toBe(before);
  expect(await codes({ ...all, [ai]: after })).toContain("shadowed-rule");
});
