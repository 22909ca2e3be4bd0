/** What Enter does: the rules of syntaxes/language-configuration.json as the editor applies them. */
import * as vscode from "vscode";
import { expectEqual, expectTrue, test } from "../runner.ts";
import { openFile } from "../workbench.ts";

/** Puts the cursor behind `before`, types Enter and `typed`, and returns the text. */
async function afterEnter(before: string, typed: string): Promise<string> {
  const editor = await openFile("policies/typing.plumb.yaml");
  const { document } = editor;
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  await editor.edit((edit) => edit.replace(all, before));
  const end = document.lineAt(document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
  expectTrue(editor === vscode.window.activeTextEditor, "the editor is not the active one");
  await vscode.commands.executeCommand("type", { text: "\n" });
  await vscode.commands.executeCommand("type", { text: typed });
  return document.getText();
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
    before: "      condition: |-",
    typed: "a",
    after: "      condition: |-\n        a",
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
    await openFile("policies/typing.plumb.yaml", "");
    try {
      expectEqual(await afterEnter(before, typed), after);
    } finally {
      await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
      await vscode.workspace.fs.delete((await openFile("policies/typing.plumb.yaml")).document.uri);
    }
  });
}

test("Tab makes two spaces, as the language's defaults say", async () => {
  const { options } = await openFile("policies/ai.plumb.yaml");
  expectEqual([options.insertSpaces, options.tabSize], [true, 2]);
});
