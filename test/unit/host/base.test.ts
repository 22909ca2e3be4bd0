/** The files of a revision are those of the working tree with the changed ones as they were. */
import { describe, expect, it } from "vitest";
import { RevisionHost } from "../../../server/src/host/base.ts";
import { HostError } from "../../../server/src/text/host.ts";
import { MemoryHost, uriOf, workspaceFolder } from "../../support/memory-host.ts";

const inRevision: Readonly<Record<string, string>> = {
  "a.plumb.yaml": "a as it was",
  "deleted.plumb.yaml": "deleted",
  "specs/ä b.json": "{}",
};

function host(): { readonly host: RevisionHost; readonly asked: string[] } {
  const tree = new MemoryHost({
    "a.plumb.yaml": "a as it is",
    "added.plumb.yaml": "added",
    "same.plumb.yaml": "same",
  });
  const asked: string[] = [];
  const base = new RevisionHost(tree, async (uri) => {
    asked.push(uri);
    const path = decodeURIComponent(uri.slice(workspaceFolder.length));
    const text = inRevision[path];
    if (text === undefined) throw new HostError("not-readable", `git knows no ${path}`);
    return new TextEncoder().encode(text);
  });
  base.setChanged([
    { uri: uriOf("a.plumb.yaml"), existed: true },
    { uri: uriOf("added.plumb.yaml"), existed: false },
    { uri: uriOf("deleted.plumb.yaml"), existed: true },
    { uri: uriOf("specs/%C3%A4%20b.json"), existed: true },
    { uri: uriOf("node_modules/x/x.plumb.yaml"), existed: true },
  ]);
  return { host: base, asked };
}

const text = async (base: RevisionHost, path: string): Promise<string> =>
  new TextDecoder().decode(await base.readFile(uriOf(path)));

describe("reading", () => {
  it("gives changed and deleted files as they were, and asks for no other", async () => {
    const { host: base, asked } = host();
    expect(await text(base, "a.plumb.yaml")).toBe("a as it was");
    expect(await text(base, "deleted.plumb.yaml")).toBe("deleted");
    expect(await text(base, "same.plumb.yaml")).toBe("same");
    expect(asked).toEqual([uriOf("a.plumb.yaml"), uriOf("deleted.plumb.yaml")]);
  });

  it("has no file that came since", async () => {
    const { host: base } = host();
    await expect(base.readFile(uriOf("added.plumb.yaml"))).rejects.toMatchObject({ code: "not-found" });
    expect(await base.stat(uriOf("added.plumb.yaml"))).toBeUndefined();
  });

  it("says how large a changed file was", async () => {
    const { host: base } = host();
    expect(await base.stat(uriOf("a.plumb.yaml"))).toEqual({ type: "file", size: 11 });
    expect(await base.stat(uriOf("same.plumb.yaml"))).toEqual({ type: "file", size: 4 });
  });

  it("follows what is said last", async () => {
    const { host: base } = host();
    base.setChanged([]);
    expect(await text(base, "a.plumb.yaml")).toBe("a as it is");
    expect(await text(base, "added.plumb.yaml")).toBe("added");
  });
});

describe("searching", () => {
  it("finds deleted files again and leaves added ones out", async () => {
    const { host: base } = host();
    expect(await base.findFiles(workspaceFolder, ["**/*.plumb.yaml"])).toEqual(
      ["a.plumb.yaml", "deleted.plumb.yaml", "same.plumb.yaml"].map(uriOf),
    );
  });

  it("matches decoded paths, from the folder that is searched", async () => {
    const { host: base } = host();
    const found = [uriOf("specs/%C3%A4%20b.json")];
    expect(await base.findFiles(workspaceFolder, ["specs/ä *.json"])).toEqual(found);
    expect(await base.findFiles(uriOf("specs/"), ["*.json"])).toEqual(found);
    expect(await base.findFiles(uriOf("other/"), ["*.json"])).toEqual([]);
  });
});
