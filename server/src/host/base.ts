/** The files of a revision: those of the working tree, with the changed ones as they were. */
import { type Host, HostError } from "../text/host.ts";
import type { BaseHost, ChangedFile } from "../workspace/base-revision.ts";
import { globMatcher } from "./glob.ts";

/** As the machine's own search does: what is installed is nobody's policy. */
const SKIPPED = /(?:^|\/)(?:node_modules|\.vscode-test)\//;

export class RevisionHost implements BaseHost {
  #existed: ReadonlyMap<string, boolean> = new Map();

  constructor(
    private readonly workingTree: Host,
    /** The bytes of a changed file in the revision. Rejects with `HostError`. */
    private readonly readBase: (uri: string) => Promise<Uint8Array>,
  ) {}

  setChanged(files: readonly ChangedFile[]): void {
    this.#existed = new Map(files.map(({ uri, existed }) => [uri, existed]));
  }

  async readFile(uri: string): Promise<Uint8Array> {
    switch (this.#existed.get(uri)) {
      case undefined:
        return this.workingTree.readFile(uri);
      case true:
        return this.readBase(uri);
      case false:
        throw new HostError("not-found", `${uri} does not exist in the revision`);
    }
  }

  async stat(uri: string): ReturnType<Host["stat"]> {
    switch (this.#existed.get(uri)) {
      case undefined:
        return this.workingTree.stat(uri);
      case true:
        return { type: "file", size: (await this.readBase(uri)).length };
      case false:
        return undefined;
    }
  }

  async findFiles(baseUri: string, globs: readonly string[]): Promise<readonly string[]> {
    const matches = globMatcher(globs);
    const found = new Set(await this.workingTree.findFiles(baseUri, globs));
    for (const [uri, existed] of this.#existed) {
      if (!existed) found.delete(uri);
      else if (uri.startsWith(baseUri)) {
        const path = decodeURIComponent(uri.slice(baseUri.length));
        if (!SKIPPED.test(path) && matches(path)) found.add(uri);
      }
    }
    return [...found].sort();
  }

  /** A changed file may be gone from the disk, so there is no link to resolve. */
  async realpath(uri: string): Promise<string> {
    return this.#existed.has(uri) ? uri : this.workingTree.realpath(uri);
  }

  now(): number {
    return this.workingTree.now();
  }
}
