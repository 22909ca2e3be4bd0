/** Talks to `z3-child.mjs`. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Z3Answer {
  readonly answer: "sat" | "unsat" | "unknown";
  /** Of z3's own time. */
  readonly milliseconds: number;
  /** Where it is `sat`: those of the constants asked for that are true. */
  readonly trues: readonly string[];
}

interface Waiting {
  readonly resolve: (answer: Z3Answer) => void;
  readonly reject: (problem: Error) => void;
}

type Message =
  | { readonly ready: true }
  | ({ readonly id: number } & Z3Answer)
  | { readonly id: number; readonly problem: string };

/** A z3 process. `end` it when done. */
export class Z3 {
  /** What z3 itself has taken so far, in milliseconds. */
  milliseconds = 0;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready: Promise<void>;
  #next = 0;

  /** `timeout`: milliseconds for each question, after which its answer is `unknown`. */
  constructor(readonly timeout: number) {
    const script = fileURLToPath(new URL("./z3-child.mjs", import.meta.url));
    // The flags of the test runner's own process are not for this one.
    this.#child = fork(script, { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#ready = new Promise((resolve, reject) => {
      this.#child.on("message", (message: Message) => {
        if ("ready" in message) resolve();
        else this.#answered(message);
      });
      this.#child.once("exit", (code, signal) => {
        const problem = new Error(`z3 ended with ${signal ?? code}`);
        reject(problem);
        for (const one of this.#waiting.values()) one.reject(problem);
        this.#waiting.clear();
      });
    });
  }

  /** Decides a script of declarations and assertions by itself. */
  decide(script: string): Promise<Z3Answer> {
    return this.#order({ order: "script", script, timeout: this.timeout });
  }

  /** Begins a problem of which more than one thing is asked; it takes the place of the one before. */
  open(script: string): Promise<Z3Answer> {
    return this.#order({ order: "open", script, timeout: this.timeout });
  }

  /** Adds disjunctions of Boolean constants; `!` stands for not. */
  async addClauses(clauses: readonly (readonly string[])[]): Promise<void> {
    if (clauses.length > 0) await this.#order({ order: "clauses", clauses });
  }

  /** Decides what is open under one Boolean constant. */
  check(assume: string, values: readonly string[]): Promise<Z3Answer> {
    return this.#order({ order: "check", assume, values });
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.disconnect();
    await ended;
  }

  async #order(order: object): Promise<Z3Answer> {
    await this.#ready;
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, ...order });
    });
  }

  #answered(message: Exclude<Message, { readonly ready: true }>): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ("problem" in message) {
      waiting?.reject(new Error(message.problem));
    } else {
      this.milliseconds += message.milliseconds;
      waiting?.resolve(message);
    }
  }
}
