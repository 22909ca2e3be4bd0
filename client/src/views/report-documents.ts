import * as vscode from "vscode";
import { ReportLinks } from "./report-links.ts";

const SCHEME = "plumbline-report";
/** Wrapped and coloured as the manifest says. */
const LANGUAGE = "plumbline-report";
/** Older reports are forgotten; a closed one that is opened again says so. */
const KEPT = 50;

/** Reports of the server (a simulation, a drift run) as read-only documents. */
export class ReportDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registrations = [
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    vscode.languages.registerDocumentLinkProvider({ scheme: SCHEME }, new ReportLinks()),
  ];

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? "This report is gone. Run the command again.";
  }

  /** Shows `text` beside the policy; a report with the same title takes the place of the former one. */
  async show(title: string, text: string): Promise<vscode.TextEditor> {
    const path = `/${title.replace(/[/\\]/g, "_")}`;
    this.#texts.delete(path);
    this.#texts.set(path, text);
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= KEPT) break;
      this.#texts.delete(oldest);
    }
    const uri = vscode.Uri.from({ scheme: SCHEME, path });
    this.#changed.fire(uri);
    const document = await vscode.languages.setTextDocumentLanguage(
      await vscode.workspace.openTextDocument(uri),
      LANGUAGE,
    );
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
