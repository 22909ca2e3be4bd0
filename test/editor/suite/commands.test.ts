import * as vscode from "vscode";
import { expectEqual, expectTrue, test } from "../runner.ts";
import { diagnosticsOf, fixture, openFile } from "../workbench.ts";

test("all commands of the manifest are registered", async () => {
  await openFile("broken/broken.plumb.yaml");
  const manifest: unknown = vscode.extensions.getExtension("plumbline.plumbline")?.packageJSON;
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

test("Run Simulation returns the decision and shows it for reading", async () => {
  const uri = fixture("scenarios/ai.plumb.yaml").toString();
  const scenario = "copilot refunds over its limit";
  const result = await vscode.commands.executeCommand<{ decision: string }>("plumbline.runSimulation", {
    uri,
    scenario,
  });
  expectEqual(result.decision, "deny");
  const report = vscode.workspace.textDocuments.find(
    (document) => document.uri.scheme === "plumbline-report",
  );
  expectTrue(report?.getText().startsWith("DENY") === true, `the report says ${report?.getText()}`);
});

test("Check Drift counts what differs in the example", async () => {
  const count = await vscode.commands.executeCommand<number>("plumbline.checkDrift");
  expectTrue(count > 0, `${count} differences`);
});
