/** What Enter does: the rules of syntaxes/language-configuration.json as the editor applies them. */
import * as vscode from "vscode";
import { expectEqual, test } from "../runner.ts";
import { openFile, poll } from "../workbench.ts";

/** Puts the cursor behind `before`, types Enter and `typed`, and returns the text. */
async function afterEnter(before: string, typed: string): Promise<string> {
  const document = await vscode.workspace.openTextDocument({ language: "plumbline", content: before });
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  const end = document.lineAt(document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
  for (const text of ["\n", typed]) await vscode.commands.executeCommand("type", { text });
  const text = document.getText();
  await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  return text;
}

const CASES: readonly { name: string; before: string; typed: string; after: string }[] = [
  { name: "below a key", before: "spec:", typed: "owner", after: "spec:\n  owner" },
  {
    name: "below a key of a list item",
    before: "  rules:\n    - name: x\n      on:",
    typed: "- r",
    after: "  rules:\n    - name: x\n      on:\n        - r",
  },
  {
    name: "below the first pair of a list item",
    before: "  rules:\n    - name: x",
    typed: "effect",
    after: "  rules:\n    - name: x\n      effect",
  },
  {
    name: "below a plain list item",
    before: "  subjects:\n    - checkout",
    typed: "x",
    after: "  subjects:\n    - checkout\n    - x",
  },
  {
    name: "below a block scalar's header",
    before: "  rules:\n    - name: x\n      condition: |-",
    typed: "a",
    after: "  rules:\n    - name: x\n      condition: |-\n        a",
  },
  {
    name: "below a pair",
    before: "  owner: me\n  mode: audit",
    typed: "x",
    after: "  owner: me\n  mode: audit\n  x",
  },
];

for (const { name, before, typed, after } of CASES) {
  test(`Enter ${name} goes to the right column`, async () => {
    // The editor loads the rules of a language some time after it has opened its first file, and says nothing of it.
    let last = "";
    const type = async () => {
      last = await afterEnter(before, typed);
      return last;
    };
    await poll(type, (text) => text === after, "Enter goes elsewhere", 5_000).catch(() =>
      expectEqual(last, after),
    );
  });
}

test("Tab makes two spaces, as the language's defaults say", async () => {
  const { options } = await openFile("policies/ai.plumb.yaml");
  expectEqual([options.insertSpaces, options.tabSize], [true, 2]);
});
