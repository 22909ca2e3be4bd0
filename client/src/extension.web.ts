/** The web extension (vscode.dev, github.dev): the server runs in a web worker. */
import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/browser";
import { activateWith } from "./activate.ts";

export function activate(context: vscode.ExtensionContext): void {
  activateWith(
    context,
    async (options) =>
      new LanguageClient("plumbline", "Plumbline", await startWorker(context.extensionUri), options),
  );
}

/** The web extension host may not start a worker from an extension's URI, only from a blob of its own. */
async function startWorker(extensionUri: vscode.Uri): Promise<Worker> {
  const source = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, "dist/web/server.js"));
  const blob = new Blob([new Uint8Array(source)], { type: "application/javascript" });
  const url = URL.createObjectURL(blob);
  try {
    return new Worker(url);
  } finally {
    // The worker has begun to load it; nobody else needs the address.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}
