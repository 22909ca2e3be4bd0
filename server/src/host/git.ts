/** The files of a git revision. The only place that starts `git`, and only commands that read. */
import { execFile, spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { URI } from "vscode-uri";
import { type Host, HostError } from "../text/host.ts";
import { globMatcher } from "./glob.ts";

/** Big exports of a cluster are some 30 MB; what is much bigger is not meant for us. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const SKIPPED_FOLDERS = new Set(["node_modules", ".vscode-test"]);
const SYMBOLIC_LINK = "120000";
const MOST_LINKS = 16;

/** Nothing is fetched, asked for or locked: reading a revision must not change the repository or wait for a person. */
const environment = {
  GIT_NO_LAZY_FETCH: "1",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
};

interface Blob {
  readonly id: string;
  readonly mode: string;
  readonly size: number;
}

/** A commit's tree. URIs are `git://COMMIT/path/in/repository`. */
export class GitRevision {
  private constructor(
    /** A folder of the working tree, and what it is called from the root of the repository. */
    private readonly directory: string,
    private readonly prefix: string,
    private readonly commit: string,
    private readonly written: string,
    private readonly blobs: ReadonlyMap<string, Blob>,
  ) {}

  /**
   * Opens `revision` of the repository that `location` (a path, which need not exist any more) lies in. Rejects with
   * an `Error` whose message says what is wrong: no repository, no such revision, no git.
   */
  static async open(revision: string, location: string): Promise<GitRevision> {
    const directory = nearestFolder(location);
    const prefix = await git(directory, ["rev-parse", "--show-prefix"]).catch((error: unknown) => {
      throw new Error(`${location} lies in no git repository (${reasonOf(error)})`);
    });
    const wanted = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
    const commit = await git(directory, wanted).catch(() => {
      throw new Error(`the repository has no revision "${revision}"`);
    });
    const listed = await git(directory, ["ls-tree", "-r", "-z", "-l", "--full-tree", commit.trim()]);
    return new GitRevision(directory, prefix.replace(/\n$/, ""), commit.trim(), revision, parseTree(listed));
  }

  /** The URI of a path of the machine in this revision. Throws for a path outside the repository. */
  toUri(file: string): string {
    const relative = path.relative(this.directory, path.resolve(file)).split(path.sep).join("/");
    const inside = path.posix.normalize(`${this.prefix}${relative}`).replace(/^\.?\/*$|\/+$/g, "");
    if (inside === ".." || inside.startsWith("../")) throw new Error(`${file} is outside the repository`);
    return this.#uriOf(inside);
  }

  name(uri: string): string {
    return `${this.written}:${this.#pathOf(uri)}`;
  }

  hostFor(folders: readonly string[]): Host {
    return this.#host(folders.map((uri) => this.#pathOf(uri)));
  }

  get everything(): Host {
    return this.#host([""]);
  }

  #host(roots: readonly string[]): Host {
    return new GitHost(
      this.blobs,
      roots,
      (file) => this.#uriOf(file),
      (uri) => this.#pathOf(uri),
      new BlobReader(this.directory),
    );
  }

  #uriOf(file: string): string {
    return URI.from({ scheme: "git", authority: this.commit, path: `/${file}` }).toString();
  }

  #pathOf(uri: string): string {
    const { scheme, authority, path: file } = URI.parse(uri);
    if (scheme !== "git" || authority !== this.commit)
      throw new HostError("not-readable", `${uri} is not of revision ${this.written}`);
    return file.replace(/^\/+|\/+$/g, "");
  }
}

class GitHost implements Host {
  constructor(
    private readonly blobs: ReadonlyMap<string, Blob>,
    private readonly roots: readonly string[],
    private readonly uriOf: (file: string) => string,
    private readonly pathOf: (uri: string) => string,
    private readonly reader: BlobReader,
  ) {}

  async readFile(uri: string): Promise<Uint8Array> {
    const file = this.pathOf(uri);
    const blob = await this.#resolve(file);
    if (blob === undefined) throw new HostError("not-found", `${file} does not exist in this revision`);
    if (blob.size > MAX_FILE_BYTES)
      throw new HostError(
        "too-large",
        `${file} has ${blob.size} bytes; the most that is read is ${MAX_FILE_BYTES}`,
      );
    return this.reader.read(blob.id);
  }

  async stat(
    uri: string,
  ): Promise<{ readonly type: "file" | "directory"; readonly size: number } | undefined> {
    const file = this.pathOf(uri);
    if (file === "" || [...this.blobs.keys()].some((one) => one.startsWith(`${file}/`)))
      return { type: "directory", size: 0 };
    const blob = await this.#resolve(file);
    return blob === undefined ? undefined : { type: "file", size: blob.size };
  }

  async findFiles(baseUri: string, globs: readonly string[]): Promise<readonly string[]> {
    const base = this.pathOf(baseUri);
    const from = base === "" ? "" : `${base}/`;
    const matches = globMatcher(globs);
    return [...this.blobs.keys()]
      .filter((file) => file.startsWith(from))
      .map((file) => file.slice(from.length))
      .filter(
        (file) =>
          !file
            .split("/")
            .slice(0, -1)
            .some((one) => SKIPPED_FOLDERS.has(one)) && matches(file),
      )
      .map((file) => this.uriOf(from + file))
      .sort();
  }

  async realpath(uri: string): Promise<string> {
    return uri;
  }

  now(): number {
    return Date.now();
  }

  /** The blob behind symbolic links to files; links that leave the folders, and links to folders, lead nowhere. */
  async #resolve(file: string): Promise<Blob | undefined> {
    let current = file;
    for (let links = 0; links < MOST_LINKS; links++) {
      if (!this.roots.some((root) => root === "" || current === root || current.startsWith(`${root}/`)))
        throw new HostError("outside-workspace", `${file} is outside the folder`);
      const blob = this.blobs.get(current);
      if (blob?.mode !== SYMBOLIC_LINK) return blob;
      const target = new TextDecoder().decode(await this.reader.read(blob.id));
      if (target.startsWith("/")) throw new HostError("outside-workspace", `${file} is outside the folder`);
      current = path.posix.normalize(`${path.posix.dirname(current)}/${target}`);
    }
    throw new HostError("not-readable", `${file} is a circle of symbolic links`);
  }
}

/** Reads blobs; all that are asked for in one turn come from one process. */
class BlobReader {
  readonly #known = new Map<string, Promise<Uint8Array>>();
  #waiting: {
    readonly id: string;
    readonly done: (bytes: Uint8Array) => void;
    readonly failed: (error: unknown) => void;
  }[] = [];

  constructor(private readonly directory: string) {}

  read(id: string): Promise<Uint8Array> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const reading = new Promise<Uint8Array>((done, failed) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      this.#waiting.push({ id, done, failed });
    });
    this.#known.set(id, reading);
    return reading;
  }

  #flush(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    catFiles(
      this.directory,
      batch.map((one) => one.id),
    ).then(
      (contents) => {
        for (const [index, one] of batch.entries()) {
          const bytes = contents[index];
          if (bytes === undefined) one.failed(new HostError("not-readable", `git has no object ${one.id}`));
          else one.done(bytes);
        }
      },
      (error: unknown) => {
        for (const one of batch) one.failed(error);
      },
    );
  }
}

/** The contents of blobs in their order; undefined for those that are not in the repository (a partial clone). */
async function catFiles(
  directory: string,
  ids: readonly string[],
): Promise<readonly (Uint8Array | undefined)[]> {
  const output = await new Promise<Buffer>((resolve, reject) => {
    const child = spawn("git", ["cat-file", "--batch"], {
      cwd: directory,
      env: { ...process.env, ...environment },
    });
    const chunks: Buffer[] = [];
    let complaint = "";
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    child.once("error", reject);
    // Where git ends early it says why; that its input broke is only a consequence.
    child.stdin.on("error", () => undefined);
    child.once("close", (code) => {
      if (code === 0) resolve(Buffer.concat(chunks));
      else reject(new HostError("not-readable", `git cat-file failed: ${complaint.trim()}`));
    });
    child.stdin.end(`${ids.join("\n")}\n`);
  });
  const contents: (Uint8Array | undefined)[] = [];
  let at = 0;
  for (const _ of ids) {
    const end = output.indexOf(10, at);
    const [, kind, size] = output.subarray(at, end).toString().split(" ");
    const length = kind === "blob" ? Number(size) : -1;
    contents.push(length < 0 ? undefined : output.subarray(end + 1, end + 1 + length));
    at = length < 0 ? end + 1 : end + 1 + length + 1;
  }
  return contents;
}

function git(directory: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      "git",
      [...args],
      { cwd: directory, env: { ...process.env, ...environment }, maxBuffer: 512 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(stderr.trim() === "" ? error.message : stderr.trim()));
      },
    );
  });
}

/** `<mode> blob <id> <size>\t<path>`, each ended by NUL. Submodules have no blob of their own. */
function parseTree(listed: string): ReadonlyMap<string, Blob> {
  const blobs = new Map<string, Blob>();
  for (const line of listed.split("\0")) {
    const tab = line.indexOf("\t");
    const [mode, kind, id, size] = line.slice(0, tab).split(/ +/);
    if (tab < 0 || kind !== "blob" || mode === undefined || id === undefined) continue;
    blobs.set(line.slice(tab + 1), { id, mode, size: Number(size) });
  }
  return blobs;
}

function nearestFolder(location: string): string {
  let folder = location;
  while (!existsSync(folder) || !statSync(folder).isDirectory()) {
    const parent = path.dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  return folder;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}
