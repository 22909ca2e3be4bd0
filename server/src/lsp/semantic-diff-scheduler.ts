export interface SemanticDiffPorts {
  /** Compares; whether code lenses say something else now. */
  readonly compare: (signal: AbortSignal) => Promise<boolean>;
  readonly refreshLenses: () => Promise<void>;
  /** Called after each comparison. */
  readonly compared: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/**
 * Compares with the base revision behind the diagnostics: findings never wait for it, and what overtakes it ends it.
 */
export class SemanticDiffScheduler {
  #running: AbortController | undefined;
  #disposed = false;

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
    const changed = await this.ports.compare(signal);
    if (changed) await this.ports.refreshLenses();
    await this.ports.compared();
  }
}
