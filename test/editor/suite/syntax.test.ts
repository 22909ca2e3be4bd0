import * as vscode from "vscode";
import { expectEqual, test } from "../runner.ts";
import { codeOf, diagnosticsOf, openFile, plain } from "../workbench.ts";

test("a policy file has the language plumbline", async () => {
  const editor = await openFile("broken/broken.plumb.yaml");
  expectEqual(editor.document.languageId, "plumbline");
});

/** Other findings stand in the file, too: what it allows is not what is deployed. */
function syntaxErrors(list: readonly vscode.Diagnostic[]): readonly vscode.Diagnostic[] {
  return list.filter((diagnostic) => codeOf(diagnostic) === "yaml/syntax");
}

test("a broken policy file is underlined where it is broken", async () => {
  const { document } = await openFile("broken/broken.plumb.yaml");
  const found = await diagnosticsOf(document.uri, (list) => syntaxErrors(list).length > 0);
  expectEqual(syntaxErrors(found).map(plain), [
    {
      code: "yaml/syntax",
      severity: "error",
      message: `The closing "]" of this is missing, or stands too far left: it must be indented further than the key.`,
      range: "10:16-10:17",
    },
  ]);
});

test("a repaired policy file loses its underline, a broken one gets it back, without saving", async () => {
  const editor = await openFile("broken/broken.plumb.yaml");
  const { uri, lineCount } = editor.document;
  await diagnosticsOf(uri, (list) => syntaxErrors(list).length > 0);
  const line = new vscode.Position(lineCount - 2, editor.document.lineAt(lineCount - 2).text.length);
  await editor.edit((edit) => edit.insert(line, "]"));
  await diagnosticsOf(uri, (list) => syntaxErrors(list).length === 0);
  await editor.edit((edit) => edit.delete(new vscode.Range(line, line.translate(0, 1))));
  await diagnosticsOf(uri, (list) => syntaxErrors(list).length > 0);
});
