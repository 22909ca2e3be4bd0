import * as vscode from "vscode";
import type { ReportLink } from "../../../server/src/lsp/protocol.ts";
import { ReportLinks } from "./report-links.ts";

const SCHEME = "plumbline-report";
/** Wrapped and coloured as the manifest says. */
const LANGUAGE = "plumbline-report";
/** Older reports are forgotten; a closed one that is opened again says so. */
const KEPT = 50;

interface Report {
  readonly text: string;
  readonly links: readonly ReportLink[];
}

/** Reports of the server (a simulation, a drift run) as read-only documents. */
export class ReportDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #reports = new Map<string, Report>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registrations: readonly vscode.Disposable[];

  /** `atBase`: a file as it was in the revision that its folder is compared with. */
  constructor(atBase: (uri: vscode.Uri) => vscode.Uri | undefined) {
    const links = new ReportLinks((uri) => this.#reports.get(uri.path)?.links ?? [], atBase);
    this.#registrations = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.languages.registerDocumentLinkProvider({ scheme: SCHEME }, links),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#reports.get(uri.path)?.text ?? "This report is gone. Run the command again.";
  }

  /**
   * Shows `text` beside the policy; a report with the same title takes the place of the former one. Places of the form
   * `file:line` can be clicked in any report; `links` are what a report has besides.
   */
  async show(title: string, text: string, links: readonly ReportLink[] = []): Promise<vscode.TextEditor> {
    const path = `/${title.replace(/[/\\]/g, "_")}`;
    this.#reports.delete(path);
    this.#reports.set(path, { text, links });
    for (const oldest of this.#reports.keys()) {
      if (this.#reports.size <= KEPT) break;
      this.#reports.delete(oldest);
    }
    const uri = vscode.Uri.from({ scheme: SCHEME, path });
    this.#changed.fire(uri);
    const document = await vscode.languages.setTextDocumentLanguage(
      await vscode.workspace.openTextDocument(uri),
      LANGUAGE,
    );
    await hasText(document, text);
    return vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
    });
  }

  dispose(): void {
    for (const registration of this.#registrations) registration.dispose();
    this.#changed.dispose();
  }
}

/** An editor asks for the new text of a document that it shows; no editor would wait longer than this for it. */
const PATIENCE_MS = 2_000;

/** Resolves when the document has the text, so that whoever goes to a line of it goes to the right one. */
function hasText(document: vscode.TextDocument, text: string): Promise<void> {
  if (document.getText() === text) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      listener.dispose();
      resolve();
    };
    const timer = setTimeout(done, PATIENCE_MS);
    const listener = vscode.workspace.onDidChangeTextDocument(() => {
      if (document.getText() === text) done();
    });
  });
}
