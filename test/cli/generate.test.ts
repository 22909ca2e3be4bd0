/** The built program: what `generate scenarios` writes is what `test` then runs. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { fixtures, runProgram } from "../support/cli.ts";

const folder = mkdtempSync(path.join(tmpdir(), "plumbline-generate-"));
cpSync(path.join(fixtures, "shop"), folder, { recursive: true });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = path.join(folder, "boundary.plumb.yaml");
const run = (...args: readonly string[]) => runProgram(folder, args);

it("writes a file that checks clean and passes, and leaves it alone afterwards", async () => {
  const printed = await run("generate", "scenarios");
  expect(printed.code).toBe(0);
  expect(printed.stderr).toMatch(/\(100%\); \d+ mutants? changes? nothing; 0 undecided\n$/);

  const first = await run("generate", "scenarios", "--output", "boundary.plumb.yaml");
  expect(first.code).toBe(0);
  expect(readFileSync(file, "utf8")).toBe(printed.stdout);
  // What the shop accepts for now, that two rules have no scenario, is no longer so; there is nothing else to say.
  const { findings } = JSON.parse((await run("check", "--format", "json")).stdout) as {
    findings: readonly { code: string; uri: string }[];
  };
  expect(findings.map(({ code, uri }) => `${code} ${path.basename(uri)}`)).toEqual([
    "lint/unused-waiver shop.plumb.yaml",
    "lint/unused-waiver shop.plumb.yaml",
  ]);
  const count = /^Wrote (\d+) scenarios/.exec(first.stdout)?.[1];
  const tested = await run("test", "--format", "json");
  expect(tested.code).toBe(0);
  const { scenarios } = JSON.parse(tested.stdout) as { scenarios: readonly { id: string }[] };
  expect(scenarios.filter(({ id }) => id.startsWith("boundary/"))).toHaveLength(Number(count));

  const nothing = await run("generate", "scenarios");
  expect(nothing.stdout).toContain("  scenarios: []\n");
  expect(nothing.stderr).toContain("(100%); none is missing;");

  const again = await run("generate", "scenarios", "--all", "--output", "boundary.plumb.yaml");
  expect(again).toEqual({
    code: 2,
    stdout: "",
    stderr: "boundary.plumb.yaml is there already. Say --force to replace it, or name another file.\n",
  });
  // Replaced, its own scenarios do not count as there, so that the same ones are missing.
  expect((await run("generate", "scenarios", "--output", "boundary.plumb.yaml", "--force")).code).toBe(0);
  expect(readFileSync(file, "utf8")).toBe(printed.stdout);
});

it("says where it cannot write", async () => {
  const ended = await run("generate", "scenarios", "--all", "--output", "nowhere/boundary.plumb.yaml");
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/^nowhere\/boundary\.plumb\.yaml cannot be written: ENOENT/);
  expect(existsSync(path.join(folder, "nowhere"))).toBe(false);
});
