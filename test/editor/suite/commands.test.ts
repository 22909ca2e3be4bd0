import * as vscode from "vscode";
import { expectEqual, expectTrue, test } from "../runner.ts";
import { diagnosticsOf, openFile, poll } from "../workbench.ts";

test("all commands of the manifest are registered", async () => {
  await openFile("broken/broken.plumb.yaml");
  const extension = vscode.extensions.getExtension("plumbline.plumbline");
  expectTrue(extension !== undefined, "the extension is not installed");
  await extension.activate();
  const manifest: unknown = extension.packageJSON;
  const { contributes } = manifest as { contributes: { commands: { command: string }[] } };
  const registered = new Set(await vscode.commands.getCommands(true));
  const missing = contributes.commands.map(({ command }) => command).filter((name) => !registered.has(name));
  expectEqual(missing, []);
});

test("findings come back after a restart of the server", async () => {
  const { document } = await openFile("broken/broken.plumb.yaml");
  await diagnosticsOf(document.uri, (list) => list.length > 0);
  const cleared = diagnosticsOf(document.uri, (list) => list.length === 0);
  await vscode.commands.executeCommand("plumbline.restartServer");
  await cleared;
  await diagnosticsOf(document.uri, (list) => list.length > 0);
});

test("Show Log shows the log of Plumbline, which has no error", async () => {
  await vscode.commands.executeCommand("plumbline.showLog");
  // A visible output channel is an editor of the scheme `output` for extensions.
  const isLog = ({ document }: vscode.TextEditor) =>
    document.uri.scheme === "output" && /plumbline/i.test(document.uri.path);
  const editors = await poll(
    () => vscode.window.visibleTextEditors.filter(isLog),
    (list) => list.length === 1,
    "no output channel of Plumbline is visible",
  );
  const log = editors[0]?.document.getText() ?? "";
  expectTrue(!/\[error\]/.test(log), `the log says\n${log}`);
  await vscode.commands.executeCommand("workbench.action.closePanel");
});

test("Check Drift counts the five differences of the example", async () => {
  // Bypass, wider, narrower, unenforced, unknown: findings about the configuration as such are not counted.
  expectEqual(await vscode.commands.executeCommand<number>("plumbline.checkDrift"), 5);
});
