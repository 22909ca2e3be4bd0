/** What the working tree newly allows and denies, against a revision that only the editor can read. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CodeLens } from "vscode-languageserver/node";
import type { FileAnswer, SemanticDiffReport } from "../../server/src/lsp/protocol.ts";
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
  identities:
    checkout: { type: workload, spiffeId: spiffe://acme.example/ns/shop/sa/checkout, owner: a@acme.example }
    reports: { type: workload, spiffeId: spiffe://acme.example/ns/shop/sa/reports, owner: a@acme.example }
  resources: { ledger: { type: service, protocol: http, operations: ["GET /"] } }
`;
const policy = (...subjects: readonly string[]): string => `apiVersion: plumbline/v1
kind: Policy
metadata: { name: policy }
spec:
  owner: shop@acme.example
  rules:
    - name: read
      effect: allow
      subjects: [${subjects.join(", ")}]
      on: [{ resource: ledger }]
`;
const revision = { name: "HEAD", commit: "0".repeat(40) };

describe("the semantic diff", () => {
  let folder: string;
  let session: Session;
  /** What the editor answers for the policy as it was. */
  let answer: () => FileAnswer<string> | Promise<FileAnswer<string>>;
  const notices: string[] = [];
  const uri = () => pathToFileURL(path.join(folder, "policy.plumb.yaml")).href;

  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), "plumbline-diff-")));
    writeFileSync(path.join(folder, "acme.plumb.yaml"), controlPlane);
    writeFileSync(path.join(folder, "policy.plumb.yaml"), policy("checkout", "reports"));
    answer = () => ({ ok: true, value: Buffer.from(policy("checkout")).toString("base64") });
    notices.length = 0;
    session = await Session.start({
      folders: [pathToFileURL(folder).href],
      initializationOptions: { clientCommands: true },
    });
    session.connection.onRequest("plumbline/base/readFile", async (params: { uri: string }) => {
      expect(params.uri).toBe(uri());
      return await answer();
    });
    session.connection.onNotification("plumbline/semanticDiffChanged", () => {
      notices.push("compared");
    });
  });
  afterEach(async () => {
    await session.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const tell = (existed = true) =>
    session.notify("plumbline/base", {
      folder: pathToFileURL(folder).href,
      revision,
      changed: [{ uri: uri(), existed }],
    });
  const report = () => session.request("plumbline/semanticDiff", {}) as Promise<SemanticDiffReport>;
  const compared = async (count: number): Promise<void> => {
    for (let waits = 0; notices.length < count; waits++) {
      if (waits > 100) throw new Error(`compared ${notices.length} times, not ${count}`);
      await sleep(50);
    }
  };
  const lenses = async (): Promise<readonly CodeLens[]> => {
    const all = await session.request("textDocument/codeLens", { textDocument: { uri: uri() } });
    return (all as CodeLens[]).filter(({ command }) => command?.command === "plumbline.showSemanticDiff");
  };

  it("is none before the editor tells of a revision, and after it takes it back", async () => {
    await session.open(uri(), policy("checkout", "reports"));
    await session.settle();
    expect([(await report()).state, await lenses()]).toEqual(["none", []]);
    await tell();
    expect((await report()).state).toBe("compared");
    await session.notify("plumbline/base", { folder: pathToFileURL(folder).href, changed: [] });
    expect((await report()).state).toBe("none");
    expect(session.complaints).toEqual([]);
  });

  it("shows as a code lens that leads to the change in the report", async () => {
    await tell();
    await session.open(uri(), policy("checkout", "reports"));
    await session.settle();
    await compared(1);
    const [lens, ...others] = await lenses();
    expect(others).toEqual([]);
    expect(lens).toMatchObject({
      range: { start: { line: 6, character: 12 } },
      command: { title: "newly allows: GET / by reports · since HEAD" },
    });
    const { text, lines, marks, counts } = await report();
    const [argument] = lens?.command?.arguments ?? [];
    const { change } = argument as { change: string };
    expect(text.split("\n")[lines[change] ?? -1]).toBe("  NEWLY ALLOWED  GET / by reports");
    expect(counts).toEqual({ allows: 1, denies: 0, unknown: 0 });
    expect(marks.map(({ kind, range }) => [kind, range.start.line])).toEqual([["newly-allows", 6]]);
    expect(session.complaints).toEqual([]);
  });

  it("follows unsaved edits", async () => {
    await tell();
    await session.open(uri(), policy("checkout", "reports"));
    await session.settle();
    await compared(1);
    const before = notices.length;
    await session.change(uri(), policy("reports"));
    await session.settle();
    await compared(before + 1);
    expect((await lenses()).map(({ command }) => command?.title)).toEqual([
      "newly allows: GET / by reports · since HEAD",
      "newly denies: GET / by checkout · since HEAD",
    ]);
    await session.change(uri(), policy("checkout"));
    await session.settle();
    await compared(before + 2);
    expect(await lenses()).toEqual([]);
  });

  it("says in the log, once, why a revision cannot be compared, and findings come all the same", async () => {
    answer = () => ({ ok: false, code: "not-readable", message: "Git says: no." });
    await tell();
    await session.open(uri(), policy("chekout"));
    await session.settle();
    await session.change(uri(), policy("chekouts"));
    await session.settle();
    await compared(2);
    expect(session.diagnostics.get(uri())?.map((one) => one.code)).toEqual(["reference/unknown-identity"]);
    expect(await report()).toMatchObject({ state: "failed", revision: "HEAD" });
    expect(session.complaints).toEqual([
      expect.stringMatching(
        /^Changes are not marked: .*policy\.plumb\.yaml cannot be read as it was\. Git says: no\.$/,
      ),
    ]);
  });

  it("keeps nobody waiting for an editor that does not answer", async () => {
    let release = (): void => undefined;
    const later = new Promise<FileAnswer<string>>((resolve) => {
      release = () => resolve({ ok: true, value: "" });
    });
    answer = () => later;
    await tell();
    await session.open(uri(), policy("chekout"));
    await session.settle();
    expect(session.diagnostics.get(uri())?.map((one) => one.code)).toEqual(["reference/unknown-identity"]);
    expect(await lenses()).toEqual([]);
    expect(notices).toEqual([]);
    release();
    await compared(1);
    expect(session.complaints).toEqual([]);
  });
});
