/** What tests do with the editor, in the words of a test. */
import * as vscode from "vscode";

export function fixture(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error("no workspace folder");
  return vscode.Uri.joinPath(folder.uri, name);
}

/** Writes a file of the workspace (a copy that belongs to this run) and shows it. */
export async function openFile(name: string, text?: string): Promise<vscode.TextEditor> {
  const uri = fixture(name);
  if (text !== undefined) await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}

/** The diagnostics of a file as soon as they are as wanted; else an error that shows what they are. */
export async function diagnosticsOf(
  uri: vscode.Uri,
  wanted: (diagnostics: readonly vscode.Diagnostic[]) => boolean,
  timeoutMs = 20_000,
): Promise<readonly vscode.Diagnostic[]> {
  return eventually(
    () => vscode.languages.getDiagnostics(uri),
    wanted,
    vscode.languages.onDidChangeDiagnostics,
    timeoutMs,
    (last) => `diagnostics of ${uri.path} are ${JSON.stringify(last.map(plain))}`,
  );
}

/** A diagnostic as plain values, to compare and to print. */
export function plain(diagnostic: vscode.Diagnostic): Record<string, unknown> {
  const { start, end } = diagnostic.range;
  return {
    code: typeof diagnostic.code === "object" ? diagnostic.code.value : diagnostic.code,
    severity: vscode.DiagnosticSeverity[diagnostic.severity].toLowerCase(),
    message: diagnostic.message,
    range: `${start.line}:${start.character}-${end.line}:${end.character}`,
  };
}

async function eventually<T>(
  read: () => T,
  wanted: (value: T) => boolean,
  changed: vscode.Event<unknown>,
  timeoutMs: number,
  describe: (last: T) => string,
): Promise<T> {
  const now = read();
  if (wanted(now)) return now;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      listener.dispose();
      reject(new Error(`${describe(read())}, still after ${timeoutMs} ms`));
    }, timeoutMs);
    const listener = changed(() => {
      const value = read();
      if (!wanted(value)) return;
      clearTimeout(timer);
      listener.dispose();
      resolve(value);
    });
  });
}
