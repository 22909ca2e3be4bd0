import * as vscode from "vscode";
import { CheckDriftRequest, type DriftReport } from "../../../server/src/lsp/protocol.ts";
import type { Session } from "../session.ts";
import type { ReportDocuments } from "../views/report-documents.ts";

/** Compares now, says how much was found, and returns the number. */
export async function checkDrift(session: Session, reports: ReportDocuments): Promise<number> {
  const client = await session.client();
  const report = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: "Plumbline: checking drift", cancellable: true },
    (_progress, token) => client.sendRequest<DriftReport>(CheckDriftRequest, {}, token),
  );
  // Not awaited: the answer of the command must not depend on someone closing the message.
  void offerReport(report, reports);
  return report.count;
}

async function offerReport(report: DriftReport, reports: ReportDocuments): Promise<void> {
  const what = summary(report);
  const SHOW = "Show Report";
  if ((await vscode.window.showInformationMessage(what, SHOW)) === SHOW)
    await reports.show("drift.txt", report.text);
}

function summary({ count, accepted }: DriftReport): string {
  const differences = (number: number) => `${number} ${number === 1 ? "difference" : "differences"}`;
  const but = accepted === 0 ? "" : `, but for ${differences(accepted)} that you accept`;
  if (count === 0) return `What is deployed does what the policy says${but}.`;
  const more = accepted === 0 ? "" : `; ${accepted} more accepted`;
  return `${differences(count)} between policy and deployment${more}.`;
}
