import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { fixtures, program } from "../support/cli.ts";

const running: ChildProcessWithoutNullStreams[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill();
});

function start(): { readonly connection: MessageConnection; readonly child: ChildProcessWithoutNullStreams } {
  const child = spawn(process.execPath, [program, "lsp", "--stdio"], { cwd: fixtures });
  running.push(child);
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.listen();
  return { connection, child };
}

describe("plumbline lsp --stdio", () => {
  it("answers initialize, publishes diagnostics, and ends when it is told to", async () => {
    const { connection, child } = start();
    const file = path.join(fixtures, "broken/broken.plumb.yaml");
    const uri = pathToFileURL(file).href;
    const published = new Promise<readonly { readonly code: string }[]>((resolve) => {
      connection.onNotification("textDocument/publishDiagnostics", (params) => {
        if (params.uri === uri && params.diagnostics.length > 0) resolve(params.diagnostics);
      });
    });
    const folder = path.dirname(file);
    const initialized = await connection.sendRequest<{ readonly capabilities: object }>("initialize", {
      processId: process.pid,
      rootUri: pathToFileURL(folder).href,
      workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "broken" }],
      capabilities: {},
    });
    expect(initialized.capabilities).toMatchObject({ hoverProvider: true });
    await connection.sendNotification("initialized", {});
    await connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "plumbline", version: 1, text: readFileSync(file, "utf8") },
    });
    expect(await published).toMatchObject([
      {
        code: "reference/unknown-identity",
        range: { start: { line: 25, character: 17 }, end: { line: 25, character: 24 } },
      },
    ]);
    const closed = new Promise((resolve) => child.once("close", resolve));
    await connection.sendRequest("shutdown");
    await connection.sendNotification("exit");
    expect(await closed).toBe(0);
    connection.dispose();
  });
});
