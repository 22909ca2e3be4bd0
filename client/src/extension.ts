/** The desktop extension (and remote ones): the server runs as a Node process beside the extension host. */
import type * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { activateWith } from "./activate.ts";

export function activate(context: vscode.ExtensionContext): void {
  const module = context.asAbsolutePath("dist/server.js");
  activateWith(
    context,
    async (options) =>
      new LanguageClient("plumbline", "Plumbline", { module, transport: TransportKind.ipc }, options),
  );
}
