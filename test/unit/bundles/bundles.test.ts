import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import esbuild from "esbuild";
import { describe, expect, it } from "vitest";
import { namesImportedByUs, serverPlugins } from "../../../scripts/replace-modules.mjs";
import { loadedBytes, loadedWith } from "../../support/loaded-with.ts";

/** `npm test` builds before it tests; where nobody has built, there is nothing to look at. */
const dist = path.resolve(import.meta.dirname, "../../../dist");

/**
 * In bytes, with the chunks that are loaded at the start: the budgets of the design. A worker of the web cannot load
 * chunks, so that its server holds what the other one loads when it is asked for.
 */
const BUDGETS: Readonly<Record<string, number>> = {
  "extension.cjs": 450_000,
  "web/extension.js": 450_000,
  "server.js": 1_200_000,
  "cli.js": 1_270_000,
  "web/server.js": 1_320_000,
};

function bundles(): readonly string[] {
  if (!existsSync(dist)) return [];
  return readdirSync(dist, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll(path.sep, "/"))
    .filter((name) => /\.c?js$/.test(name));
}

describe.skipIf(!existsSync(dist))("the bundles", () => {
  it.each(bundles())("%s compiles no code at run time", (name) => {
    const code = readFileSync(path.join(dist, name), "utf8");
    expect(
      code.match(
        /.{0,60}(?:\bnew Function\b|(?<![\w$.])Function\(["'`]|(?<![\w$.])eval\((?![\w$,]*\)\{)).{0,60}/,
      )?.[0],
    ).toBeUndefined();
  });

  it.each(Object.entries(BUDGETS))("%s is within its budget", (name, budget) => {
    expect(loadedBytes(dist, name)).toBeLessThan(budget);
  });

  it("share the engine, and load what is asked for seldom when it is asked for", () => {
    const [server, cli] = [loadedWith(dist, "server.js"), loadedWith(dist, "cli.js")];
    expect(server.filter((name) => cli.includes(name))).not.toEqual([]);
    const all = bundles().filter((name) => name.startsWith("chunks/"));
    const later = all.filter((name) => !server.includes(name) && !cli.includes(name));
    expect(later).not.toEqual([]);
  });

  it.each(["web/extension.js", "web/server.js"])("%s asks for nothing of Node", (name) => {
    const code = readFileSync(path.join(dist, name), "utf8");
    const required = [...code.matchAll(/(?<![\w$.'"`])require\("([^"]+)"\)/g)].map((match) => match[1]);
    expect([...new Set(required)]).toEqual(name === "web/extension.js" ? ["vscode"] : []);
  });
});

/** What scripts/replace-modules.mjs leaves out of the client library must not be needed. */
describe("the client library", () => {
  const read = (file: string) => readFileSync(path.resolve(import.meta.dirname, "../../..", file), "utf8");
  const minimum = (file: string) => {
    const { engines } = JSON.parse(read(file)) as { engines: { vscode: string } };
    const [, major, minor] = /^\^(\d+)\.(\d+)\./.exec(engines.vscode) ?? [];
    return [Number(major), Number(minor)] as const;
  };

  it("is content with every VS Code that the manifest admits", () => {
    const [ours, theirs] = [
      minimum("package.json"),
      minimum("node_modules/vscode-languageclient/package.json"),
    ];
    expect(ours[0]).toBe(theirs[0]);
    expect(ours[1]).toBeGreaterThanOrEqual(theirs[1]);
  });

  it("is never asked for notebooks", () => {
    expect(read("server/src/lsp/connection.ts")).not.toMatch(/notebook/i);
  });
});

/** What scripts/replace-modules.mjs leaves out of the server's library must not be needed, and only that be left out. */
describe("the server library", () => {
  const root = path.resolve(import.meta.dirname, "../../..");
  const sources = path.join(root, "server/src");

  /** The bundle of one file that imports the library. */
  async function bundled(source: string): Promise<{ code: string; exported: Record<string, unknown> }> {
    const folder = mkdtempSync(path.join(tmpdir(), "plumbline-bundle-"));
    try {
      writeFileSync(path.join(folder, "entry.ts"), source);
      const outfile = path.join(folder, "bundle.cjs");
      await esbuild.build({
        stdin: { contents: source, resolveDir: root, loader: "ts" },
        bundle: true,
        platform: "node",
        format: "cjs",
        mainFields: ["module", "main"],
        outfile,
        plugins: serverPlugins(folder),
      });
      const exported = createRequire(import.meta.url)(outfile) as Record<string, unknown>;
      return { code: readFileSync(outfile, "utf8"), exported };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it("is asked for none of what it adds to the languages of a connection, and for no operations on files", () => {
    const used = readdirSync(sources, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(path.join(sources, name), "utf8"))
      .flatMap(
        (text) =>
          text.match(/\bconnection\.languages\b|\bon(?:Did|Will)(?:Create|Rename|Delete)Files\b/g) ?? [],
      );
    expect(used).toEqual([]);
  });

  it("is asked for no notebooks and no files", () => {
    const names = readdirSync(sources, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .flatMap((name) => namesImportedByUs(readFileSync(path.join(sources, name), "utf8")));
    expect(names).toContain("DiagnosticSeverity");
    expect(names.filter((name) => /^Notebook|Notebook\w*Notification$|^Files$/.test(name))).toEqual([]);
  });

  it("keeps the types that are imported, with what they need, and no others", async () => {
    const { code, exported } = await bundled(
      `import { createConnection } from "vscode-languageserver/node";
       import {
         CodeActionKind,
         type Hover,
         Range,
         RelativePattern,
       } from "vscode-languageserver";
       const range = Range.create({ line: 1, character: 2 }, { line: 3, character: 4 });
       const isFolder = RelativePattern.is({ baseUri: { uri: "file:///a", name: "a" }, pattern: "*" });
       const isNoFolder = RelativePattern.is({ baseUri: {}, pattern: "*" });
       const kind = CodeActionKind.QuickFix;
       export { createConnection, isFolder, isNoFolder, kind, range };`.replace(/^ {7}/gm, ""),
    );
    expect(exported).toMatchObject({
      createConnection: expect.any(Function),
      isFolder: true,
      isNoFolder: false,
      kind: "quickfix",
      range: { start: { line: 1, character: 2 }, end: { line: 3, character: 4 } },
    });
    expect(code.match(/InsertTextFormat|WorkspaceChange|notebookDocument\/didOpen/)?.[0]).toBeUndefined();
  });

  it("cannot be taken as a whole, for what is needed of it would not be seen", () => {
    for (const statement of [
      'import * as protocol from "vscode-languageserver";',
      'export * from "vscode-languageserver/node";',
    ])
      expect(() => namesImportedByUs(statement)).toThrow(/name what you need/);
    expect(namesImportedByUs('import type * as protocol from "vscode-languageserver";')).toEqual([]);
  });
});
