import * as vscode from "vscode";
import {
  LANGUAGE_ID,
  ListScenariosRequest,
  type ScenarioItem,
  type SimulateParams,
  SimulateRequest,
  type SimulationReport,
} from "../../../server/src/lsp/protocol.ts";
import type { Session } from "../session.ts";
import type { ReportDocuments } from "../views/report-documents.ts";

/**
 * Runs what the code lens names, else what the person picks. Returns the decision as the JSON contract has it
 * (undefined where the person picked nothing), and shows it for reading.
 */
export async function runSimulation(
  session: Session,
  reports: ReportDocuments,
  argument: Partial<SimulateParams> | undefined,
): Promise<SimulationReport["result"] | undefined> {
  const client = await session.client();
  const params = isComplete(argument) ? argument : await pick(session);
  if (params === undefined) return undefined;
  const environment = vscode.workspace.getConfiguration("plumbline").get<string>("environment", "");
  const report = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: "Plumbline: simulating", cancellable: true },
    (_progress, token) =>
      client.sendRequest<SimulationReport>(
        SimulateRequest,
        environment === "" || params.environment !== undefined ? params : { ...params, environment },
        token,
      ),
  );
  await reports.show(report.title, report.text);
  return report.result;
}

function isComplete(argument: Partial<SimulateParams> | undefined): argument is SimulateParams {
  return typeof argument?.uri === "string";
}

type Choice = vscode.QuickPickItem & { readonly params?: SimulateParams };

async function pick(session: Session): Promise<SimulateParams | undefined> {
  const client = await session.client();
  const scenarios = await client.sendRequest<readonly ScenarioItem[]>(ListScenariosRequest, {});
  const choices: Choice[] = [
    ...scenarios.map(({ uri, name, description }) => ({
      label: name,
      description: description ?? vscode.workspace.asRelativePath(vscode.Uri.parse(uri)),
      params: { uri, scenario: name },
    })),
    { label: "$(file) A request file ...", description: ".http, .har, .json" },
  ];
  const chosen = await vscode.window.showQuickPick(choices, { placeHolder: "What do you want to simulate?" });
  if (chosen === undefined) return undefined;
  return chosen.params ?? pickRequestFile();
}

async function pickRequestFile(): Promise<SimulateParams | undefined> {
  const files = await vscode.window.showOpenDialog({
    canSelectMany: false,
    openLabel: "Simulate",
    filters: { "Sample requests": ["http", "har", "json"], "All files": ["*"] },
  });
  const file = files?.[0];
  if (file === undefined) return undefined;
  // The policy in front of the person says which control plane is meant; else the request's own place does.
  const active = vscode.window.activeTextEditor?.document;
  const uri = active?.languageId === LANGUAGE_ID ? active.uri : file;
  return { uri: uri.toString(), requestUri: file.toString() };
}
