import type { Marked } from "./engine.ts";

export interface SemanticDiffPorts {
  readonly compare: (signal: AbortSignal) => Promise<Marked>;
  readonly refreshLenses: () => Promise<void>;
  /** Called after each comparison. */
  readonly compared: () => Promise<void>;
  /** Says why nothing can be compared. */
  readonly problem: (reason: string) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Compares with the base revision behind the diagnostics: findings never wait for it, and what overtakes it ends it.
 */
export class SemanticDiffScheduler {
  #running: AbortController | undefined;
  #disposed = false;
  /** What was said last: a reason stays one for many edits. */
  #problem: string | undefined;

  constructor(private readonly ports: SemanticDiffPorts) {}

  start(): void {
    if (this.#disposed) return;
    this.cancel();
    const controller = new AbortController();
    this.#running = controller;
    this.#run(controller.signal).catch((error: unknown) => {
      if (!controller.signal.aborted) this.ports.failed(error);
    });
  }

  cancel(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  dispose(): void {
    this.#disposed = true;
    this.cancel();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { changed, problem } = await this.ports.compare(signal);
    if (problem !== undefined && problem !== this.#problem) this.ports.problem(problem);
    this.#problem = problem;
    if (changed) await this.ports.refreshLenses();
    await this.ports.compared();
  }
}
