/** The comparison with the base revision for the protocol: one for each state of the texts, and what is shown of it. */
import { type PlacedMarks, placeMarks, semanticLenses } from "../features/semantic-lenses.ts";
import { type SemanticMark, semanticMarks } from "../features/semantic-marks.ts";
import { type BaseComparison, BaseWorkspace } from "../workspace/base-comparison.ts";
import type { BaseHost } from "../workspace/base-revision.ts";
import type { Snapshot } from "../workspace/snapshot.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { Lens, Marked } from "./engine.ts";
import type { BaseParams, SemanticDiffReport } from "./protocol.ts";

interface Known {
  readonly snapshot: Snapshot;
  readonly comparison: BaseComparison;
}

const NOTHING: Omit<SemanticDiffReport, "state"> = {
  revision: "",
  counts: { allows: 0, denies: 0, unknown: 0 },
  text: "",
  links: [],
  lines: {},
  marks: [],
};

export class SemanticDiffs {
  readonly #base: BaseWorkspace;
  #known: Known | undefined;
  #shown: readonly SemanticMark[] = [];
  #revision = "";
  /** The comparison that was started last: the next one waits for it, since both use the caches. */
  #running: Promise<unknown> = Promise.resolve();

  constructor(workspace: Workspace, host: BaseHost) {
    this.#base = new BaseWorkspace(workspace, host);
  }

  setFolders(uris: readonly string[]): void {
    this.#base.setFolders(uris);
    this.#known = undefined;
  }

  exclude(globs: readonly string[]): void {
    this.#base.exclude(globs);
    this.#known = undefined;
  }

  filesChanged(uris: readonly string[]): void {
    this.#base.filesChanged(uris);
  }

  setBase({ folder: written, revision, changed }: BaseParams): boolean {
    const folder = written.endsWith("/") ? written : `${written}/`;
    const isNew = this.#base.setRevision(folder, revision && { ...revision, folder, changed });
    if (isNew) this.#known = undefined;
    return isNew;
  }

  /** Decides what lenses and marks say from now on. */
  async mark(snapshot: Snapshot, signal: AbortSignal): Promise<Marked> {
    const comparison = await this.#compare(snapshot, signal);
    const marks = comparison.state === "compared" ? comparison.planes.flatMap(semanticMarks) : [];
    const changed = this.#show(marks, comparison);
    return comparison.state === "failed" ? { changed, problem: comparison.reason } : { changed };
  }

  unmark(): Marked {
    return { changed: this.#show([], { state: "none" }) };
  }

  lenses(snapshot: Snapshot, uri: string): readonly Lens[] {
    return semanticLenses(this.#placed(snapshot), uri, this.#revision).map(({ range, title, change }) => ({
      range,
      title,
      semanticDiff: change === undefined ? {} : { change },
    }));
  }

  /** `name` says a URI as the reader knows it. */
  async report(
    snapshot: Snapshot,
    signal: AbortSignal,
    name: (uri: string) => string,
  ): Promise<SemanticDiffReport> {
    const comparison = await this.#compare(snapshot, signal);
    switch (comparison.state) {
      case "none":
        return { ...NOTHING, state: "none" };
      case "failed":
        return {
          ...NOTHING,
          state: "failed",
          revision: comparison.revision.name,
          reason: comparison.reason,
        };
      case "compared": {
        const { semanticReport } = await import("../features/semantic-report.ts");
        return {
          state: "compared",
          revision: comparison.revision.name,
          ...semanticReport(comparison, snapshot, name),
          marks: this.#placed(snapshot).map(({ uri, range, marks }) => ({
            uri,
            range,
            kind: marks[0].kind,
            messages: marks.map((one) => one.message),
          })),
        };
      }
    }
  }

  #placed(snapshot: Snapshot): readonly PlacedMarks[] {
    return placeMarks(this.#shown, snapshot);
  }

  #show(marks: readonly SemanticMark[], comparison: BaseComparison): boolean {
    const revision = comparison.state === "none" ? "" : comparison.revision.name;
    const before = said(this.#shown, this.#revision);
    this.#shown = marks;
    this.#revision = revision;
    return said(marks, revision) !== before;
  }

  async #compare(snapshot: Snapshot, signal: AbortSignal): Promise<BaseComparison> {
    const turn = this.#running.then(async () => {
      signal.throwIfAborted();
      if (this.#known?.snapshot === snapshot) return this.#known.comparison;
      const comparison = await this.#base.compare(snapshot, signal);
      this.#known = { snapshot, comparison };
      return comparison;
    });
    this.#running = turn.catch(() => {
      // Whoever asked for it gets the error; the next comparison only waits.
    });
    return unlessAborted(turn, signal);
  }
}

/** The editor may take long to read a file of the revision; nobody waits for it in vain. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

/** What a reader would notice; where it stands moves with the text. */
function said(marks: readonly SemanticMark[], revision: string): string {
  return JSON.stringify([
    revision,
    marks.map(({ folder, anchor, kind, title, message, change }) => {
      const at = anchor.kind === "place" ? anchor.place.block.uri : anchor;
      return [folder, at, kind, title, message, change];
    }),
  ]);
}
