import * as vscode from "vscode";
import { expectEqual, expectTrue, test } from "../runner.ts";
import { diagnosticsOf, openFile, plain } from "../workbench.ts";

test("a policy file has the language plumbline", async () => {
  const editor = await openFile("broken.plumb.yaml");
  expectEqual(editor.document.languageId, "plumbline");
});

test("a broken policy file is underlined where it is broken", async () => {
  const editor = await openFile("broken.plumb.yaml");
  const [first, ...more] = await diagnosticsOf(editor.document.uri, (list) => list.length > 0);
  expectTrue(first !== undefined, "no diagnostic");
  expectEqual(more.map(plain), []);
  expectEqual(plain(first), {
    code: "yaml/syntax",
    severity: "error",
    message: `The closing "]" of this is missing, or stands too far left: it must be indented further than the key.`,
    range: "8:16-8:30",
  });
});

test("a repaired policy file loses its underline, a broken one gets it back, without saving", async () => {
  const editor = await openFile("broken.plumb.yaml");
  const { uri, lineCount } = editor.document;
  await diagnosticsOf(uri, (list) => list.length > 0);
  const line = new vscode.Position(lineCount - 2, editor.document.lineAt(lineCount - 2).text.length);
  await editor.edit((edit) => edit.insert(line, "]"));
  await diagnosticsOf(uri, (list) => list.length === 0);
  await editor.edit((edit) => edit.delete(new vscode.Range(line, line.translate(0, 1))));
  await diagnosticsOf(uri, (list) => list.length > 0);
});
