import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import {
  type FileAnswer,
  type FileStat,
  type FindFilesParams,
  FindFilesRequest,
  type ReadFileParams,
  ReadFileRequest,
  StatRequest,
} from "../../server/src/lsp/protocol.ts";

/** Travels as base64 in one message, so the bound is lower than on disk. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 20_000;
const SKIPPED = "**/{.git,node_modules,.vscode-test}/**";

/** Reads files for the server, which cannot do so in a web worker and in virtual workspaces. */
export function answerFileRequests(client: BaseLanguageClient): void {
  client.onRequest(ReadFileRequest, ({ uri }: ReadFileParams) => readFile(uri));
  client.onRequest(StatRequest, ({ uri }: ReadFileParams) => stat(uri));
  client.onRequest(FindFilesRequest, (params: FindFilesParams) => findFiles(params));
}

async function readFile(uriText: string): Promise<FileAnswer<string>> {
  const uri = vscode.Uri.parse(uriText, true);
  if (!isInWorkspace(uri)) return outside(uriText);
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MAX_FILE_BYTES) {
      const message = `${uriText} has ${size} bytes; the most that is read here is ${MAX_FILE_BYTES}`;
      return { ok: false, code: "too-large", message };
    }
    return { ok: true, value: toBase64(await vscode.workspace.fs.readFile(uri)) };
  } catch (error) {
    return failure(uriText, error);
  }
}

async function stat(uriText: string): Promise<FileAnswer<FileStat>> {
  const uri = vscode.Uri.parse(uriText, true);
  if (!isInWorkspace(uri)) return outside(uriText);
  try {
    const { type, size } = await vscode.workspace.fs.stat(uri);
    return { ok: true, value: { type: type & vscode.FileType.Directory ? "directory" : "file", size } };
  } catch (error) {
    return failure(uriText, error);
  }
}

async function findFiles({ baseUri, globs }: FindFilesParams): Promise<readonly string[]> {
  const base = vscode.Uri.parse(baseUri, true);
  if (!isInWorkspace(base)) return [];
  const found = new Set<string>();
  for (const glob of globs) {
    const pattern = new vscode.RelativePattern(base, glob);
    for (const uri of await vscode.workspace.findFiles(pattern, SKIPPED, MAX_FILES))
      found.add(uri.toString());
  }
  return [...found].sort();
}

function isInWorkspace(uri: vscode.Uri): boolean {
  return vscode.workspace.getWorkspaceFolder(uri) !== undefined;
}

function outside(uri: string): FileAnswer<never> {
  return { ok: false, code: "not-readable", message: `${uri} is outside the workspace` };
}

function failure(uri: string, error: unknown): FileAnswer<never> {
  const missing = error instanceof vscode.FileSystemError && error.code === "FileNotFound";
  const message = error instanceof Error ? error.message : String(error);
  return missing
    ? { ok: false, code: "not-found", message: `${uri} does not exist` }
    : { ok: false, code: "not-readable", message: `${uri} cannot be read: ${message}` };
}

/** `btoa` takes a string of bytes; it is built in pieces, since a call takes only so many arguments. */
export function toBase64(bytes: Uint8Array): string {
  const PIECE = 0x8000;
  let binary = "";
  for (let start = 0; start < bytes.length; start += PIECE) {
    binary += String.fromCharCode(...bytes.subarray(start, start + PIECE));
  }
  return btoa(binary);
}
