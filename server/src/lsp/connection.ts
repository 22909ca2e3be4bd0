import {
  CodeLensRefreshRequest,
  type Connection,
  type Diagnostic,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
  TextDocuments,
  WatchKind,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Finding } from "../workspace/finding.ts";
import { type ClientCapabilities, clientCapabilities } from "./client-capabilities.ts";
import { CODE_ACTION_KINDS, type CodeActionPorts } from "./code-actions.ts";
import { toDiagnostic } from "./convert.ts";
import { DeployedDocuments } from "./deployed-documents.ts";
import { DiagnosticsScheduler } from "./diagnostics.ts";
import type { Engine } from "./engine.ts";
import {
  BaseNotification,
  type InitializationOptions,
  POLICY_FILES,
  SERVER_COMMANDS,
  SemanticDiffChangedNotification,
} from "./protocol.ts";
import { answerRequests } from "./requests.ts";
import { SemanticDiffScheduler } from "./semantic-diff-scheduler.ts";
import { readBaseParams, readInitializationOptions, readSettings } from "./untrusted.ts";

/** Long enough to join the keys of a word, short enough to feel immediate. */
const DEBOUNCE_MS = 120;

/** Made by the entry point, which alone knows the host. */
export type MakeEngine = (session: Session) => Engine;

/** What is known of the editor once it has said `initialize`. */
export interface Session {
  readonly connection: Connection;
  readonly options: InitializationOptions;
  /** The workspace folders of this moment. */
  readonly folders: () => readonly string[];
}

/** What came with the server. */
export interface Bundled {
  /** The URI of the folder of pages about finding codes, for editors that do not say one themselves. */
  readonly docsBase?: string;
}

/** Serves one editor over `connection`, until it says `exit`. */
export function startServer(connection: Connection, makeEngine: MakeEngine, bundled: Bundled = {}): void {
  connection.onInitialize((params) => {
    const session = new ServerSession(connection, params, makeEngine, bundled);
    session.listen();
    return session.answer();
  });
  connection.listen();
}

class ServerSession {
  readonly #documents = new TextDocuments(TextDocument);
  readonly #engine: Engine;
  readonly #diagnostics: DiagnosticsScheduler;
  readonly #deployed: DeployedDocuments;
  readonly #semanticDiff: SemanticDiffScheduler;
  readonly #options: InitializationOptions;
  readonly #client: ClientCapabilities;
  readonly #codeActions: CodeActionPorts;
  #folders: readonly string[];

  constructor(
    private readonly connection: Connection,
    params: InitializeParams,
    makeEngine: MakeEngine,
    bundled: Bundled,
  ) {
    this.#options = readInitializationOptions(params.initializationOptions);
    this.#client = clientCapabilities(params);
    const { links, tags, versions } = this.#client;
    const docsBase = links ? (this.#options.docsBase ?? bundled.docsBase) : undefined;
    const diagnosticOf = (finding: Finding): Diagnostic => toDiagnostic(finding, { docsBase, tags });
    this.#folders = (params.workspaceFolders ?? []).map((folder) => folder.uri);
    this.#engine = makeEngine({ connection, options: this.#options, folders: () => this.#folders });
    this.#engine.setFolders(this.#folders);
    this.#codeActions = {
      engine: this.#engine,
      toDiagnostic: diagnosticOf,
      open: (uri) => {
        const document = this.#documents.get(uri);
        return document && { text: document.getText(), version: document.version };
      },
      takesVersions: versions,
    };
    this.#deployed = new DeployedDocuments(connection, this.#client);
    this.#diagnostics = new DiagnosticsScheduler(
      {
        analyze: (signal) => {
          this.#semanticDiff.cancel();
          return this.#engine.analyze(signal);
        },
        versionOf: (uri) => this.#documents.get(uri)?.version,
        publish: (uri, version, findings) => this.#publish(uri, version, findings.map(diagnosticOf)),
        failed: (error) => this.#report("analysis", error),
        settled: () => {
          this.#deployed
            .update(this.#engine.foreignFiles(), this.#engine.foreignGlobs())
            .catch((error: unknown) => this.#report("registering deployed files", error));
          this.#semanticDiff.start();
        },
      },
      DEBOUNCE_MS,
    );
    this.#semanticDiff = new SemanticDiffScheduler({
      compare: (signal) => this.#engine.markChanges(signal),
      refreshLenses: async () => {
        if (this.#client.lenses) await connection.sendRequest(CodeLensRefreshRequest.type);
      },
      compared: () => connection.sendNotification(SemanticDiffChangedNotification, {}),
      problem: (reason) => connection.console.warn(`Changes are not marked: ${reason}`),
      failed: (error) => this.#report("comparing with the base revision", error),
    });
  }

  answer(): InitializeResult {
    return {
      serverInfo: { name: "plumbline" },
      capabilities: {
        positionEncoding: "utf-16",
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        hoverProvider: true,
        codeLensProvider: { resolveProvider: false },
        codeActionProvider: { codeActionKinds: [...CODE_ACTION_KINDS] },
        executeCommandProvider: { commands: Object.values(SERVER_COMMANDS) },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  }

  listen(): void {
    this.#listenToDocuments();
    answerRequests(this.connection, {
      engine: this.#engine,
      codeActions: this.#codeActions,
      clientCommands: this.#options.clientCommands === true,
    });
    this.connection.onInitialized(() => {
      this.#register().catch((error: unknown) => this.#report("registration", error));
      this.#loadSettings().catch((error: unknown) => this.#report("settings", error));
      this.#diagnostics.schedule();
    });
    this.connection.onDidChangeConfiguration(() => {
      this.#loadSettings().catch((error: unknown) => this.#report("settings", error));
    });
    this.connection.onDidChangeWatchedFiles(({ changes }) => {
      // Of all that is deleted, most is nothing that anybody has read.
      const relevant = changes.filter(
        ({ type, uri }) => type !== FileChangeType.Deleted || this.#engine.hasRead(uri),
      );
      if (relevant.length === 0) return;
      this.#engine.filesChanged(relevant.map((change) => change.uri));
      this.#diagnostics.schedule();
    });
    this.connection.onNotification(BaseNotification, (params: unknown) => {
      const base = readBaseParams(params);
      if (base !== undefined && this.#engine.setBase(base)) this.#semanticDiff.start();
    });
    this.connection.onShutdown(() => {
      this.#diagnostics.dispose();
      this.#semanticDiff.dispose();
    });
  }

  #listenToDocuments(): void {
    // The first `didOpen` arrives as a content change too, so this is the only place that sets an overlay.
    this.#documents.onDidChangeContent(({ document }) => {
      this.#engine.setOverlay(document.uri, document.getText());
      this.#diagnostics.edited(document.uri);
    });
    this.#documents.onDidClose(({ document }) => {
      this.#engine.removeOverlay(document.uri);
      this.#diagnostics.edited(document.uri);
    });
    this.#documents.listen(this.connection);
  }

  /** What a server can only ask for once the editor is ready. */
  async #register(): Promise<void> {
    const { client, workspace } = this.connection;
    if (this.#client.watchers) {
      await client.register(DidChangeWatchedFilesNotification.type, {
        // Of a folder that is deleted the folder alone is told, which may have any name.
        watchers: [{ globPattern: POLICY_FILES }, { globPattern: "**/*", kind: WatchKind.Delete }],
      });
    }
    if (this.#client.configuration) {
      await client.register(DidChangeConfigurationNotification.type, { section: "plumbline" });
    }
    if (this.#client.folders) {
      workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map((folder) => folder.uri));
        this.#folders = [
          ...this.#folders.filter((uri) => !gone.has(uri)),
          ...added.map((folder) => folder.uri),
        ];
        this.#engine.setFolders(this.#folders);
        this.#diagnostics.schedule();
      });
    }
  }

  async #loadSettings(): Promise<void> {
    if (!this.#client.configuration) return;
    const answer: unknown = await this.connection.workspace.getConfiguration("plumbline");
    this.#engine.configure(readSettings(answer));
    this.#diagnostics.schedule();
  }

  #publish(uri: string, version: number | undefined, diagnostics: Diagnostic[]): void {
    this.connection
      .sendDiagnostics(version === undefined ? { uri, diagnostics } : { uri, version, diagnostics })
      .catch((error: unknown) => this.#report("publishing diagnostics", error));
  }

  /** An error of ours, which must be seen in the log and must not end the server. */
  #report(what: string, error: unknown): void {
    this.connection.console.error(
      `${what}: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
    );
  }
}
