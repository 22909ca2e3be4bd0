/** Import into Inventory, with everything said beforehand that a person would be asked. */
import * as vscode from "vscode";
import { expectEqual, expectTrue, test } from "../runner.ts";
import { fixture } from "../workbench.ts";

const answer = JSON.stringify({ result: { tools: [{ name: "find", inputSchema: { type: "object" } }] } });

test(
  "Import into Inventory adds to the open inventory, keeps what is there, and changes nothing twice",
  async () => {
    const uri = fixture("inventory.plumb.yaml");
    const before = (await vscode.workspace.openTextDocument(uri)).getText();
    const source = fixture("specs/imported.tools.json");
    await vscode.workspace.fs.writeFile(source, new TextEncoder().encode(answer));
    const again = () =>
      vscode.commands.executeCommand<boolean>("plumbline.importIntoInventory", {
        kind: "mcp",
        files: [source.toString()],
        into: uri.toString(),
        owner: "ai@acme.example",
        write: true,
      });
    try {
      expectEqual(await again(), true);
      const bytes = await vscode.workspace.fs.readFile(uri);
      expectEqual(
        new TextDecoder().decode(bytes),
        `${before}    imported-tools:
      type: mcp-server
      tools: specs/imported.tools.json
      owner: ai@acme.example
`,
      );
      expectEqual(await again(), false);
    } finally {
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(before));
      await vscode.workspace.fs.delete(source);
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    }
  },
  { hosts: ["desktop", "web"] },
);

test(
  "Import into Inventory writes nothing in a workspace that is not trusted",
  async () => {
    const uri = fixture("hostile.plumb.yaml");
    const done = await vscode.commands.executeCommand<boolean>("plumbline.importIntoInventory", {
      kind: "mcp",
      files: [uri.toString()],
      into: fixture("new.plumb.yaml").toString(),
      owner: "",
      write: true,
    });
    expectTrue(done === false, `the command returned ${done}`);
  },
  { hosts: ["untrusted"] },
);
