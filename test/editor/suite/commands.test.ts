import * as vscode from "vscode";
import { expectEqual, test } from "../runner.ts";
import { diagnosticsOf, openFile } from "../workbench.ts";

test("all commands of the manifest are registered", async () => {
  await openFile("broken.plumb.yaml");
  const manifest: unknown = vscode.extensions.getExtension("plumbline.plumbline")?.packageJSON;
  const { contributes } = manifest as { contributes: { commands: { command: string }[] } };
  const registered = new Set(await vscode.commands.getCommands(true));
  const missing = contributes.commands.map(({ command }) => command).filter((name) => !registered.has(name));
  expectEqual(missing, []);
});

test("findings come back after a restart of the server", async () => {
  const { document } = await openFile("broken.plumb.yaml");
  await diagnosticsOf(document.uri, (list) => list.length > 0);
  const cleared = diagnosticsOf(document.uri, (list) => list.length === 0);
  await vscode.commands.executeCommand("plumbline.restartServer");
  await cleared;
  await diagnosticsOf(document.uri, (list) => list.length > 0);
});
