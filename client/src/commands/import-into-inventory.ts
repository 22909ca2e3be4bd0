import * as vscode from "vscode";
import {
  IMPORT_KINDS,
  type ImportAnswer,
  type ImportParams,
  ImportRequest,
} from "../../../server/src/lsp/protocol.ts";
import type { Session } from "../session.ts";
import type { ImportPreviews } from "../views/import-previews.ts";
import type { ReportDocuments } from "../views/report-documents.ts";

type Kind = ImportParams["kind"];
type Planned = Extract<ImportAnswer, { readonly state: "planned" }>;

/** What a caller may say in place of the person; whatever is missing is asked for. */
export interface ImportArgument {
  readonly kind?: Kind;
  /** URIs. */
  readonly files?: readonly string[];
  /** The URI of the inventory. */
  readonly into?: string;
  /** Empty: none. */
  readonly owner?: string;
  readonly name?: string;
  readonly trustDomain?: string;
  readonly inline?: boolean;
  /** Writes without showing what. */
  readonly write?: boolean;
}

/** As much as travels in one message, and as the server reads (server/src/workspace/import/source.ts). */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

const kinds: Readonly<
  Record<Kind, { readonly label: string; readonly detail: string; readonly types: string[] }>
> = {
  openapi: {
    label: "OpenAPI",
    detail: "Operations of OpenAPI 3.0, 3.1 and 3.2 documents",
    types: ["yaml", "yml", "json"],
  },
  mcp: { label: "MCP", detail: "Tools of a saved answer to tools/list", types: ["json"] },
  kubernetes: {
    label: "Kubernetes",
    detail: "Workloads and services of manifests, or of what kubectl get prints",
    types: ["yaml", "yml", "json"],
  },
  spire: { label: "SPIRE", detail: "What `spire-server entry show -output json` prints", types: ["json"] },
};

/** Asks what to import into which inventory, shows what would be written, and writes it. Returns whether it did. */
export async function importIntoInventory(
  session: Session,
  reports: ReportDocuments,
  previews: ImportPreviews,
  argument: ImportArgument = {},
): Promise<boolean> {
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showWarningMessage(
      "Plumbline writes nothing in a workspace that is not trusted. Trust it to import into its inventory.",
    );
    return false;
  }
  const params = await ask(argument);
  if (params === undefined) return false;
  const planned = await plan(session, params);
  if (planned === undefined) return false;
  const uri = vscode.Uri.parse(planned.uri, true);
  const report = `${planned.report.join("\n")}\n`;
  const summary = planned.report.at(-1) ?? "";
  if (planned.edits.length === 0) {
    await reports.show("import.txt", report);
    void vscode.window.showInformationMessage(`Nothing is new. ${summary}`);
    return false;
  }
  if (vscode.workspace.fs.isWritableFileSystem(uri.scheme) === false)
    throw new Error(
      `${vscode.workspace.asRelativePath(uri)} cannot be written: its file system is read-only.`,
    );
  if (argument.write !== true) {
    await previews.show(uri, planned.before, planned.after);
    const WRITE = "Write";
    const REPORT = "Show Report";
    const chosen = await vscode.window.showInformationMessage(summary, WRITE, REPORT);
    if (chosen === REPORT) {
      await reports.show("import.txt", report);
      if ((await vscode.window.showInformationMessage(summary, WRITE)) !== WRITE) return false;
    } else if (chosen !== WRITE) return false;
  }
  await write(uri, planned);
  return true;
}

async function ask(argument: ImportArgument): Promise<ImportParams | undefined> {
  const kind = argument.kind ?? (await pickKind());
  if (kind === undefined) return undefined;
  const files = argument.files?.map((uri) => vscode.Uri.parse(uri, true)) ?? (await pickFiles(kind));
  if (files === undefined || files.length === 0) return undefined;
  const owner =
    argument.owner ??
    (await vscode.window.showInputBox({
      title: "Import into Inventory",
      prompt: "Who answers for what is new? Empty: nobody yet, which missing-owner will tell.",
      placeHolder: "team@example.com",
    }));
  if (owner === undefined) return undefined;
  const { into, name, trustDomain, inline } = argument;
  return {
    kind,
    files: await Promise.all(files.map(read)),
    ...(owner === "" ? {} : { owner }),
    ...(into === undefined ? {} : { into }),
    ...(name === undefined ? {} : { name }),
    ...(trustDomain === undefined ? {} : { trustDomain }),
    ...(inline === undefined ? {} : { inline }),
  };
}

async function pickKind(): Promise<Kind | undefined> {
  const choices = IMPORT_KINDS.map((kind) => ({
    from: kind,
    label: kinds[kind].label,
    detail: kinds[kind].detail,
  }));
  const chosen = await vscode.window.showQuickPick(choices, {
    title: "Import into Inventory",
    placeHolder: "What do you have?",
  });
  return chosen?.from;
}

async function pickFiles(kind: Kind): Promise<readonly vscode.Uri[] | undefined> {
  const { label, types } = kinds[kind];
  return vscode.window.showOpenDialog({
    canSelectMany: true,
    openLabel: "Import",
    filters: { [label]: types, "All files": ["*"] },
  });
}

/** The person named the file, so that it may lie anywhere; the server reads in the workspace only. */
async function read(uri: vscode.Uri): Promise<ImportParams["files"][number]> {
  const name = vscode.workspace.asRelativePath(uri, false);
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > MAX_FILE_BYTES)
    throw new Error(
      `${name} has ${Math.ceil(size / 1e6)} MB; an import reads ${Math.floor(MAX_FILE_BYTES / 1e6)} MB at most. Export less, or split it.`,
    );
  const bytes = await vscode.workspace.fs.readFile(uri);
  try {
    return { uri: uri.toString(), name, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    throw new Error(`${name} is not UTF-8 text. Save it as UTF-8, or name the file that was meant.`);
  }
}

/** Asks which inventory where that is not plain. */
async function plan(session: Session, params: ImportParams): Promise<Planned | undefined> {
  const client = await session.client();
  const answer = await client.sendRequest<ImportAnswer>(ImportRequest, params);
  if (answer.state === "planned") return answer;
  const choices = [
    ...answer.inventories.map((uri) => ({
      uri,
      label: vscode.workspace.asRelativePath(vscode.Uri.parse(uri)),
    })),
    ...(answer.inventories.includes(answer.fresh)
      ? []
      : [
          {
            uri: answer.fresh,
            label: vscode.workspace.asRelativePath(vscode.Uri.parse(answer.fresh)),
            description: "new",
          },
        ]),
  ];
  const chosen = await vscode.window.showQuickPick(choices, {
    title: "Import into Inventory",
    placeHolder: "Which inventory?",
  });
  return chosen === undefined ? undefined : plan(session, { ...params, into: chosen.uri });
}

async function write(uri: vscode.Uri, { isNew, before, edits }: Planned): Promise<void> {
  const name = vscode.workspace.asRelativePath(uri);
  const edit = new vscode.WorkspaceEdit();
  if (isNew) {
    const text = edits.map((one) => one.newText).join("");
    edit.createFile(uri, { overwrite: false, contents: new TextEncoder().encode(text) });
  } else {
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.getText() !== before) throw new Error(`${name} was changed meanwhile. Import again.`);
    for (const { range, newText } of edits)
      edit.replace(
        uri,
        new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character),
        newText,
      );
  }
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error(`${name} could not be written.`);
  const document = await vscode.workspace.openTextDocument(uri);
  if (!(await document.save())) throw new Error(`${name} was changed, but could not be saved.`);
  await vscode.window.showTextDocument(document, { preview: false });
}
