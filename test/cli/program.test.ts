import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { version } from "../../package.json";
import { fixtures, program, runProgram } from "../support/cli.ts";

const scratch: string[] = [];
afterEach(() => {
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), "plumbline-program-"));
  scratch.push(made);
  return made;
}

describe("the program", () => {
  it("has the version of the package", async () => {
    expect(await runProgram(fixtures, ["--version"])).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: "",
    });
  });

  it.each([
    [0, ["check", "shop"]],
    [1, ["check", "broken"]],
    [0, ["test", "shop"]],
    [1, ["test", "broken"]],
    [1, ["drift", "shop"]],
    [0, ["simulate", "shop", "--request", "shop/requests/append.json"]],
    [0, ["compare", "shop", "files/istio-exact.yaml"]],
    [1, ["compare", "shop", "files/istio-head.yaml"]],
    [2, ["check", "nowhere"]],
    [2, ["check", "--nothing"]],
    [2, ["simulate", "shop"]],
  ])("exits %i: %j", async (code, args) => {
    const ended = await runProgram(fixtures, args);
    expect(ended.code).toBe(code);
    expect(ended.stdout).not.toContain("\u001b");
    if (code === 2) expect(ended.stdout).toBe("");
  });

  it("writes all of a long answer into a pipe", async () => {
    const here = folder();
    const rules = Array.from(
      { length: 6_000 },
      (_, index) =>
        `    - { name: rule-${index}, effect: allow, subjects: [nobody-${index}], on: [{ resource: r }] }`,
    );
    writeFileSync(
      path.join(here, "big.plumb.yaml"),
      [
        "apiVersion: plumbline/v1",
        "kind: ControlPlane",
        "metadata: { name: big }",
        "spec: { owner: o@big.example, environments: { production: {} } }",
        "---",
        "apiVersion: plumbline/v1",
        "kind: Policy",
        "metadata: { name: big }",
        "spec:",
        "  owner: o@big.example",
        "  rules:",
        ...rules,
        "",
      ].join("\n"),
    );
    const { code, stdout } = await runProgram(here, ["check", "--format", "json"]);
    expect(code).toBe(1);
    expect(stdout.length).toBeGreaterThan(2_000_000);
    expect(JSON.parse(stdout).findings.length).toBeGreaterThanOrEqual(6_000);
  });

  it("ends quietly where nobody reads its answer", async () => {
    const child = spawn(process.execPath, [program, "check", "broken", "--format", "json"], {
      cwd: fixtures,
    });
    child.stdout.destroy();
    let complaint = "";
    child.stderr.on("data", (chunk) => {
      complaint += chunk;
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect({ code, complaint }).toEqual({ code: 1, complaint: "" });
  });
});
