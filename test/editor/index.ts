/** The entry that VS Code calls (`extensionTestsPath`) in its extension host. */
import * as vscode from "vscode";
import "virtual:suite";
import { type HostKind, runAll, type TestResult } from "./runner.ts";

export async function run(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (folder === undefined) throw new Error("the tests need a workspace folder");
  const place = vscode.Uri.joinPath(folder, ".plumbline-test");
  let results: readonly TestResult[];
  try {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(place, "options.json"));
    const { kind, grep } = JSON.parse(new TextDecoder().decode(bytes)) as { kind: HostKind; grep: string };
    results = [hostIsTheOneMeant(kind), ...(await runAll(kind, grep))];
  } catch (error) {
    // Whoever waits for the report must get one, whatever happens here.
    results = [{ name: "the suite runs", status: "failed", milliseconds: 0, error: String(error) }];
  }
  // Written aside and then renamed, so that the runner never reads half of it.
  const unfinished = vscode.Uri.joinPath(place, "report.unfinished");
  const text = JSON.stringify({ appName: vscode.env.appName, version: vscode.version, results }, null, 2);
  await vscode.workspace.fs.writeFile(unfinished, new TextEncoder().encode(text));
  await vscode.workspace.fs.rename(unfinished, vscode.Uri.joinPath(place, "report.json"), {
    overwrite: true,
  });
  const failed = results.filter((result) => result.status === "failed").length;
  if (failed > 0) throw new Error(`${failed} failed`);
}

/** A web run that silently used the Node extension host would prove nothing, and the other way round. */
function hostIsTheOneMeant(kind: HostKind): TestResult {
  const inWorker = "importScripts" in globalThis;
  const name = `runs in the ${kind === "web" ? "web worker" : "Node"} extension host`;
  return inWorker === (kind === "web")
    ? { name, status: "passed", milliseconds: 0 }
    : { name, status: "failed", milliseconds: 0, error: `it is the ${inWorker ? "web worker" : "Node"} one` };
}
