import type { Dirent, Stats } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { URI } from "vscode-uri";
import { type Host, HostError } from "../text/host.ts";
import { globMatcher, literalPrefix } from "./glob.ts";

/** Big exports of a cluster are some 30 MB; what is much bigger is not meant for us. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Folder entries that one search looks at before it gives up; a search must end even in `/`. */
const MAX_ENTRIES = 500_000;
const SKIPPED_FOLDERS = new Set([".git", "node_modules", ".vscode-test"]);

export interface NodeHostOptions {
  /**
   * The folders that may be read, as URIs, asked for at each access since they change; `"anywhere"` is for the CLI,
   * where the person named the file.
   */
  readonly roots: () => readonly string[] | "anywhere";
}

/** Files of this machine. Every URI that comes out has the encoding that VS Code uses. */
export class NodeHost implements Host {
  constructor(private readonly options: NodeHostOptions) {}

  async readFile(uri: string): Promise<Uint8Array> {
    const file = await this.#admitted(uri);
    const { size, isFile } = await this.#stats(file, uri);
    if (!isFile) throw new HostError("not-readable", `${file} is not a file`);
    if (size > MAX_FILE_BYTES) {
      throw new HostError(
        "too-large",
        `${file} has ${size} bytes; the most that is read is ${MAX_FILE_BYTES}`,
      );
    }
    try {
      return await readFile(file);
    } catch (error) {
      throw toHostError(error, file);
    }
  }

  async stat(
    uri: string,
  ): Promise<{ readonly type: "file" | "directory"; readonly size: number } | undefined> {
    try {
      const file = await this.#admitted(uri);
      const { size, isFile } = await this.#stats(file, uri);
      return { type: isFile ? "file" : "directory", size };
    } catch (error) {
      if (error instanceof HostError && error.code === "not-found") return undefined;
      throw error;
    }
  }

  async findFiles(baseUri: string, globs: readonly string[]): Promise<readonly string[]> {
    const base = toPath(baseUri);
    const matches = globMatcher(globs);
    const found = new Set<string>();
    const budget = { entries: MAX_ENTRIES };
    for (const start of outermost(globs.map(literalPrefix))) {
      // What a glob with `..` would find is outside; the workspace reports such a reference itself.
      if (start.split("/").includes("..")) continue;
      await this.#walk(base, start, matches, found, budget);
    }
    return [...found].sort();
  }

  async realpath(uri: string): Promise<string> {
    try {
      return URI.file(await realpath(toPath(uri))).toString();
    } catch (error) {
      throw toHostError(error, uri);
    }
  }

  now(): number {
    return Date.now();
  }

  /** Symbolic links to folders are not followed: they may form circles, and what they show has another name. */
  async #walk(
    base: string,
    relative: string,
    matches: (path: string) => boolean,
    found: Set<string>,
    budget: { entries: number },
  ): Promise<void> {
    let entries: Dirent[];
    try {
      entries = await readdir(path.join(base, relative), { withFileTypes: true });
    } catch (error) {
      // A folder that is not there, or that this user may not see, holds no file for us.
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES" || code === "EPERM") return;
      throw toHostError(error, path.join(base, relative));
    }
    for (const entry of entries) {
      if (budget.entries-- <= 0) return;
      const name = relative === "" ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED_FOLDERS.has(entry.name)) await this.#walk(base, name, matches, found, budget);
      } else if (matches(name)) {
        found.add(URI.file(path.join(base, name)).toString());
      }
    }
  }

  /** The path of `uri`, with its links resolved, if that stands below a root. */
  async #admitted(uri: string): Promise<string> {
    const file = toPath(uri);
    const roots = this.options.roots();
    if (roots === "anywhere") return file;
    const resolved = await resolveExisting(file);
    for (const root of roots) {
      const resolvedRoot = await resolveExisting(toPath(root));
      if (isBelow(resolved, resolvedRoot)) return resolved;
    }
    throw new HostError("outside-workspace", `${file} is outside the workspace`);
  }

  async #stats(file: string, uri: string): Promise<{ size: number; isFile: boolean }> {
    let stats: Stats;
    try {
      stats = await stat(file);
    } catch (error) {
      throw toHostError(error, uri);
    }
    // Devices and pipes could block for ever, and are neither.
    if (!stats.isFile() && !stats.isDirectory())
      throw new HostError("not-readable", `${file} is no regular file`);
    return { size: stats.size, isFile: stats.isFile() };
  }
}

function toPath(uri: string): string {
  const parsed = URI.parse(uri);
  if (parsed.scheme !== "file") throw new HostError("not-readable", `${uri} is not a file of this machine`);
  return path.normalize(parsed.fsPath);
}

/** Like `realpath`, but for a file that does not exist the real path of its folder counts. */
async function resolveExisting(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw toHostError(error, file);
    const parent = path.dirname(file);
    return parent === file ? file : path.join(await resolveExisting(parent), path.basename(file));
  }
}

function isBelow(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return (
    relative === "" ||
    (!relative.startsWith(`..${path.sep}`) && relative !== ".." && !path.isAbsolute(relative))
  );
}

/** Without those that stand below another one, so that nothing is walked twice. */
function outermost(folders: readonly string[]): readonly string[] {
  const unique = [...new Set(folders)];
  return unique.filter(
    (folder) => !unique.some((other) => other !== folder && (other === "" || folder.startsWith(`${other}/`))),
  );
}

function toHostError(error: unknown, what: string): HostError {
  if (error instanceof HostError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR"
    ? new HostError("not-found", `${what} does not exist`)
    : new HostError("not-readable", `${what} cannot be read: ${message}`);
}
