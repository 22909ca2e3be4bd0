/** The revision that the working tree is compared with, as the editor tells it: never read by a process of ours. */
import type { Host } from "../text/host.ts";

export interface ChangedFile {
  readonly uri: string;
  /** Whether the revision has the file; it may be gone since, or have come since. */
  readonly existed: boolean;
}

/** What differs from the revision below one folder. Everything else there is the same on disk and in the revision. */
export interface BaseRevision {
  /** The URI of the folder, with a trailing slash. */
  readonly folder: string;
  /** As people say it: `HEAD`. */
  readonly name: string;
  readonly commit: string;
  readonly changed: readonly ChangedFile[];
}

/** The files as they were. Where no revision is known, they are those of the working tree. */
export interface BaseHost extends Host {
  setChanged(files: readonly ChangedFile[]): void;
}
