/** One editor and one language server: a child process that speaks LSP over stdio. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createProtocolConnection,
  type Diagnostic,
  type FileChangeType,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
  type WorkspaceFolder,
} from "vscode-languageserver/node";
import { serverBundle } from "./server-bundle.ts";

/** Longer than the server waits for further edits, so that its analysis has begun. */
const AFTER_DEBOUNCE_MS = 180;

export interface SessionOptions {
  readonly folders: readonly string[];
  /** The section `plumbline` of the settings; without it the editor has no configuration at all. */
  readonly settings?: unknown;
  readonly initializationOptions?: unknown;
}

export class Session {
  /** What the editor shows now, by URI. */
  readonly diagnostics = new Map<string, readonly Diagnostic[]>();
  /** Every publication in the order of arrival. */
  readonly published: PublishDiagnosticsParams[] = [];
  /** What the server wrote into its log or to stderr: errors of ours, which no test may cause. */
  readonly complaints: string[] = [];
  readonly #texts = new Map<string, { version: number; text: string }>();

  private constructor(
    private readonly child: ChildProcess,
    readonly connection: ProtocolConnection,
  ) {}

  static async start(options: SessionOptions): Promise<Session> {
    const child = spawn(process.execPath, [await serverBundle(), "--stdio"], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    const { stdin, stdout, stderr } = child;
    const connection = createProtocolConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    const session = new Session(child, connection);
    stderr.on("data", (chunk) => session.complaints.push(String(chunk)));
    session.#listen(options.settings);
    connection.listen();
    await session.#initialize(options);
    return session;
  }

  request(method: string, params: unknown): Promise<unknown> {
    return this.connection.sendRequest(method, params);
  }

  async notify(method: string, params: unknown): Promise<void> {
    await this.connection.sendNotification(method, params);
  }

  isOpen(uri: string): boolean {
    return this.#texts.has(uri);
  }

  async open(uri: string, text: string): Promise<void> {
    this.#texts.set(uri, { version: 1, text });
    const languageId = uri.endsWith(".json") ? "json" : "plumbline";
    await this.notify("textDocument/didOpen", { textDocument: { uri, languageId, version: 1, text } });
  }

  /** Replaces the text by the one edit that stands between what is common to both. Returns the new version. */
  async change(uri: string, text: string): Promise<number> {
    const known = this.#texts.get(uri);
    if (known === undefined) throw new Error(`${uri} is not open`);
    const version = known.version + 1;
    this.#texts.set(uri, { version, text });
    await this.notify("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [editBetween(known.text, text)],
    });
    return version;
  }

  async close(uri: string): Promise<void> {
    this.#texts.delete(uri);
    await this.notify("textDocument/didClose", { textDocument: { uri } });
  }

  async changedOnDisk(uri: string, type: FileChangeType): Promise<void> {
    await this.notify("workspace/didChangeWatchedFiles", { changes: [{ uri, type }] });
  }

  /**
   * Resolves when the findings of everything sent so far are here. The server has read our messages when it answers
   * the first ping, has begun the analysis after its delay, and has published when it answers the last ping.
   */
  async settle(): Promise<void> {
    await this.request("plumbline/ping", {});
    await sleep(AFTER_DEBOUNCE_MS);
    await this.request("plumbline/scenarios", {});
    await this.request("plumbline/ping", {});
  }

  /** Ends the server as an editor does. Rejects where it does not end by itself, or not with code 0. */
  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    await this.connection.sendRequest("shutdown");
    await this.connection.sendNotification("exit");
    const [code] = await ended;
    this.connection.dispose();
    if (code !== 0) throw new Error(`the server ended with code ${code}`);
  }

  /** Ends the server at once, where a test has failed. */
  kill(): void {
    this.connection.dispose();
    this.child.kill();
  }

  #listen(settings: unknown): void {
    const { connection } = this;
    connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
      this.published.push(params);
      this.diagnostics.set(params.uri, params.diagnostics);
    });
    connection.onNotification("window/logMessage", ({ message }: { message: string }) => {
      this.complaints.push(message);
    });
    connection.onRequest("workspace/configuration", ({ items }: { items: readonly unknown[] }) =>
      items.map(() => settings ?? null),
    );
    connection.onRequest("client/registerCapability", () => null);
  }

  async #initialize({ folders, settings, initializationOptions }: SessionOptions): Promise<void> {
    const hasDocs = JSON.stringify(initializationOptions ?? {}).includes('"docsBase"');
    const workspaceFolders = folders.map((uri): WorkspaceFolder => ({ uri, name: uri }));
    await this.request("initialize", {
      processId: process.pid,
      rootUri: null,
      workspaceFolders,
      initializationOptions,
      capabilities: {
        workspace: {
          workspaceFolders: true,
          configuration: settings !== undefined,
          workspaceEdit: { documentChanges: true },
        },
        textDocument: {
          // Without a base from the editor links lead into the folder of the server, which no case can name.
          publishDiagnostics: { codeDescriptionSupport: hasDocs, tagSupport: { valueSet: [1, 2] } },
        },
      },
    });
    await this.notify("initialized", {});
  }
}

/** The smallest edit that makes `after` of `before`, in the terms of LSP. */
function editBetween(before: string, after: string): { range: unknown; text: string } {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let kept = 0;
  const most = Math.min(before.length, after.length) - start;
  while (kept < most && before[before.length - 1 - kept] === after[after.length - 1 - kept]) kept++;
  const range = { start: positionAt(before, start), end: positionAt(before, before.length - kept) };
  return { range, text: after.slice(start, after.length - kept) };
}

function positionAt(text: string, offset: number): { line: number; character: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}
