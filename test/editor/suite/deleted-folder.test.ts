/** What happens to findings when files go away under the editor. */
import * as vscode from "vscode";
import { test } from "../runner.ts";
import { diagnosticsOf, fixture } from "../workbench.ts";

test("findings go with a folder that is deleted, of which the editor tells the folder alone", async () => {
  const folder = fixture("going");
  const uri = fixture("going/policies/gone.plumb.yaml");
  const text = "apiVersion: plumbline/v1\nkind: Polcy\nmetadata: { name: gone }\nspec: { rules: [] }\n";
  const write = () => vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  try {
    await write();
    await found(uri).catch(async () => {
      // A watcher of the system may miss a file that is made together with its folder.
      await write();
      await found(uri);
    });
  } finally {
    await vscode.workspace.fs.delete(folder, { recursive: true });
  }
  await diagnosticsOf(uri, (list) => list.length === 0);
});

function found(uri: vscode.Uri): Promise<unknown> {
  return diagnosticsOf(uri, (list) => list.length > 0);
}
