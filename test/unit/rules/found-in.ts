/** The findings of one rule in the documents of a control plane, each with the text that it is shown at. */
import { expect } from "vitest";
import { applyEdits } from "../../../server/src/text/text-edit.ts";
import type { Finding } from "../../../server/src/workspace/finding.ts";
import { fixesOf } from "../../../server/src/workspace/fixes.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { FileEditor } from "../../../server/src/yaml/edit.ts";
import { MemoryHost, uriOf, workspaceFolder } from "../../support/memory-host.ts";

export interface Shown extends Finding {
  readonly shown: string;
}

type Documents = Readonly<Record<string, string>>;

const uri = uriOf("shop.plumb.yaml");

/** The documents as one file, analysed. */
async function analysis(documents: Documents, files: Documents) {
  const text = Object.entries(documents)
    .map(([title, spec]) => {
      const [kind = "", name = ""] = title.split("/");
      const lines = spec.trim().replace(/^(?=.)/gm, "  ");
      return `apiVersion: plumbline/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec:\n${lines}\n`;
    })
    .join("---\n");
  const workspace = new Workspace(new MemoryHost({ "shop.plumb.yaml": text, ...files }));
  workspace.setFolders([workspaceFolder]);
  const snapshot = await workspace.analyze();
  return { text, snapshot, all: [...snapshot.findings.values()].flat() };
}

/** The codes of all findings. */
export async function codesIn(documents: Documents): Promise<readonly string[]> {
  return (await analysis(documents, {})).all.map((one) => one.code);
}

/** As `analysis`; errors of other codes fail the test. */
async function analyzed(code: string, documents: Documents, files: Documents) {
  const { text, snapshot, all } = await analysis(documents, files);
  expect(all.filter((one) => one.severity === "error" && one.code !== code)).toEqual([]);
  return { text, snapshot, found: all.filter((one) => one.code === code) };
}

/** `documents`: each `kind/name` with the lines of its spec. */
export async function foundIn(
  code: string,
  documents: Documents,
  files: Documents = {},
): Promise<readonly Shown[]> {
  const { text, found } = await analyzed(code, documents, files);
  const lines = text.split("\n");
  return found.map((one) => ({
    ...one,
    shown: (lines[one.range.start.line] ?? "").slice(one.range.start.character, one.range.end.character),
  }));
}

export const shownIn = async (...given: Parameters<typeof foundIn>): Promise<readonly string[]> =>
  (await foundIn(...given)).map((one) => one.shown);

/** The lines that the first fix of each finding makes or changes, without their indentation; none where there is no fix. */
export async function mendedIn(
  code: string,
  documents: Documents,
  files: Documents = {},
): Promise<readonly (readonly string[])[]> {
  const { text, snapshot, found } = await analyzed(code, documents, files);
  const file = snapshot.policyFiles.get(uri);
  if (file === undefined) throw new Error("the documents were not read");
  const before = new Set(text.split("\n"));
  return found.map((finding) => {
    const [fix] = fixesOf(snapshot, finding);
    if (fix === undefined) return [];
    const edits = new FileEditor(file).edits(fix.edits);
    if (edits === undefined) throw new Error(`${fix.title} cannot be made`);
    const after = applyEdits(text, edits).split("\n");
    return after.filter((line) => !before.has(line)).map((line) => line.trim());
  });
}
