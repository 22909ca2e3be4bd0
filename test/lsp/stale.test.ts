import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileChangeType } from "vscode-languageserver/node";
import { Session } from "./support/session.ts";

const controlPlane = `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: shop }
spec:
  owner: shop@acme.example
  environments: { production: {} }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: shop }
spec:
  resources: { ledger: { type: service, operations: ["GET /"] } }
`;

/** A policy whose one finding says which version of the text it is of. */
const policy = (version: number): string => `apiVersion: plumbline/v1
kind: Policy
metadata: { name: policy }
spec:
  owner: shop@acme.example
  rules:
    - name: rule
      effect: allow
      subjects: [caller-${version}]
      on: [{ resource: ledger }]
`;

describe("findings of an old text", () => {
  let folder: string;
  let session: Session;
  const uri = () => pathToFileURL(path.join(folder, "policy.plumb.yaml")).href;

  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), "plumbline-stale-")));
    writeFileSync(path.join(folder, "acme.plumb.yaml"), controlPlane);
    writeFileSync(path.join(folder, "policy.plumb.yaml"), policy(0));
    session = await Session.start({ folders: [pathToFileURL(folder).href] });
  });
  afterEach(async () => {
    await session.stop();
    rmSync(folder, { recursive: true, force: true });
    expect(session.complaints).toEqual([]);
  });

  /** Which version of the text each publication was said to be of, and which one its findings are of. */
  const publications = () =>
    session.published
      .filter((one) => one.uri === uri() && one.version !== undefined)
      .map(({ version, diagnostics }) => ({
        version,
        of: /"caller-(\d+)"/.exec(diagnostics.map((one) => one.message).join())?.[1],
      }));

  it("are never published, however the edits fall", async () => {
    await session.open(uri(), policy(1));
    for (let version = 2; version <= 30; version++) {
      await session.change(uri(), policy(version));
      // Around the server's delay, so that edits fall before, into and behind an analysis.
      await sleep(version % 3 === 0 ? 0 : version * 6);
    }
    await session.settle();
    const seen = publications();
    expect(seen.length).toBeGreaterThan(0);
    for (const { version, of } of seen) expect(of).toBe(String(version));
    expect(seen.at(-1)?.version).toBe(30);
  });

  it("give way to those of the disk when the file is closed without saving", async () => {
    await session.open(uri(), policy(1));
    await session.change(uri(), policy(2));
    await session.close(uri());
    await session.settle();
    expect(session.diagnostics.get(uri())?.map((one) => one.message)).toEqual([
      expect.stringContaining('"caller-0"'),
    ]);
  });

  it("do not answer a question that was asked of a newer text", async () => {
    await session.open(uri(), policy(1));
    const lens = (name: string) => policy(1).replace("name: rule", `name: ${name}`);
    for (const name of ["one", "two", "three"]) {
      await session.change(uri(), lens(name));
      const lenses = await session.request("textDocument/codeLens", { textDocument: { uri: uri() } });
      expect(JSON.stringify(lenses)).toContain(`"rule":"${name}"`);
    }
  });

  it("go with a folder that is deleted, of which editors tell the folder alone", async () => {
    const below = (name: string) => path.join(folder, name);
    mkdirSync(below("more/specs"), { recursive: true });
    writeFileSync(below("more/policy.plumb.yaml"), policy(7).replace("name: policy", "name: more"));
    writeFileSync(below("more/specs/tools.json"), '{ "tools": [{ "name": "lookup", "inputSchema": {} }] }');
    writeFileSync(
      below("tools.plumb.yaml"),
      `apiVersion: plumbline/v1
kind: Inventory
metadata: { name: tools }
spec:
  resources: { tools: { type: mcp-server, tools: more/specs/tools.json } }
`,
    );
    const of = (name: string) => session.diagnostics.get(pathToFileURL(below(name)).href) ?? [];
    for (const name of ["more", "tools.plumb.yaml"])
      await session.changedOnDisk(pathToFileURL(below(name)).href, FileChangeType.Created);
    await session.settle();
    expect(of("more/policy.plumb.yaml").map((one) => one.message)).toEqual([
      expect.stringContaining('"caller-7"'),
    ]);
    const missing = () => of("tools.plumb.yaml").filter((one) => one.code === "reference/file-not-found");
    expect(missing()).toEqual([]);

    rmSync(below("more"), { recursive: true });
    await session.changedOnDisk(pathToFileURL(below("more")).href, FileChangeType.Deleted);
    await session.settle();
    expect(of("more/policy.plumb.yaml")).toEqual([]);
    expect(missing()).toHaveLength(1);
  });
});
