/** Files in memory, for tests of the workspace: `workspace:` is the folder, paths are relative to it. */

import { globMatcher } from "../../server/src/host/glob.ts";
import { type Host, HostError } from "../../server/src/text/host.ts";

export const workspaceFolder = "file:///workspace/";

export class MemoryHost implements Host {
  readonly #files = new Map<string, Uint8Array | HostError>();

  constructor(files: Readonly<Record<string, string | Uint8Array | HostError>>) {
    for (const [path, content] of Object.entries(files)) this.write(path, content);
  }

  write(path: string, content: string | Uint8Array | HostError): void {
    this.#files.set(uriOf(path), typeof content === "string" ? new TextEncoder().encode(content) : content);
  }

  remove(path: string): void {
    this.#files.delete(uriOf(path));
  }

  async readFile(uri: string): Promise<Uint8Array> {
    const content = this.#files.get(uri);
    if (content === undefined) throw new HostError("not-found", `${uri} is not there`);
    if (content instanceof HostError) throw content;
    return content;
  }

  async stat(uri: string): Promise<{ readonly type: "file"; readonly size: number } | undefined> {
    const content = this.#files.get(uri);
    if (content === undefined) return undefined;
    return { type: "file", size: content instanceof HostError ? 0 : content.length };
  }

  async findFiles(baseUri: string, globs: readonly string[]): Promise<readonly string[]> {
    const matches = globMatcher(globs);
    return [...this.#files.keys()]
      .filter((uri) => uri.startsWith(baseUri) && matches(uri.slice(baseUri.length)))
      .sort();
  }

  async realpath(uri: string): Promise<string> {
    return uri;
  }

  now(): number {
    return Date.parse("2026-01-15T09:00:00Z");
  }
}

export function uriOf(path: string): string {
  return workspaceFolder + path;
}
