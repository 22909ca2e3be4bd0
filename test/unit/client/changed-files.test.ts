/** What git says of files, as what differs from HEAD. */
import { describe, expect, it } from "vitest";
import { URI } from "vscode-uri";
import { changedFiles } from "../../../client/src/git/changed-files.ts";
import { type Change, Status } from "../../../client/src/git/git-api.ts";

const uri = (path: string) => URI.file(`/w/${path}`);
const change = (path: string, status: keyof typeof Status, original = path): Change => ({
  uri: uri(path),
  originalUri: uri(original),
  status: Status[status],
});

interface Lists {
  readonly index?: readonly Change[];
  readonly tree?: readonly Change[];
  readonly merge?: readonly Change[];
  readonly untracked?: readonly Change[];
}

function said({ index = [], tree = [], merge = [], untracked }: Lists): Readonly<Record<string, boolean>> {
  const files = changedFiles({
    indexChanges: index,
    workingTreeChanges: tree,
    mergeChanges: merge,
    ...(untracked === undefined ? {} : { untrackedChanges: untracked }),
  });
  return Object.fromEntries(files.map((file) => [file.uri.slice("file:///w/".length), file.existed]));
}

describe("changed files", () => {
  it("are those of the working tree and of the index", () => {
    expect(
      said({
        index: [change("staged", "INDEX_MODIFIED"), change("removed", "INDEX_DELETED")],
        tree: [change("modified", "MODIFIED"), change("gone", "DELETED"), change("type", "TYPE_CHANGED")],
      }),
    ).toEqual({ staged: true, removed: true, modified: true, gone: true, type: true });
  });

  it("have not existed where they were added, staged or not", () => {
    expect(
      said({
        index: [change("added", "INDEX_ADDED"), change("copy", "INDEX_COPIED", "original")],
        tree: [change("new", "UNTRACKED"), change("intended", "INTENT_TO_ADD")],
        untracked: [change("separate", "UNTRACKED")],
      }),
    ).toEqual({ added: false, copy: false, new: false, intended: false, separate: false });
  });

  it("are two where one was renamed", () => {
    expect(said({ index: [change("to", "INDEX_RENAMED", "from")] })).toEqual({ to: false, from: true });
    expect(said({ tree: [change("to", "INTENT_TO_RENAME", "from")] })).toEqual({ to: false, from: true });
  });

  it("are judged by the index first", () => {
    expect(said({ index: [change("a", "INDEX_ADDED")], tree: [change("a", "MODIFIED")] })).toEqual({
      a: false,
    });
    expect(said({ index: [change("a", "INDEX_DELETED")], tree: [change("a", "UNTRACKED")] })).toEqual({
      a: true,
    });
    expect(
      said({ index: [change("to", "INDEX_RENAMED", "from")], tree: [change("from", "UNTRACKED")] }),
    ).toEqual({ to: false, from: true });
  });

  it("are judged by our side in a merge", () => {
    expect(
      said({
        merge: [
          change("both", "BOTH_MODIFIED"),
          change("both-new", "BOTH_ADDED"),
          change("ours", "ADDED_BY_US"),
          change("theirs", "ADDED_BY_THEM"),
          change("we-deleted", "DELETED_BY_US"),
          change("they-deleted", "DELETED_BY_THEM"),
          change("nobodys", "BOTH_DELETED"),
        ],
      }),
    ).toEqual({
      both: true,
      "both-new": true,
      ours: true,
      theirs: false,
      "we-deleted": false,
      "they-deleted": true,
      nobodys: false,
    });
  });

  it("are no ignored files", () => {
    expect(said({ tree: [change("out", "IGNORED")] })).toEqual({});
  });
});
