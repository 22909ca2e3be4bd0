/** What tests do with the editor, in the words of a test. */
import * as vscode from "vscode";

export function fixture(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error("no workspace folder");
  return vscode.Uri.joinPath(folder.uri, name);
}

/** The path of a file as tests name it: relative to the workspace folder. */
export function nameOf(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri, false);
}

/** Writes a file of the workspace (a copy that belongs to this run) and shows it. */
export async function openFile(name: string, text?: string): Promise<vscode.TextEditor> {
  const uri = fixture(name);
  if (text !== undefined) await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
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

/** The findings with one of these codes in a file, once there are any. */
export async function findingsOf(name: string, ...codes: readonly string[]): Promise<readonly Finding[]> {
  const { document } = await openFile(name);
  const ours = (list: readonly vscode.Diagnostic[]) => list.filter((one) => codes.includes(codeOf(one)));
  return ours(await diagnosticsOf(document.uri, (list) => ours(list).length > 0)).map(plain);
}

export interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  /** Zero-based `line:character-line:character`. */
  readonly range: string;
}

/** A diagnostic as plain values, to compare and to print. */
export function plain(diagnostic: vscode.Diagnostic): Finding {
  return {
    code: codeOf(diagnostic),
    severity: vscode.DiagnosticSeverity[diagnostic.severity].toLowerCase(),
    message: diagnostic.message,
    range: rangeText(diagnostic.range),
  };
}

export function codeOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === "object" ? code.value : code);
}

export function rangeText({ start, end }: vscode.Range): string {
  return `${start.line}:${start.character}-${end.line}:${end.character}`;
}

/** The text that a range covers in a file of the workspace. */
export async function textAt(name: string, range: vscode.Range): Promise<string> {
  return (await vscode.workspace.openTextDocument(fixture(name))).getText(range);
}

/**
 * What the editor's hover says at the `offset`-th character of the first occurrence of `needle`, with the text that it
 * is about. Undefined where Plumbline says nothing.
 */
export async function hoverAt(
  name: string,
  needle: string,
  offset = 1,
): Promise<{ readonly about: string; readonly text: string } | undefined> {
  const { document } = await openFile(name);
  const found = document.getText().indexOf(needle);
  if (found < 0) throw new Error(`${name} does not contain ${needle}`);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    "vscode.executeHoverProvider",
    document.uri,
    document.positionAt(found + offset),
  );
  // Diagnostics are not among these: VS Code joins them in the view only.
  const own = hovers.find((hover) => hover.range !== undefined);
  if (own?.range === undefined) return undefined;
  const text = own.contents
    .map((content) => (typeof content === "string" ? content : content.value))
    .join("\n");
  return { about: document.getText(own.range), text: text.replace(/ {2}\n/g, "\n") };
}

export interface ShownLens {
  /** What the lens stands above. */
  readonly at: string;
  readonly title: string;
  readonly command: vscode.Command;
}

/** The code lenses of a file, as soon as there are any: deployed files are known after the first analysis only. */
export async function lensesOf(name: string): Promise<readonly ShownLens[]> {
  const { document } = await openFile(name);
  const ask = () =>
    vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", document.uri, 100);
  const lenses = await poll(ask, (list) => list.length > 0, `${name} has no code lens`);
  return lenses.flatMap(({ range, command }) =>
    command === undefined ? [] : [{ at: document.getText(range), title: command.title, command }],
  );
}

/** The read-only document that a command has opened. */
export function shownReport(): string {
  const shown = vscode.window.visibleTextEditors.filter(
    ({ document }) => document.uri.scheme === "plumbline-report",
  );
  if (shown.length !== 1) throw new Error(`${shown.length} reports are shown, not one`);
  return shown[0]?.document.getText() ?? "";
}

/** For what no event announces. */
export async function poll<T>(
  read: () => T | Thenable<T>,
  wanted: (value: T) => boolean,
  otherwise: string,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (wanted(value)) return value;
    if (Date.now() > deadline) throw new Error(`${otherwise}, still after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
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
