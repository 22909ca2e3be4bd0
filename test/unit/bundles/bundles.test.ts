import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

/** `npm test` builds before it tests; where nobody has built, there is nothing to look at. */
const dist = path.resolve(import.meta.dirname, "../../../dist");

/** In bytes; the budgets of the design. */
const BUDGETS: Readonly<Record<string, number>> = {
  "extension.cjs": 450_000,
  "web/extension.js": 450_000,
  "server.cjs": 1_200_000,
  "web/server.js": 1_200_000,
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
    expect(statSync(path.join(dist, name)).size).toBeLessThan(budget);
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
