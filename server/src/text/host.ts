/** Why a file could not be had. */
export type HostErrorCode = "not-found" | "not-readable" | "outside-workspace" | "too-large";

export class HostError extends Error {
  constructor(
    readonly code: HostErrorCode,
    message: string,
  ) {
    super(message);
    this.name = "HostError";
  }
}

/** What the engine needs of the world; implemented in `host/`, and in memory by tests. URIs are strings. */
export interface Host {
  /** The bytes of a file. Throws `HostError`. */
  readFile(uri: string): Promise<Uint8Array>;
  stat(uri: string): Promise<{ readonly type: "file" | "directory"; readonly size: number } | undefined>;
  /** The files below `baseUri` that match one of the globs (relative, `/`-separated), sorted. */
  findFiles(baseUri: string, globs: readonly string[]): Promise<readonly string[]>;
  /** The file behind symbolic links. */
  realpath(uri: string): Promise<string>;
  /** Milliseconds since the epoch. */
  now(): number;
}
