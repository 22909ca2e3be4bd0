/** What code actions would do, as a person reads it: their titles, and the lines that change. */
import { type CodeAction, TextDocumentEdit } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Texts } from "./render.ts";

export function renderActions(actions: readonly CodeAction[], texts: Texts): string {
  const parts = actions.map((action) => {
    const marks = [action.kind ?? "", ...(action.isPreferred === true ? ["preferred"] : [])];
    const of = (action.diagnostics ?? []).map((one) => `for ${one.code}`);
    return [`${action.title} (${[...marks, ...of].join(", ")})`, ...changes(action, texts)].join("\n");
  });
  return parts.length === 0 ? "none" : parts.join("\n\n");
}

function changes({ edit }: CodeAction, texts: Texts): readonly string[] {
  return (edit?.documentChanges ?? []).flatMap((change) => {
    if (!TextDocumentEdit.is(change)) throw new Error("an edit that is no edit of a text");
    const { uri, version } = change.textDocument;
    const before = texts.text(uri) ?? "";
    const after = TextDocument.applyEdits(
      TextDocument.create(uri, "yaml", version ?? 0, before),
      change.edits.map((one) => {
        if (!("newText" in one)) throw new Error("a snippet");
        return one;
      }),
    );
    const name = version === null ? texts.name(uri) : `${texts.name(uri)}, version ${version}`;
    return [name, ...differing(before.split("\n"), after.split("\n"))];
  });
}

/** The lines from the first to the last difference. */
function differing(before: readonly string[], after: readonly string[]): readonly string[] {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let same = 0;
  const most = Math.min(before.length, after.length) - start;
  while (same < most && before.at(-1 - same) === after.at(-1 - same)) same++;
  return [
    ...before.slice(start, before.length - same).map((line) => `- ${line}`),
    ...after.slice(start, after.length - same).map((line) => `+ ${line}`),
  ];
}
