import type { Host } from "../text/host.ts";

/** `file:` goes to the machine, everything else to the editor. */
export class HostByScheme implements Host {
  constructor(
    private readonly machine: Host,
    private readonly editor: Host,
  ) {}

  readFile(uri: string): Promise<Uint8Array> {
    return this.#for(uri).readFile(uri);
  }

  stat(uri: string): ReturnType<Host["stat"]> {
    return this.#for(uri).stat(uri);
  }

  findFiles(baseUri: string, globs: readonly string[]): Promise<readonly string[]> {
    return this.#for(baseUri).findFiles(baseUri, globs);
  }

  realpath(uri: string): Promise<string> {
    return this.#for(uri).realpath(uri);
  }

  now(): number {
    return this.machine.now();
  }

  #for(uri: string): Host {
    return uri.startsWith("file:") ? this.machine : this.editor;
  }
}
