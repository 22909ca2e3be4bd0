/** Fixes as code actions of LSP. */
import {
  type CodeAction,
  type CodeActionContext,
  CodeActionKind,
  type Diagnostic,
  type TextDocumentEdit,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver";
import type { Finding } from "../workspace/finding.ts";
import type { Engine, Proposal, Proposals } from "./engine.ts";

/** What `editor.codeActionsOnSave` names. */
const FIX_ALL = `${CodeActionKind.SourceFixAll}.plumbline`;

export const CODE_ACTION_KINDS: readonly string[] = [CodeActionKind.QuickFix, FIX_ALL];

export interface CodeActionPorts {
  readonly engine: Pick<Engine, "quickFixes" | "fixAll">;
  readonly toDiagnostic: (finding: Finding) => Diagnostic;
  /** The text and version of an open file, as the editor has them. */
  readonly open: (uri: string) => { readonly text: string; readonly version: number } | undefined;
  /** Whether the editor takes edits that name the version that they are of. */
  readonly takesVersions: boolean;
}

/** Without `only`, editors ask for what belongs to a lamp at the cursor: quick fixes. */
export async function codeActions(
  uri: string,
  range: Diagnostic["range"],
  { only }: Pick<CodeActionContext, "only">,
  ports: CodeActionPorts,
  signal: AbortSignal,
): Promise<CodeAction[]> {
  const wants = (kind: string): boolean =>
    only?.some((one) => one === "" || kind === one || kind.startsWith(`${one}.`)) ?? false;
  const quick =
    only === undefined || wants(CodeActionKind.QuickFix)
      ? await ports.engine.quickFixes(uri, range, signal)
      : undefined;
  const all = wants(FIX_ALL) ? await ports.engine.fixAll(uri, signal) : undefined;
  return [...actions(quick, CodeActionKind.QuickFix, ports), ...actions(all, FIX_ALL, ports)];
}

function actions(found: Proposals | undefined, kind: string, ports: CodeActionPorts): readonly CodeAction[] {
  return (found?.proposals ?? []).flatMap((one) => {
    const edit = workspaceEdit(one, found?.layouts ?? new Map(), ports);
    if (edit === undefined) return [];
    const isQuick = kind === CodeActionKind.QuickFix;
    const { title, findings, isPreferred } = one;
    return [
      {
        title,
        kind,
        edit,
        ...(isQuick ? { diagnostics: findings.map(ports.toDiagnostic) } : {}),
        ...(isPreferred ? { isPreferred } : {}),
      },
    ];
  });
}

/** Undefined where the editor's text is not the one that the edits are of: it will ask again. */
function workspaceEdit(
  { edits }: Proposal,
  layouts: Proposals["layouts"],
  { open, takesVersions }: CodeActionPorts,
): WorkspaceEdit | undefined {
  const documentChanges: TextDocumentEdit[] = [];
  for (const [uri, own] of edits) {
    const layout = layouts.get(uri);
    const document = open(uri);
    if (layout === undefined || (document !== undefined && document.text !== layout.text)) return undefined;
    const textEdits: TextEdit[] = own.map(({ start, end, text }) => ({
      range: { start: layout.positionAt(start), end: layout.positionAt(end) },
      newText: text,
    }));
    documentChanges.push({ textDocument: { uri, version: document?.version ?? null }, edits: textEdits });
  }
  if (takesVersions) return { documentChanges };
  const changes = documentChanges.map(({ textDocument, edits: own }) => [
    textDocument.uri,
    own as TextEdit[],
  ]);
  return { changes: Object.fromEntries(changes) };
}
