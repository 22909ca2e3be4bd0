import * as vscode from "vscode";
import {
  type SemanticDiffReport,
  SemanticDiffRequest,
  type ShowSemanticDiffParams,
} from "../../../server/src/lsp/protocol.ts";
import type { BaseRevisions } from "../git/base-revisions.ts";
import type { Session } from "../session.ts";
import type { ReportDocuments } from "../views/report-documents.ts";

/** Shows what the working tree newly allows and denies, at the change that is asked for; returns how many there are. */
export async function showSemanticDiff(
  session: Session,
  reports: ReportDocuments,
  revisions: BaseRevisions,
  argument: ShowSemanticDiffParams | undefined,
): Promise<SemanticDiffReport["counts"] | undefined> {
  const client = await session.client();
  const report = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: "Plumbline: comparing with HEAD",
      cancellable: true,
    },
    (_progress, token) => client.sendRequest<SemanticDiffReport>(SemanticDiffRequest, {}, token),
  );
  switch (report.state) {
    case "none":
      // Not awaited: the answer of the command must not depend on someone closing the message.
      void vscode.window.showInformationMessage(revisions.whyNone());
      return undefined;
    case "failed":
      void vscode.window.showErrorMessage(`Nothing was compared. ${report.reason ?? ""}`);
      return undefined;
    case "compared": {
      const editor = await reports.show(`changes since ${report.revision}.txt`, report.text, report.links);
      // From the menu of Source Control the argument is a repository of the Git extension, which names no change.
      const change: unknown = argument?.change;
      const line = typeof change === "string" ? report.lines[change] : undefined;
      if (line !== undefined) {
        const at = new vscode.Position(line, 0);
        editor.selection = new vscode.Selection(at, at);
        editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      }
      return report.counts;
    }
  }
}

/** The file beside what it was in the revision. */
export async function compareWithBase(revisions: BaseRevisions, uriText: unknown): Promise<void> {
  if (typeof uriText !== "string") return;
  const uri = vscode.Uri.parse(uriText, true);
  const base = revisions.at(uri);
  if (base === undefined) {
    void vscode.window.showInformationMessage(revisions.whyNone());
    return;
  }
  const name = uri.path.slice(uri.path.lastIndexOf("/") + 1);
  await vscode.commands.executeCommand("vscode.diff", base, uri, `${name} (HEAD ↔ Working Tree)`);
}
