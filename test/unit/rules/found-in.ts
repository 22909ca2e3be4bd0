/** The findings of one rule in the documents of a control plane, each with the text that it is shown at. */
import { expect } from "vitest";
import type { Finding } from "../../../server/src/workspace/finding.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { MemoryHost, workspaceFolder } from "../../support/memory-host.ts";

export interface Shown extends Finding {
  readonly shown: string;
}

/** `documents`: each `kind/name` with the lines of its spec. Errors of other kinds fail the test. */
export async function foundIn(
  code: string,
  documents: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<readonly Shown[]> {
  const text = Object.entries(documents)
    .map(([title, spec]) => {
      const [kind = "", name = ""] = title.split("/");
      const lines = spec.trim().replace(/^(?=.)/gm, "  ");
      return `apiVersion: plumbline/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec:\n${lines}\n`;
    })
    .join("---\n");
  const workspace = new Workspace(new MemoryHost({ "shop.plumb.yaml": text, ...files }));
  workspace.setFolders([workspaceFolder]);
  const all = [...(await workspace.analyze()).findings.values()].flat();
  expect(all.filter((one) => one.severity === "error" && one.code !== code)).toEqual([]);
  const lines = text.split("\n");
  return all
    .filter((one) => one.code === code)
    .map((one) => ({
      ...one,
      shown: (lines[one.range.start.line] ?? "").slice(one.range.start.character, one.range.end.character),
    }));
}

export const shownIn = async (...given: Parameters<typeof foundIn>): Promise<readonly string[]> =>
  (await foundIn(...given)).map((one) => one.shown);
