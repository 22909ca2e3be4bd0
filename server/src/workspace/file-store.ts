/** Files as parsed trees: the editor's text over the disk's, each text parsed once for as long as it stays. */
import { parseJson } from "../json/parse.ts";
import { decodeUtf8 } from "../text/decode.ts";
import { type Host, HostError, type HostErrorCode } from "../text/host.ts";
import { SourceLayout } from "../text/layout.ts";
import type { ParsedFile } from "../text/tree.ts";
import { parseYaml } from "../yaml/parse.ts";
import { isJson, isPolicyFile } from "./uris.ts";

/** Why a file is not there as a tree. */
export interface FileFailure {
  readonly uri: string;
  readonly error: HostErrorCode | "not-utf8";
  readonly message: string;
}

export type LoadedFile = ParsedFile | FileFailure;

export function isFailure(file: LoadedFile): file is FileFailure {
  return "error" in file;
}

export class FileStore {
  readonly #overlays = new Map<string, string>();
  readonly #parsed = new Map<string, LoadedFile>();
  /** Trees of files that may have changed: still right where the text turns out to be the same. */
  readonly #earlier = new Map<string, LoadedFile>();
  /** What globs found, until a file comes or goes. */
  readonly #found = new Map<string, readonly string[]>();

  constructor(
    private readonly host: Host,
    /** A tree that serves as well, if it is of the same text. */
    private readonly similar: (uri: string) => LoadedFile | undefined = () => undefined,
  ) {}

  /** The day, as `2026-01-15` (UTC). */
  get today(): string {
    return new Date(this.host.now()).toISOString().slice(0, 10);
  }

  /** What has been read of a file so far. */
  known(uri: string): LoadedFile | undefined {
    return this.#parsed.get(uri);
  }

  setOverlay(uri: string, text: string): void {
    if (this.#overlays.get(uri) === text) return;
    this.#overlays.set(uri, text);
    this.#parsed.delete(uri);
  }

  removeOverlay(uri: string): void {
    this.#overlays.delete(uri);
    this.#parsed.delete(uri);
  }

  /**
   * The file may have changed on disk, or the folder with all that is below it: of a folder that is deleted or renamed
   * editors tell the folder alone. An overlay stays what it is.
   */
  invalidate(uri: string): void {
    this.#found.clear();
    this.#forget(uri);
    const folder = uri.endsWith("/") ? uri : `${uri}/`;
    for (const known of [...this.#parsed.keys()]) if (known.startsWith(folder)) this.#forget(known);
  }

  /** Whether the file has been read, or one below the folder. */
  hasRead(uri: string): boolean {
    const folder = uri.endsWith("/") ? uri : `${uri}/`;
    return this.#parsed.has(uri) || [...this.#parsed.keys()].some((known) => known.startsWith(folder));
  }

  #forget(uri: string): void {
    const known = this.#parsed.get(uri);
    if (this.#overlays.has(uri) || known === undefined) return;
    this.#earlier.set(uri, known);
    this.#parsed.delete(uri);
  }

  /** Every file may have changed on disk. */
  invalidateAll(): void {
    this.#found.clear();
    for (const uri of [...this.#parsed.keys()]) this.#forget(uri);
  }

  get overlays(): readonly string[] {
    return [...this.#overlays.keys()];
  }

  async load(uri: string): Promise<LoadedFile> {
    const known = this.#parsed.get(uri);
    if (known !== undefined) return known;
    const overlay = this.#overlays.get(uri);
    const loaded = overlay === undefined ? await this.#fromDisk(uri) : parse(uri, overlay);
    // The text may have been replaced while the disk was read; then this answer is not the one to keep.
    if (this.#overlays.get(uri) === overlay) this.#parsed.set(uri, loaded);
    return loaded;
  }

  /** The files below `folder` that the globs find. Throws `HostError`. */
  async find(folder: string, globs: readonly string[]): Promise<readonly string[]> {
    const key = [folder, ...globs].join("\n");
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const uris = await this.host.findFiles(folder, globs);
    this.#found.set(key, uris);
    return uris;
  }

  async loadAll(uris: readonly string[]): Promise<readonly LoadedFile[]> {
    return Promise.all(uris.map((uri) => this.load(uri)));
  }

  #sameText(uri: string, text: string): ParsedFile | undefined {
    const earlier = this.#earlier.get(uri);
    this.#earlier.delete(uri);
    return [earlier, this.similar(uri)].find(
      (file): file is ParsedFile => file !== undefined && !isFailure(file) && file.layout.text === text,
    );
  }

  async #fromDisk(uri: string): Promise<LoadedFile> {
    try {
      const decoded = decodeUtf8(await this.host.readFile(uri));
      if ("text" in decoded) return this.#sameText(uri, decoded.text) ?? parse(uri, decoded.text);
      return { uri, error: "not-utf8", message: decoded.problem.message };
    } catch (error) {
      if (error instanceof HostError) return { uri, error: error.code, message: error.message };
      throw error;
    }
  }
}

function parse(uri: string, text: string): ParsedFile {
  if (isPolicyFile(uri)) return parseYaml(uri, text, { dialect: "plumbline" });
  if (isPlainText(uri)) return plainFile(uri, text);
  return isJson(uri) ? parseJson(uri, text) : parseYaml(uri, text, { dialect: "deployed" });
}

/** Sample requests in the form of HTTP clients, and Protocol Buffers: text with no tree. */
function isPlainText(uri: string): boolean {
  return /\.(http|rest|proto)$/i.test(uri);
}

function plainFile(uri: string, text: string): ParsedFile {
  const block = { uri, text };
  return { uri, layout: new SourceLayout(uri, text, new Map([[block, 0]])), documents: [], problems: [] };
}
