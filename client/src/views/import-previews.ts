import * as vscode from "vscode";

const SCHEME = "plumbline-import";

/** What an import would write, beside what is there, before anything is written. */
export class ImportPreviews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  /** Of the last import only: a preview is of the moment. */
  #texts: ReadonlyMap<string, string> = new Map();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? "This import was done, or given up. Run the command again.";
  }

  /** Opens the difference that an import would make in a file, which need not be there. */
  async show(uri: vscode.Uri, before: string, after: string): Promise<void> {
    const name = uri.path.slice(uri.path.lastIndexOf("/") + 1);
    const [left, right] = [`/now/${name}`, `/imported/${name}`].map((path) =>
      vscode.Uri.from({ scheme: SCHEME, path }),
    );
    if (left === undefined || right === undefined) return;
    this.#texts = new Map([
      [left.path, before],
      [right.path, after],
    ]);
    for (const one of [left, right]) this.#changed.fire(one);
    await vscode.commands.executeCommand("vscode.diff", left, right, `${name} (Now ↔ Imported)`, {
      preview: true,
    });
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
