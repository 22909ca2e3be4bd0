import {
  type CancellationToken,
  CodeLensRefreshRequest,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { ImportError } from "../workspace/import/imported.ts";
import { SimulationError } from "../workspace/simulate.ts";
import { untilCancelled } from "./cancellation.ts";
import { CODE_ACTION_KINDS, type CodeActionPorts, codeActions } from "./code-actions.ts";
import { toCodeLens, toDiagnostic, toHover } from "./convert.ts";
import { DeployedDocuments } from "./deployed-documents.ts";
import { DiagnosticsScheduler } from "./diagnostics.ts";
import type { Engine } from "./engine.ts";
import {
  BaseNotification,
  CheckDriftRequest,
  type ImportAnswer,
  ImportRequest,
  type InitializationOptions,
  ListScenariosRequest,
  PingRequest,
  POLICY_FILES,
  SERVER_COMMANDS,
  SemanticDiffChangedNotification,
  SemanticDiffRequest,
  SimulateRequest,
  type SimulationReport,
} from "./protocol.ts";
import { SemanticDiffScheduler } from "./semantic-diff-scheduler.ts";
import {
  readBaseParams,
  readImportParams,
  readInitializationOptions,
  readSettings,
  readSimulateParams,
} from "./untrusted.ts";

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

interface Dynamic {
  readonly configuration: boolean;
  readonly folders: boolean;
  readonly watchers: boolean;
  readonly documents: boolean;
  readonly actions: boolean;
  readonly lenses: boolean;
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
  readonly #dynamic: Dynamic;
  readonly #codeActions: CodeActionPorts;
  #folders: readonly string[];

  constructor(
    private readonly connection: Connection,
    params: InitializeParams,
    makeEngine: MakeEngine,
    bundled: Bundled,
  ) {
    this.#options = readInitializationOptions(params.initializationOptions);
    const takesLinks = params.capabilities.textDocument?.publishDiagnostics?.codeDescriptionSupport === true;
    const docsBase = takesLinks ? (this.#options.docsBase ?? bundled.docsBase) : undefined;
    this.#dynamic = dynamicCapabilities(params);
    this.#folders = (params.workspaceFolders ?? []).map((folder) => folder.uri);
    this.#engine = makeEngine({ connection, options: this.#options, folders: () => this.#folders });
    this.#engine.setFolders(this.#folders);
    this.#codeActions = {
      engine: this.#engine,
      toDiagnostic: (finding) => toDiagnostic(finding, docsBase),
      open: (uri) => {
        const document = this.#documents.get(uri);
        return document && { text: document.getText(), version: document.version };
      },
      takesVersions: params.capabilities.workspace?.workspaceEdit?.documentChanges === true,
    };
    this.#deployed = new DeployedDocuments(connection, this.#dynamic);
    this.#diagnostics = new DiagnosticsScheduler(
      {
        analyze: (signal) => {
          this.#semanticDiff.cancel();
          return this.#engine.analyze(signal);
        },
        versionOf: (uri) => this.#documents.get(uri)?.version,
        publish: (uri, version, findings) =>
          this.#publish(
            uri,
            version,
            findings.map((finding) => toDiagnostic(finding, docsBase)),
          ),
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
        if (this.#dynamic.lenses) await connection.sendRequest(CodeLensRefreshRequest.type);
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
    this.#listenToRequests();
    this.connection.onInitialized(() => {
      this.#register().catch((error: unknown) => this.#report("registration", error));
      this.#loadSettings().catch((error: unknown) => this.#report("settings", error));
      this.#diagnostics.schedule();
    });
    this.connection.onDidChangeConfiguration(() => {
      this.#loadSettings().catch((error: unknown) => this.#report("settings", error));
    });
    this.connection.onDidChangeWatchedFiles(({ changes }) => {
      this.#engine.filesChanged(changes.map((change) => change.uri));
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

  #listenToRequests(): void {
    const { connection } = this;
    connection.onHover(async ({ textDocument, position }, token) => {
      const hover = await untilCancelled(token, (signal) =>
        this.#engine.hover(textDocument.uri, position, signal),
      );
      return hover === undefined ? null : toHover(hover);
    });
    connection.onCodeLens(async ({ textDocument }, token) => {
      const lenses = await untilCancelled(token, (signal) =>
        this.#engine.codeLenses(textDocument.uri, signal),
      );
      return lenses.map((lens) => toCodeLens(lens, this.#options.clientCommands === true));
    });
    connection.onCodeAction(({ textDocument, range, context }, token) =>
      untilCancelled(token, (signal) =>
        codeActions(textDocument.uri, range, context, this.#codeActions, signal),
      ),
    );
    connection.onExecuteCommand((params, token) => {
      switch (params.command) {
        case SERVER_COMMANDS.simulate:
          return this.#simulate(params.arguments?.[0], token);
        case SERVER_COMMANDS.checkDrift:
          return untilCancelled(token, (signal) => this.#engine.checkDrift(signal));
        default:
          throw new ResponseError(LSPErrorCodes.RequestFailed, `There is no command ${params.command}.`);
      }
    });
    connection.onRequest(SimulateRequest, (params: unknown, token) => this.#simulate(params, token));
    connection.onRequest(ListScenariosRequest, (_params: unknown, token) =>
      untilCancelled(token, (signal) => this.#engine.scenarios(signal)),
    );
    connection.onRequest(CheckDriftRequest, (_params: unknown, token) =>
      untilCancelled(token, (signal) => this.#engine.checkDrift(signal)),
    );
    connection.onRequest(SemanticDiffRequest, (_params: unknown, token) =>
      untilCancelled(token, (signal) => this.#engine.semanticDiff(signal)),
    );
    connection.onRequest(ImportRequest, (params: unknown, token) => this.#import(params, token));
    connection.onRequest(PingRequest, () => true);
  }

  /** What cannot be simulated is an answer for the person, not a failure of the server. */
  async #simulate(params: unknown, token: CancellationToken): Promise<SimulationReport> {
    try {
      return await untilCancelled(token, (signal) =>
        this.#engine.simulate(readSimulateParams(params), signal),
      );
    } catch (error) {
      if (!(error instanceof SimulationError)) throw error;
      throw new ResponseError(LSPErrorCodes.RequestFailed, error.message);
    }
  }

  /** What cannot be imported is an answer for the person, too. */
  async #import(params: unknown, token: CancellationToken): Promise<ImportAnswer> {
    try {
      return await untilCancelled(token, (signal) =>
        this.#engine.planImport(readImportParams(params), signal),
      );
    } catch (error) {
      if (!(error instanceof ImportError)) throw error;
      throw new ResponseError(LSPErrorCodes.RequestFailed, error.message);
    }
  }

  /** What a server can only ask for once the editor is ready. */
  async #register(): Promise<void> {
    const { client, workspace } = this.connection;
    if (this.#dynamic.watchers) {
      await client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: POLICY_FILES }],
      });
    }
    if (this.#dynamic.configuration) {
      await client.register(DidChangeConfigurationNotification.type, { section: "plumbline" });
    }
    if (this.#dynamic.folders) {
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
    if (!this.#dynamic.configuration) return;
    const answer: unknown = await this.connection.workspace.getConfiguration("plumbline");
    this.#engine.configure(readSettings(answer));
    this.#diagnostics.schedule();
  }

  #publish(uri: string, version: number | undefined, diagnostics: ReturnType<typeof toDiagnostic>[]): void {
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

function dynamicCapabilities(params: InitializeParams): Dynamic {
  const { workspace, textDocument } = params.capabilities;
  return {
    configuration: workspace?.configuration === true,
    folders: workspace?.workspaceFolders === true,
    watchers: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    documents:
      textDocument?.synchronization?.dynamicRegistration === true &&
      textDocument.hover?.dynamicRegistration === true &&
      textDocument.codeLens?.dynamicRegistration === true,
    actions: textDocument?.codeAction?.dynamicRegistration === true,
    lenses: workspace?.codeLens?.refreshSupport === true,
  };
}
