/** What an import would write, as the server tells the client, which writes it. */
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ImportAnswer } from "../../server/src/lsp/protocol.ts";
import { Session } from "./support/session.ts";

const fixtures = path.join(path.dirname(fileURLToPath(import.meta.url)), "../fixtures");
const entries = readFileSync(path.join(fixtures, "import/entries.spire.json"), "utf8").replaceAll(
  "prod.acme.example",
  "prod.shop.example",
);

let folder: string;
let session: Session;
beforeEach(async () => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "plumbline-import-")));
  cpSync(path.join(fixtures, "cli/shop"), folder, { recursive: true });
  session = await Session.start({ folders: [pathToFileURL(folder).href], initializationOptions: {} });
});
afterEach(async () => {
  await session.stop();
  rmSync(folder, { recursive: true, force: true });
});

const uri = (name: string): string => pathToFileURL(path.join(folder, name)).href;
const ask = (params: object): Promise<ImportAnswer> =>
  session.connection.sendRequest("plumbline/import", params);
// It need not lie in the workspace: its text comes with it.
const files = [{ uri: "file:///elsewhere/entries.json", name: "entries.json", text: entries }];

it("answers with edits of the only inventory, and writes nothing itself", async () => {
  const before = readFileSync(path.join(folder, "shop.plumb.yaml"), "utf8");
  const answer = await ask({ kind: "spire", files, owner: "me@shop.example" });
  if (answer.state !== "planned") throw new Error(answer.state);
  expect(answer).toMatchObject({ uri: uri("shop.plumb.yaml"), isNew: false, before });
  expect(answer.after).toContain("${td}/batch/settlement");
  const lines = before.split("\n");
  let made = before;
  for (const { range, newText } of [...answer.edits].reverse()) {
    const at = (line: number, character: number): number =>
      lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
    made =
      made.slice(0, at(range.start.line, range.start.character)) +
      newText +
      made.slice(at(range.end.line, range.end.character));
  }
  expect(made).toBe(answer.after);
  expect(answer.report.at(-1)).toMatch(/^shop\.plumb\.yaml: 2 added, /);
  expect(readFileSync(path.join(folder, "shop.plumb.yaml"), "utf8")).toBe(before);
});

it("makes a new inventory where it is told to, inside of the workspace only", async () => {
  const answer = await ask({ kind: "spire", files, into: uri("identities.plumb.yaml") });
  expect(answer).toMatchObject({ state: "planned", isNew: true, before: "" });
  await expect(ask({ kind: "spire", files, into: "file:///elsewhere/a.plumb.yaml" })).rejects.toThrow(
    "file:///elsewhere/a.plumb.yaml is outside of the workspace, so nothing is written there.",
  );
});

it("says in a sentence what cannot be imported", async () => {
  const openapi = readFileSync(path.join(fixtures, "import/orders.openapi.yaml"), "utf8");
  const wrong = [{ uri: uri("orders.yaml"), name: "orders.yaml", text: openapi }];
  await expect(ask({ kind: "spire", files: wrong })).rejects.toThrow(
    "orders.yaml is not a list of SPIRE entries. It looks like an OpenAPI document: `plumbline import openapi orders.yaml`.",
  );
  await expect(ask({ kind: "everything", files })).rejects.toThrow(
    "kind is one of openapi, mcp, kubernetes, spire",
  );
});
