/** How a finding leads to the page of its code: in VS Code, in other editors, and on the command line. */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { codeOfPath } from "../../../client/src/views/code-path.ts";
import { toDiagnostic } from "../../../server/src/lsp/convert.ts";
import { readInitializationOptions } from "../../../server/src/lsp/untrusted.ts";
import { codeLink, codePage, explainCode } from "../../../server/src/text/code-pages.ts";
import { findingCodes } from "../../../server/src/text/codes.ts";
import type { Finding } from "../../../server/src/workspace/finding.ts";
import { runIn } from "../../support/cli.ts";

const ours = "vscode://plumbline.plumbline/codes";
const start = { line: 0, character: 0 };
const finding: Finding = {
  code: "schema/type",
  severity: "error",
  message: "m",
  uri: "file:///w/a.plumb.yaml",
  range: { start, end: start },
  related: [],
  environments: [],
  fixable: false,
  data: {},
};

describe("the link of a code", () => {
  it.each([
    [ours, "schema/type", `${ours}/schema/type`],
    [`${ours}/`, "schema/type", `${ours}/schema/type`],
    ["file:///opt/plumbline/docs/codes", "drift/wider", "file:///opt/plumbline/docs/codes/drift/wider.md"],
    [ours, "schema/typ", undefined],
    [ours, "../schema/type", undefined],
  ])("below %s, of %s, is %s", (base, code, link) => {
    expect(codeLink(base, code)).toBe(link);
  });

  it("is part of a diagnostic where there are pages", () => {
    expect(toDiagnostic(finding, { docsBase: ours, tags: [] }).codeDescription).toEqual({
      href: `${ours}/schema/type`,
    });
    expect(toDiagnostic(finding, { docsBase: ours, tags: [] }).code).toBe("schema/type");
    expect(toDiagnostic(finding, { docsBase: undefined, tags: [] })).not.toHaveProperty("codeDescription");
    expect(toDiagnostic({ ...finding, code: "not/a-code" }, { docsBase: ours, tags: [] })).not.toHaveProperty(
      "codeDescription",
    );
  });

  it.each([
    [ours, ours],
    ["not a uri", undefined],
    [7, undefined],
    [undefined, undefined],
  ])("takes %s of an editor as %s", (docsBase, taken) => {
    expect(readInitializationOptions({ docsBase }).docsBase).toBe(taken);
  });
});

describe("a URI that asks for a page", () => {
  it("names any code", () => {
    for (const { code } of findingCodes) expect(codeOfPath(`/codes/${code}`)).toBe(code);
    expect(codeOfPath("/codes/static-credential")).toBe("static-credential");
  });

  it.each([
    "/codes/",
    "/codes/../package.json",
    "/codes/schema/../../package",
    "/codes/schema/..",
    "/codes/schema//type",
    "/codes/schema/type/",
    "/codes/schema/type.md",
    "/codes/schema\\type",
    "/codes//etc/passwd",
    "/codes/schema/type/more",
    "/codes/schema/type\n",
    "/codes/%2e%2e/type",
    "/elsewhere/schema/type",
    "codes/schema/type",
    "",
  ])("%j names none", (path) => {
    expect(codeOfPath(path)).toBeUndefined();
  });
});

const readDocs = (path: string): Promise<string> =>
  readFile(new URL(`../../../docs/codes/${path}`, import.meta.url), "utf8");

describe("explainCode", () => {
  it("gives the page of every code", async () => {
    for (const { code } of findingCodes) {
      const explained = await explainCode(code, readDocs);
      expect(explained).toMatchObject({ found: true, code });
      if (explained.found) expect(explained.text.startsWith(`# ${code}\n`)).toBe(true);
    }
  });

  it("says what was meant, and reads nothing for what is no code", async () => {
    const refuse = (): Promise<string> => Promise.reject(new Error("nothing may be read"));
    expect(await explainCode("schema/typ", refuse)).toEqual({
      found: false,
      message: 'There is no finding code "schema/typ". Did you mean schema/type?',
    });
    expect(await explainCode("../../package", refuse)).toMatchObject({ found: false });
  });

  it("says so where the pages are not installed", async () => {
    const explained = await explainCode("schema/type", async () => undefined);
    expect(explained).toMatchObject({ found: false });
    expect(explained.found ? "" : explained.message).toContain("docs/codes/schema/type.md");
  });
});

describe("plumbline explain", () => {
  const documentation = (path: string): Promise<string> => readDocs(path.replace(/^codes\//, ""));

  it("prints the page", async () => {
    const { stdout, exitCode } = await runIn(".", ["explain", "drift/wider"], { documentation });
    expect(stdout).toBe(await readDocs("drift/wider.md"));
    expect(exitCode).toBe(0);
  });

  it("prints the page as JSON", async () => {
    const { stdout } = await runIn(".", ["explain", "drift/wider", "--format", "json"], { documentation });
    expect(JSON.parse(stdout)).toEqual({ code: "drift/wider", text: await readDocs("drift/wider.md") });
  });

  it("lists every code", async () => {
    const { stdout } = await runIn(".", ["explain"], { documentation });
    expect(stdout.trimEnd().split("\n")).toHaveLength(findingCodes.length);
    expect(stdout).toMatch(/^drift\/wider +What is deployed allows what the policy denies$/m);
  });

  it("exits 2 for an unknown code, with the one that was meant", async () => {
    const { stdout, stderr, exitCode } = await runIn(".", ["explain", "drift/widr"], { documentation });
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toBe('There is no finding code "drift/widr". Did you mean drift/wider?\n');
  });
});

describe("the package", () => {
  it("holds every page", () => {
    const ignored = readFileSync(new URL("../../../.vscodeignore", import.meta.url), "utf8").split("\n");
    expect(ignored).toContain("!docs/codes/**");
    expect(findingCodes.map((one) => codePage(one.code))).not.toContain(undefined);
  });
});
