/** Workspace folders and repositories: either may hold the other. */
import { expect, it } from "vitest";
import { innerFolder, isBelow } from "../../../client/src/git/folders.ts";

const inner: readonly (readonly [workspace: string, repository: string, both: string | undefined])[] = [
  ["file:///w", "file:///w", "file:///w"],
  ["file:///w/", "file:///w", "file:///w/"],
  ["file:///w/policies", "file:///w", "file:///w/policies"],
  ["file:///w", "file:///w/vendor/module", "file:///w/vendor/module"],
  ["file:///w", "file:///w-other", undefined],
  ["file:///w-other/a", "file:///w", undefined],
  ["vscode-vfs://github/w", "file:///w", undefined],
];

it.each(inner)("%s in the repository %s: %s", (workspace, repository, both) => {
  expect(innerFolder(workspace, repository)).toBe(both);
});

it("a file is below its folders, not below one of which the name goes on", () => {
  expect(isBelow("file:///w/a.plumb.yaml", "file:///w")).toBe(true);
  expect(isBelow("file:///w/a.plumb.yaml", "file:///w/")).toBe(true);
  expect(isBelow("file:///work/a.plumb.yaml", "file:///w")).toBe(false);
  expect(isBelow("file:///w", "file:///w")).toBe(false);
});
