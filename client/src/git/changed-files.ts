import type { ChangedFile } from "../../../server/src/lsp/protocol.ts";
import { type Change, type RepositoryState, Status } from "./git-api.ts";

/**
 * The files that differ from HEAD, and which of them HEAD has, sorted. What the index says of a file comes first: a file
 * that was added to it and modified since is not in HEAD, and one that was deleted from it and written anew is.
 */
export function changedFiles(
  state: Pick<RepositoryState, "indexChanges" | "mergeChanges" | "workingTreeChanges" | "untrackedChanges">,
): readonly ChangedFile[] {
  const existed = new Map<string, boolean>();
  const changes = [
    ...state.mergeChanges,
    ...state.indexChanges,
    ...state.workingTreeChanges,
    ...(state.untrackedChanges ?? []),
  ];
  for (const change of changes)
    for (const file of filesOf(change)) if (!existed.has(file.uri)) existed.set(file.uri, file.existed);
  return [...existed]
    .map(([uri, value]) => ({ uri, existed: value }))
    .sort((a, b) => (a.uri < b.uri ? -1 : a.uri > b.uri ? 1 : 0));
}

function filesOf({ uri, originalUri, status }: Change): readonly ChangedFile[] {
  const now = uri.toString();
  switch (status) {
    case Status.IGNORED:
      return [];
    case Status.INDEX_RENAMED:
    case Status.INTENT_TO_RENAME:
      return [
        { uri: now, existed: false },
        { uri: originalUri.toString(), existed: true },
      ];
    case Status.INDEX_ADDED:
    case Status.INDEX_COPIED:
    case Status.UNTRACKED:
    case Status.INTENT_TO_ADD:
    // "Us" is HEAD, in a rebase as well: what only they added, or what we deleted, HEAD does not have.
    case Status.ADDED_BY_THEM:
    case Status.DELETED_BY_US:
    case Status.BOTH_DELETED:
      return [{ uri: now, existed: false }];
    // Modified or deleted, in whatever way; a status that a later version adds is most likely another of these.
    default:
      return [{ uri: now, existed: true }];
  }
}
