import * as vscode from "vscode";
import { codeOfPath } from "./code-path.ts";

const SCHEME = "plumbline-docs";

/** The URI that the server puts the codes of findings behind, so that their links come to us. */
export function codePagesUri(context: vscode.ExtensionContext): string {
  return vscode.Uri.from({
    scheme: vscode.env.uriScheme,
    authority: context.extension.id,
    path: "/codes",
  }).toString();
}

/**
 * Opens the bundled page of a finding code, for links of the form `vscode://plumbline.plumbline/codes/schema/type`. The
 * pages are documents of our own scheme: on the web, the extension's files are no files that an editor could open.
 */
export class CodePages implements vscode.UriHandler, vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #folder: vscode.Uri;
  readonly #registrations: readonly vscode.Disposable[];

  constructor(context: vscode.ExtensionContext) {
    this.#folder = vscode.Uri.joinPath(context.extensionUri, "docs", "codes");
    this.#registrations = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.window.registerUriHandler(this),
    ];
  }

  async handleUri(uri: vscode.Uri): Promise<void> {
    await this.show(uri.path);
  }

  /** Whether there was a page to show. `path` is that of a link; there is a message where it leads nowhere. */
  async show(path: string): Promise<boolean> {
    const code = codeOfPath(path);
    const text = code === undefined ? undefined : await this.#read(code);
    if (text === undefined) {
      void vscode.window.showErrorMessage(
        code === undefined
          ? "Plumbline cannot open this link: it names no finding code."
          : `Plumbline has no page for "${code}".`,
      );
      return false;
    }
    await vscode.commands.executeCommand(
      "markdown.showPreview",
      vscode.Uri.from({ scheme: SCHEME, path: `/${code}.md` }),
    );
    return true;
  }

  async provideTextDocumentContent({ path }: vscode.Uri): Promise<string> {
    const code = codeOfPath(`/codes${path.replace(/\.md$/, "")}`);
    const text = code === undefined ? undefined : await this.#read(code);
    return text ?? "Plumbline has no such page.";
  }

  async #read(code: string): Promise<string | undefined> {
    try {
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(this.#folder, `${code}.md`));
      return new TextDecoder().decode(bytes);
    } catch (error) {
      // What a web server answers for a missing file differs; in any case there is no page.
      if (error instanceof vscode.FileSystemError) return undefined;
      throw error;
    }
  }

  dispose(): void {
    for (const one of this.#registrations) one.dispose();
  }
}
