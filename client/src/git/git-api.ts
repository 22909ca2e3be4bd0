/**
 * What we use of the API of VS Code's built-in Git extension (`vscode.git`, version 1; its typings are in the source of
 * VS Code, `extensions/git/src/api/git.d.ts`, and in no package). Everything that git does is done by that extension.
 */
import type { Event, Uri } from "vscode";

export const GIT_EXTENSION = "vscode.git";

export interface GitExtension {
  /** False where the person has switched Git off; there is no API then. */
  readonly enabled: boolean;
  readonly onDidChangeEnablement: Event<boolean>;
  getAPI(version: 1): GitApi;
}

export interface GitApi {
  readonly repositories: readonly Repository[];
  readonly onDidOpenRepository: Event<Repository>;
  readonly onDidCloseRepository: Event<Repository>;
  /** The URI of a file at a revision, which editors can open. */
  toGitUri(uri: Uri, ref: string): Uri;
}

export interface Repository {
  readonly rootUri: Uri;
  readonly state: RepositoryState;
  /** The bytes of a file at a revision. `path` is absolute. Rejects where the revision has no such file. */
  buffer(ref: string, path: string): Promise<Uint8Array>;
  /** Rejects where the revision has no such file. `mode` is that of the tree, in octal; `size` in bytes. */
  getObjectDetails(
    ref: string,
    path: string,
  ): Promise<{ readonly mode: string; readonly object: string; readonly size: number }>;
}

export interface RepositoryState {
  /** Undefined before the first status; without a commit in a repository that has none. */
  readonly HEAD: { readonly commit?: string } | undefined;
  readonly mergeChanges: readonly Change[];
  readonly indexChanges: readonly Change[];
  readonly workingTreeChanges: readonly Change[];
  /** Filled only where `git.untrackedChanges` is `separate`; else they are among those of the working tree. */
  readonly untrackedChanges?: readonly Change[];
  /** After each `git status` that the extension has run. */
  readonly onDidChange: Event<void>;
}

export interface Change {
  /** Where the file is now, or was where it is gone. */
  readonly uri: Uri;
  /** Where a renamed file was. */
  readonly originalUri: Uri;
  readonly status: number;
}

/** The numbers of `Change.status`, which are part of the API. */
export const Status = {
  INDEX_MODIFIED: 0,
  INDEX_ADDED: 1,
  INDEX_DELETED: 2,
  INDEX_RENAMED: 3,
  INDEX_COPIED: 4,
  MODIFIED: 5,
  DELETED: 6,
  UNTRACKED: 7,
  IGNORED: 8,
  INTENT_TO_ADD: 9,
  INTENT_TO_RENAME: 10,
  TYPE_CHANGED: 11,
  ADDED_BY_US: 12,
  ADDED_BY_THEM: 13,
  DELETED_BY_US: 14,
  DELETED_BY_THEM: 15,
  BOTH_ADDED: 16,
  BOTH_DELETED: 17,
  BOTH_MODIFIED: 18,
} as const;
