import type { BaseLanguageClient } from "vscode-languageclient";
import { PingRequest } from "../../server/src/lsp/protocol.ts";

const INTERVAL_MS = 10_000;
/** A server that is silent for this long is in a loop; no honest analysis blocks it so long. */
const PATIENCE_MS = 30_000;

/** Asks the server now and then whether it is alive, and says when it is not. */
export class Watchdog {
  #timer: ReturnType<typeof setInterval> | undefined;
  #waitingSince: number | undefined;

  constructor(
    private readonly ports: {
      readonly client: () => BaseLanguageClient | undefined;
      readonly hung: () => Promise<void>;
    },
  ) {}

  start(): void {
    this.stop();
    this.#timer = setInterval(() => this.#look(), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#waitingSince = undefined;
  }

  dispose(): void {
    this.stop();
  }

  #look(): void {
    const client = this.ports.client();
    if (client === undefined || !client.isRunning()) {
      this.#waitingSince = undefined;
      return;
    }
    if (this.#waitingSince === undefined) {
      this.#ask(client);
    } else if (Date.now() - this.#waitingSince > PATIENCE_MS) {
      this.stop();
      this.ports.hung().catch((error: unknown) => client.error("The restart failed.", error));
    }
  }

  #ask(client: BaseLanguageClient): void {
    this.#waitingSince = Date.now();
    const answered = () => {
      this.#waitingSince = undefined;
    };
    // An error is an answer too: the server lives, or it ended and the client library restarts it.
    client.sendRequest(PingRequest).then(answered, answered);
  }
}
