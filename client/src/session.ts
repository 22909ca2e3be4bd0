import * as vscode from "vscode";
import { type BaseLanguageClient, type LanguageClientOptions, State } from "vscode-languageclient";
import { type InitializationOptions, LANGUAGE_ID } from "../../server/src/lsp/protocol.ts";
import { answerFileRequests } from "./files.ts";
import { Watchdog } from "./watchdog.ts";

/** Makes a client that has not been started; the two hosts differ only here. */
export type MakeClient = (options: LanguageClientOptions) => Promise<BaseLanguageClient>;

/** How long a server may take to end by itself before it is killed. */
const STOP_TIMEOUT_MS = 2_000;

/**
 * The one connection to the server: starts it, restarts it, and gives it to the commands. The server starts when
 * the extension is activated, and then in the background.
 */
export class Session implements vscode.Disposable {
  readonly log: vscode.LogOutputChannel;
  readonly #started = new vscode.EventEmitter<BaseLanguageClient>();
  /** A server that knows nothing yet has started, for whatever reason. */
  readonly onDidStart = this.#started.event;
  #client: BaseLanguageClient | undefined;
  #starting: Promise<BaseLanguageClient> | undefined;
  readonly #watchdog: Watchdog;

  constructor(
    private readonly makeClient: MakeClient,
    /** Where the pages of finding codes are. */
    private readonly docsBase: string,
  ) {
    this.log = vscode.window.createOutputChannel("Plumbline", { log: true });
    this.#watchdog = new Watchdog({
      client: () => this.#client,
      hung: async () => {
        this.log.error("The server does not answer; restarting it.");
        await this.restart();
      },
    });
  }

  /** The running client; starts it where it is not. Rejects with the reason where it cannot start. */
  async client(): Promise<BaseLanguageClient> {
    this.#starting ??= this.#start();
    try {
      return await this.#starting;
    } catch (error) {
      // The next caller may try again.
      this.#starting = undefined;
      throw error;
    }
  }

  /** The client of a server that runs now; for those who have nothing to say to a server that does not. */
  get running(): BaseLanguageClient | undefined {
    return this.#client?.isRunning() === true ? this.#client : undefined;
  }

  /** Starts without making anyone wait; a failure is shown once. */
  startInBackground(): void {
    this.client().catch((error: unknown) => {
      this.log.error(error instanceof Error ? error : String(error));
      void vscode.window.showErrorMessage(`Plumbline's server did not start: ${messageOf(error)}`);
    });
  }

  async restart(): Promise<void> {
    await this.#stop();
    await this.client();
  }

  async dispose(): Promise<void> {
    this.#watchdog.dispose();
    await this.#stop();
    this.#started.dispose();
    this.log.dispose();
  }

  async #start(): Promise<BaseLanguageClient> {
    const initializationOptions: InitializationOptions = {
      clientCommands: true,
      clientFiles: true,
      docsBase: this.docsBase,
    };
    const client = await this.makeClient({
      documentSelector: [{ language: LANGUAGE_ID }],
      outputChannel: this.log,
      diagnosticCollectionName: "plumbline",
      initializationOptions,
      markdown: { isTrusted: false, supportHtml: false },
    });
    answerFileRequests(client);
    await client.start();
    this.#client = client;
    this.#watchdog.start();
    this.#started.fire(client);
    // The client library restarts a server that has ended by itself.
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running && this.#client === client) this.#started.fire(client);
    });
    return client;
  }

  async #stop(): Promise<void> {
    this.#watchdog.stop();
    const client = this.#client;
    this.#client = undefined;
    this.#starting = undefined;
    if (client === undefined) return;
    try {
      await client.dispose(STOP_TIMEOUT_MS);
    } catch (error) {
      // A hung server does not answer `shutdown`; the client library has killed it by now.
      this.log.warn(`The server did not stop by itself: ${messageOf(error)}`);
    }
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
