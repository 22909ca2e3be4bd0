/** The one facade that editor and CLI call: folders and texts in, an immutable snapshot out. */
import type { Host } from "../text/host.ts";
import { HostError } from "../text/host.ts";
import { shown } from "../text/shown.ts";
import type { ParsedFile } from "../text/tree.ts";
import { withoutOtherVersions } from "./consequences.ts";
import { type Analyzed, analyzeControlPlane, type ControlPlaneContext } from "./control-plane.ts";
import { discover } from "./discovery.ts";
import { FileStore, isFailure } from "./file-store.ts";
import type { Finding } from "./finding.ts";
import { type EnvironmentProblem, findingsWithFixes, toFindings } from "./findings.ts";
import type { WorkspaceOptions } from "./options.ts";
import type { Snapshot } from "./snapshot.ts";
import { isInside, isPolicyFile } from "./uris.ts";

const policyGlobs = ["**/*.plumb.yaml", "**/*.plumb.yml"];

export class Workspace {
  readonly #store: FileStore;
  readonly #previous = new Map<string, Analyzed>();
  #folders: readonly string[] = [];
  #options: WorkspaceOptions = { exclude: [], drift: true, scenarios: true, rules: true, deployed: true };
  #policyFiles: readonly string[] | undefined;
  /** Policy files that the settings leave out; being open in the editor does not bring them back. */
  #excluded: ReadonlySet<string> = new Set();

  /** `like`: another workspace of nearly the same files, whose trees serve for the texts that both have. */
  constructor(host: Host, like?: Workspace) {
    this.#store = new FileStore(host, like && ((uri) => like.#store.known(uri)));
  }

  /** URIs of folders, with or without a trailing slash. Nothing outside them is read. */
  setFolders(uris: readonly string[]): void {
    this.#folders = uris.map((uri) => (uri.endsWith("/") ? uri : `${uri}/`));
    this.#policyFiles = undefined;
  }

  get folders(): readonly string[] {
    return this.#folders;
  }

  configure(options: Partial<WorkspaceOptions>): void {
    this.#options = { ...this.#options, ...options };
    this.#previous.clear();
    this.#policyFiles = undefined;
  }

  setOverlay(uri: string, text: string): void {
    this.#store.setOverlay(uri, text);
  }

  removeOverlay(uri: string): void {
    this.#store.removeOverlay(uri);
  }

  /** The files with an overlay. */
  get overlays(): readonly string[] {
    return this.#store.overlays;
  }

  /** Files that were created, changed or deleted on disk. */
  filesChanged(uris: readonly string[]): void {
    for (const uri of uris) this.#store.invalidate(uri);
    this.#policyFiles = undefined;
  }

  /** Whether an analysis has read the file, or one below the folder. */
  hasRead(uri: string): boolean {
    return this.#store.hasRead(uri);
  }

  /** Any file may be another now, as after a checkout. */
  everythingChanged(): void {
    this.#store.invalidateAll();
    this.#policyFiles = undefined;
  }

  /** Reads a file as a tree, as the analysis does: overlays first. */
  load(uri: string): ReturnType<FileStore["load"]> {
    return this.#store.load(uri);
  }

  /** Analyses everything that has changed since the last time. Rejects when `signal` aborts. */
  async analyze(signal?: AbortSignal): Promise<Snapshot> {
    const { files, problems: unreadable } = await this.#policyTrees(signal);
    const discovery = discover(files);
    const context: ControlPlaneContext = {
      store: this.#store,
      folders: this.#folders,
      options: this.#options,
      signal,
    };
    const analyzed: Analyzed[] = [];
    for (const controlPlane of discovery.controlPlanes) {
      signal?.throwIfAborted();
      const result = await analyzeControlPlane(
        controlPlane,
        context,
        this.#previous.get(controlPlane.folder),
      );
      this.#previous.set(controlPlane.folder, result);
      analyzed.push(result);
    }
    signal?.throwIfAborted();
    const problems: readonly EnvironmentProblem[] = [
      ...files.flatMap((file) => file.problems),
      ...discovery.problems,
      ...analyzed.flatMap((one) => one.problems),
    ];
    const seen = [
      ...files,
      ...analyzed.flatMap((one) => [...one.snapshot.deployedFiles, ...one.snapshot.documents.values()]),
    ];
    const layouts = new Map(seen.map((file) => [file.uri, file.layout]));
    const findings = new Map<string, Finding[]>(seen.map((file) => [file.uri, []]));
    const { findings: found, fixes } = findingsWithFixes(withoutOtherVersions(problems, files), layouts);
    for (const finding of [...found, ...unreadable]) {
      const own = findings.get(finding.uri);
      if (own === undefined) findings.set(finding.uri, [finding]);
      else own.push(finding);
    }
    const accepted = (["waiver", "comment"] as const).flatMap((by) => {
      const own = analyzed.flatMap((one) => one.accepted).filter((one) => one.by === by);
      const problems = own.map((one) => one.problem);
      return toFindings(problems, layouts).map((finding) => ({ finding, by }));
    });
    const policyFiles = new Map(files.map((file) => [file.uri, file]));
    return {
      controlPlanes: analyzed.map((one) => one.snapshot),
      findings,
      accepted,
      fixes,
      layouts,
      policyFiles,
    };
  }

  async #policyTrees(
    signal: AbortSignal | undefined,
  ): Promise<{ readonly files: readonly ParsedFile[]; readonly problems: readonly Finding[] }> {
    this.#policyFiles ??= await this.#findPolicyFiles();
    const overlays = this.#store.overlays.filter((uri) => isPolicyFile(uri) && !this.#excluded.has(uri));
    const uris = [...new Set([...this.#policyFiles, ...overlays])].sort();
    signal?.throwIfAborted();
    const files: ParsedFile[] = [];
    const problems: Finding[] = [];
    for (const file of await this.#store.loadAll(uris)) {
      if (!isFailure(file)) files.push(file);
      // A file that went between the search and the reading is simply not there.
      else if (file.error !== "not-found") problems.push(unreadable(file.uri, file.message));
    }
    return { files, problems };
  }

  async #findPolicyFiles(): Promise<readonly string[]> {
    const found = new Set<string>();
    const left = new Set<string>();
    for (const folder of this.#folders) {
      const excluded = new Set(
        this.#options.exclude.length === 0 ? [] : await this.#store.find(folder, this.#options.exclude),
      );
      try {
        for (const uri of await this.#store.find(folder, policyGlobs))
          (excluded.has(uri) ? left : found).add(uri);
      } catch (error) {
        // A workspace folder that was deleted has no files; the editor tells the person about the folder itself.
        if (!(error instanceof HostError && error.code === "not-found")) throw error;
      }
    }
    this.#excluded = left;
    return [...found];
  }

  isInWorkspace(uri: string): boolean {
    return this.#folders.some((folder) => isInside(uri, folder));
  }
}

/** A policy file that has no text has no places either: the finding stands at its beginning. */
function unreadable(uri: string, message: string): Finding {
  const start = { line: 0, character: 0 };
  return {
    code: "workspace/not-readable",
    severity: "error",
    message: `This policy file cannot be read, so nothing in it counts. ${shown(message)}`,
    uri,
    range: { start, end: start },
    related: [],
    environments: [],
    fixable: false,
    data: {},
  };
}
