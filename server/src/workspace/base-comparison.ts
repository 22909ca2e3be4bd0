/**
 * The working tree against the revision that it came from, control plane by control plane. The revision is analysed
 * when something differs, and only then; where a text is the same on both sides, so is its tree.
 */
import type { BaseHost, BaseRevision, ChangedFile } from "./base-revision.ts";
import { isFailure } from "./file-store.ts";
import type { DiffSide, SemanticDiff } from "./semantic-diff.ts";
import type { ControlPlaneSnapshot, Snapshot } from "./snapshot.ts";
import { isUnread } from "./unread.ts";
import { isInside, isPolicyFile, literalGlob, pathOf } from "./uris.ts";
import { Workspace } from "./workspace.ts";

/** What changed in one control plane. An undefined side has no such control plane. */
export interface PlaneChange {
  readonly base: ControlPlaneSnapshot | undefined;
  readonly current: ControlPlaneSnapshot | undefined;
  readonly diff: SemanticDiff;
}

export type BaseComparison =
  | { readonly state: "none" }
  /** The revision could not be read; `reason` is a sentence for people. */
  | { readonly state: "failed"; readonly revision: BaseRevision; readonly reason: string }
  | {
      readonly state: "compared";
      readonly revision: BaseRevision;
      readonly planes: readonly PlaneChange[];
      /** The layouts that places of base parts are of. */
      readonly baseLayouts: Snapshot["layouts"];
    };

interface Differing {
  readonly differ: boolean;
  readonly failure?: string;
}

export class BaseWorkspace {
  readonly #workspace: Workspace;
  readonly #revisions = new Map<string, BaseRevision>();
  /** Written since the revision was last told: whether they differ from it now is not known yet. */
  readonly #doubtful = new Set<string>();
  /** By folder of the control plane: what was compared last. */
  readonly #known = new Map<string, { readonly inputs: readonly unknown[]; readonly diff: SemanticDiff }>();

  constructor(
    private readonly current: Workspace,
    private readonly host: BaseHost,
  ) {
    this.#workspace = new Workspace(host, current);
    // The meaning of the policy is compared; what is deployed has a comparison of its own.
    this.#workspace.configure({ drift: false, scenarios: false, rules: false, deployed: false });
  }

  setFolders(uris: readonly string[]): void {
    this.#workspace.setFolders(uris);
  }

  exclude(globs: readonly string[]): void {
    this.#workspace.configure({ exclude: globs });
  }

  /**
   * Files that were written on disk. The base keeps what it has of them until the revision is told anew: the news of
   * the file comes before the news that it differs, and in between the new text would pass for the old one.
   */
  filesChanged(uris: readonly string[]): void {
    for (const uri of uris) this.#doubtful.add(uri);
  }

  /** Whether anything is another than before. `revision` undefined: the folder has none (any more). */
  setRevision(folder: string, revision: BaseRevision | undefined): boolean {
    const before = this.#revisions.get(folder);
    const doubtful = [...this.#doubtful].filter((uri) => isInside(uri, folder));
    for (const uri of doubtful) this.#doubtful.delete(uri);
    if (sameRevision(before, revision) && doubtful.length === 0) return false;
    if (revision === undefined) this.#revisions.delete(folder);
    else this.#revisions.set(folder, revision);
    const all = [...this.#revisions.values()].flatMap((one) => one.changed);
    this.host.setChanged(all);
    const old = new Set(before?.changed.map(keyOf));
    const now = new Set(revision?.changed.map(keyOf));
    if (before?.commit !== revision?.commit) this.#workspace.everythingChanged();
    else {
      const came = (revision?.changed ?? []).filter((one) => !old.has(keyOf(one)));
      const went = (before?.changed ?? []).filter((one) => !now.has(keyOf(one)));
      this.#workspace.filesChanged([...[...came, ...went].map((one) => one.uri), ...doubtful]);
    }
    return true;
  }

  /** Rejects when `signal` aborts. */
  async compare(snapshot: Snapshot, signal: AbortSignal): Promise<BaseComparison> {
    const [revision] = this.#revisions.values();
    if (revision === undefined) return { state: "none" };
    const nothing: BaseComparison = { state: "compared", revision, planes: [], baseLayouts: new Map() };
    const { differ, failure } = await this.#differing(snapshot);
    signal.throwIfAborted();
    if (failure !== undefined) return { state: "failed", revision, reason: failure };
    if (!differ) return nothing;
    const base = await this.#workspace.analyze(signal);
    const planes: PlaneChange[] = [];
    for (const [before, now] of pairs(base, snapshot)) {
      if (!this.#isCovered((now ?? before)?.set.controlPlane.folder)) continue;
      await aMoment();
      signal.throwIfAborted();
      const unread: DiffSide[] = [];
      if (isUnread(before, base)) unread.push("base");
      if (isUnread(now, snapshot)) unread.push("current");
      const diff = await this.#diff(before, now, unread);
      if (diff !== undefined) planes.push({ base: before, current: now, diff });
    }
    return { state: "compared", revision, planes, baseLayouts: base.layouts };
  }

  /** Whether any text that the policy is made of is another than in the base, and why that cannot be said. */
  async #differing(snapshot: Snapshot): Promise<Differing> {
    const changed = new Map(
      [...this.#revisions.values()].flatMap((one) => one.changed.map((file) => [file.uri, file] as const)),
    );
    const candidates = [...new Set([...changed.keys(), ...this.current.overlays])].filter(
      (uri) => this.#isCovered(uri) && this.current.isInWorkspace(uri) && takesPart(uri, snapshot),
    );
    let differ = false;
    for (const uri of candidates) {
      const [base, now] = [await this.#workspace.load(uri), await this.current.load(uri)];
      // Without the text as it was, everything in the file would pass for new.
      if (isFailure(base) && changed.get(uri)?.existed === true)
        return { differ, failure: `${pathOf(uri)} cannot be read as it was. ${base.message}` };
      const [before, after] = [base, now].map((file) => (isFailure(file) ? undefined : file.layout.text));
      if (before !== after) differ = true;
    }
    return { differ };
  }

  async #diff(
    base: ControlPlaneSnapshot | undefined,
    current: ControlPlaneSnapshot | undefined,
    unread: readonly DiffSide[],
  ): Promise<SemanticDiff | undefined> {
    const [before, now] = [textsOf(base), textsOf(current)];
    if (sameItems(before, now)) return undefined;
    const folder = (current ?? base)?.set.controlPlane.folder ?? "";
    const inputs = [...before, unread.join(), ...now];
    const known = this.#known.get(folder);
    if (known !== undefined && sameItems(known.inputs, inputs)) return known.diff;
    // Loaded when something differs for the first time: most sessions of the server start without.
    const { semanticDiff } = await import("./semantic-diff.ts");
    const diff = semanticDiff(base, current, { unread });
    this.#known.set(folder, { inputs, diff });
    return diff;
  }

  #isCovered(uri: string | undefined): boolean {
    return uri !== undefined && [...this.#revisions.keys()].some((folder) => isInside(uri, folder));
  }
}

/** Policy files, and the documents that they refer to: the texts that a decision of the policy depends on. */
function takesPart(uri: string, { controlPlanes }: Snapshot): boolean {
  if (isPolicyFile(uri)) return true;
  const glob = literalGlob(pathOf(uri));
  return controlPlanes.some(
    (plane) =>
      plane.documents.has(uri) ||
      (plane.watched.includes(glob) && !plane.deployedFiles.some((file) => file.uri === uri)),
  );
}

/** Every tree that the meaning of the control plane depends on. */
function textsOf(plane: ControlPlaneSnapshot | undefined): readonly unknown[] {
  return plane === undefined ? [] : [...plane.files, ...plane.documents.values()];
}

/** The control planes of both sides, matched by their folder. */
function pairs(
  base: Snapshot,
  current: Snapshot,
): readonly (readonly [ControlPlaneSnapshot | undefined, ControlPlaneSnapshot | undefined])[] {
  const before = new Map(base.controlPlanes.map((plane) => [plane.set.controlPlane.folder, plane]));
  const now = new Map(current.controlPlanes.map((plane) => [plane.set.controlPlane.folder, plane]));
  const folders = new Set([...now.keys(), ...before.keys()]);
  return [...folders].map((folder) => [before.get(folder), now.get(folder)]);
}

function sameRevision(left: BaseRevision | undefined, right: BaseRevision | undefined): boolean {
  return (
    left?.commit === right?.commit &&
    left?.name === right?.name &&
    sameItems(left?.changed.map(keyOf) ?? [], right?.changed.map(keyOf) ?? [])
  );
}

function keyOf({ uri, existed }: ChangedFile): string {
  return `${existed} ${uri}`;
}

function sameItems(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

/** Lets requests and edits in between two control planes: a comparison runs to its end once it has begun. */
function aMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
