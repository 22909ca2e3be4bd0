import * as vscode from "vscode";
import type { ShowSemanticDiffParams, SimulateParams } from "../../server/src/lsp/protocol.ts";
import { checkDrift } from "./commands/check-drift.ts";
import { type ImportArgument, importIntoInventory } from "./commands/import-into-inventory.ts";
import { runSimulation } from "./commands/run-simulation.ts";
import { compareWithBase, showSemanticDiff } from "./commands/show-semantic-diff.ts";
import { BaseRevisions } from "./git/base-revisions.ts";
import { type MakeClient, Session } from "./session.ts";
import { ChangeGutter } from "./views/change-gutter.ts";
import { CodePages, codePagesUri } from "./views/code-pages.ts";
import { ImportPreviews } from "./views/import-previews.ts";
import { ReportDocuments } from "./views/report-documents.ts";

/** Registers everything and returns; the server starts behind it. */
export function activateWith(context: vscode.ExtensionContext, makeClient: MakeClient): void {
  const session = new Session(makeClient, codePagesUri(context));
  const pages = new CodePages(context);
  const revisions = new BaseRevisions(session);
  const gutter = new ChangeGutter(session);
  const reports = new ReportDocuments((uri) => revisions.at(uri));
  const previews = new ImportPreviews();
  const command = <Argument, Result>(name: string, run: (argument: Argument) => Promise<Result>) =>
    vscode.commands.registerCommand(name, async (argument: Argument) => {
      try {
        return await run(argument);
      } catch (error) {
        if (error instanceof vscode.CancellationError) return undefined;
        // VS Code shows the message; the log keeps the stack.
        session.log.error(error instanceof Error ? error : String(error));
        throw error;
      }
    });
  context.subscriptions.push(
    session,
    revisions,
    gutter,
    reports,
    previews,
    pages,
    command("plumbline.restartServer", () => session.restart()),
    command("plumbline.showLog", async () => session.log.show(true)),
    command("plumbline.runSimulation", (argument: Partial<SimulateParams> | undefined) =>
      runSimulation(session, reports, argument),
    ),
    command("plumbline.checkDrift", () => checkDrift(session, reports)),
    command("plumbline.importIntoInventory", (argument: ImportArgument | undefined) =>
      importIntoInventory(session, reports, previews, argument),
    ),
    command("plumbline.showSemanticDiff", (argument: ShowSemanticDiffParams | undefined) =>
      showSemanticDiff(session, reports, revisions, argument),
    ),
    command("plumbline.compareWithBase", (uri: unknown) => compareWithBase(revisions, uri)),
    // What the gutter shows, for tests and other extensions: VS Code gives decorations to nobody.
    command("plumbline.changeMarks", async (uri: unknown) => gutter.shownIn(String(uri))),
    // What a link to a finding code does, for tests and other extensions; links themselves ask the person first.
    command("plumbline.showCodePage", (code: unknown) => pages.show(`/codes/${String(code)}`)),
  );
  session.startInBackground();
}
