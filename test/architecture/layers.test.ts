import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { violations } from "./rules.ts";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const scratch: string[] = [];

afterEach(() => {
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A small tree of sources with one fault in it; empty client/src and server/src exist always. */
async function violationsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  mkdirSync(path.join(root, "out"), { recursive: true });
  const folder = mkdtempSync(path.join(root, "out", "layers-"));
  scratch.push(folder);
  for (const [name, content] of Object.entries({
    "client/src/ok.ts": "",
    "server/src/text/ok.ts": "",
    ...files,
  })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return violations(folder);
}

describe("the house", () => {
  it("has no import against the direction of the layers", { timeout: 60_000 }, async () => {
    expect(await violations(root)).toEqual([]);
  });

  it.each([
    ["an import upwards", "text/a.ts", "../yaml/b.ts", "layer-text"],
    ["an import upwards of types", "policy/a.ts", "../workspace/b.ts", "layer-policy", "type"],
    ["siblings", "json/a.ts", "../yaml/b.ts", "layer-json"],
    ["cli and lsp", "cli/a.ts", "../lsp/b.ts", "layer-cli"],
    ["one adapter in another", "deployed/kong/a.ts", "../istio/b.ts", "adapters-are-independent"],
    ["the host in a feature", "features/a.ts", "../host/b.ts", "host-only-by-entry-points"],
    ["the host in the server's inside", "lsp/a.ts", "../host/b.ts", "host-only-by-entry-points"],
    ["a built-in module", "workspace/a.ts", "node:fs", "built-ins-only-at-the-edge"],
    ["a YAML parser elsewhere", "policy/a.ts", "yaml", "package-yaml"],
    ["an expression engine elsewhere", "policy/a.ts", "@marcbachmann/cel-js", "package--marcbachmann-cel-js"],
    ["vscode in the server", "features/a.ts", "vscode", "server-never-imports-vscode"],
    ["schemas elsewhere", "rules/a.ts", "../../../schemas/b.ts", "schemas-only-in-policy"],
    ["a folder without a place", "misc/a.ts", "../text/b.ts", "known-folder"],
  ])("can fail: %s", async (_what, from, to, rule, form = "value") => {
    const target = to.startsWith(".")
      ? path.posix.join("server/src", path.posix.dirname(from), to)
      : undefined;
    const found = await violationsOf({
      [`server/src/${from}`]:
        form === "type"
          ? `import type { x } from "${to}";\nexport type Y = typeof x;`
          : `import { x } from "${to}";\nx();`,
      ...(target === undefined ? {} : { [target]: "export const x = () => {};" }),
    });
    expect(found.map((line) => line.split(":")[0])).toContain(rule);
  });

  it("can fail: a cycle", async () => {
    const found = await violationsOf({
      "server/src/text/a.ts": 'import { b } from "./b.ts";\nexport const a = () => b();',
      "server/src/text/b.ts": 'import { a } from "./a.ts";\nexport const b = () => a();',
    });
    expect(found.some((line) => line.startsWith("no-cycles"))).toBe(true);
  });

  it("lets the entry points wire the host", async () => {
    const found = await violationsOf({
      "server/src/cli/main.ts": 'import { x } from "../host/node.ts";\nimport "node:fs";\nx();',
      "server/src/host/node.ts": 'import "node:fs";\nexport const x = () => {};',
    });
    expect(found).toEqual([]);
  });
});
