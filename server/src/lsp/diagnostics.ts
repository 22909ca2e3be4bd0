import type { Finding } from "../workspace/finding.ts";

export interface DiagnosticsPorts {
  readonly analyze: (signal: AbortSignal) => Promise<ReadonlyMap<string, readonly Finding[]>>;
  /** The editor's version of an open file; undefined for one that is not open. */
  readonly versionOf: (uri: string) => number | undefined;
  readonly publish: (uri: string, version: number | undefined, findings: readonly Finding[]) => void;
  readonly failed: (error: unknown) => void;
  /** Called after each completed run. */
  readonly settled?: () => void;
}

/**
 * Runs the analysis some time after the last change, one run at a time, and publishes what changed. A change
 * during a run aborts it, and its answer is dropped: findings of an old text never appear under a new one.
 */
export class DiagnosticsScheduler {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | undefined;
  #disposed = false;
  /** What the editor shows now, by file; a file without findings is absent. */
  readonly #published = new Map<string, string>();
  /**
   * Files edited since their last publication. The editor moves its markers along with an edit, so such a file is
   * published again even where its findings are the same.
   */
  readonly #edited = new Set<string>();

  constructor(
    private readonly ports: DiagnosticsPorts,
    private readonly delayMs: number,
  ) {}

  edited(uri: string): void {
    this.#edited.add(uri);
    this.schedule();
  }

  schedule(): void {
    if (this.#disposed) return;
    this.#running?.abort();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#run().catch((error: unknown) => this.ports.failed(error));
    }, this.delayMs);
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#running?.abort();
  }

  async #run(): Promise<void> {
    // A run that was aborted but has not ended yet would share the processor; the new one waits for nothing.
    const controller = new AbortController();
    this.#running = controller;
    try {
      const findings = await this.ports.analyze(controller.signal);
      if (controller.signal.aborted) return;
      this.#publish(findings);
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    } finally {
      if (this.#running === controller) this.#running = undefined;
    }
    if (!controller.signal.aborted) this.ports.settled?.();
  }

  #publish(findings: ReadonlyMap<string, readonly Finding[]>): void {
    for (const uri of new Set([...this.#published.keys(), ...this.#edited, ...findings.keys()])) {
      const list = findings.get(uri) ?? [];
      const key = list.length === 0 ? undefined : JSON.stringify(list);
      if (this.#published.get(uri) === key && !this.#edited.has(uri)) continue;
      if (key === undefined) this.#published.delete(uri);
      else this.#published.set(uri, key);
      this.ports.publish(uri, this.ports.versionOf(uri), list);
    }
    this.#edited.clear();
  }
}
