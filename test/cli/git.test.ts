import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixtures, runProgram } from "../support/cli.ts";

let repository = "";

function git(...args: readonly string[]): void {
  const identity = [
    "-c",
    "user.name=Test",
    "-c",
    "user.email=test@shop.example",
    "-c",
    "commit.gpgsign=false",
  ];
  execFileSync("git", [...identity, ...args], { cwd: repository, stdio: "pipe" });
}

function edit(file: string, from: string, to: string): void {
  const target = path.join(repository, file);
  const before = readFileSync(target, "utf8");
  if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(target, before.replace(from, to));
}

/** The first commit is the fixture; the second lets checkout read; the working tree lets nobody append any more. */
beforeAll(() => {
  repository = realpathSync(mkdtempSync(path.join(tmpdir(), "plumbline-git-")));
  cpSync(path.join(fixtures, "shop"), path.join(repository, "policy"), { recursive: true });
  symlinkSync("policies.plumb.yaml", path.join(repository, "policy/linked.txt"));
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-q", "-m", "The policy");
  git("tag", "first");
  edit("policy/policies.plumb.yaml", "subjects: [reports]", "subjects: [reports, checkout]");
  edit("policy/deployed/istio.yaml", "methods: [GET]", "methods: [GET, HEAD]");
  git("commit", "-q", "-a", "-m", "Checkout reads");
  edit("policy/policies.plumb.yaml", "subjects: [checkout]", "subjects: [reports]");
});

afterAll(() => rmSync(repository, { recursive: true, force: true }));

async function compared(args: readonly string[], cwd = repository) {
  const { code, stdout, stderr } = await runProgram(cwd, ["compare", ...args, "--format", "json"]);
  expect(stderr).toBe("");
  const result = JSON.parse(stdout);
  expect(code).toBe(result.verdict === "equal" ? 0 : 1);
  return result;
}

describe("compare with a git revision", () => {
  it("says what a commit newly allowed", async () => {
    const result = await compared(["git:first:policy", "git:HEAD:policy"]);
    expect(result).toMatchObject({ verdict: "wider", newlyAllows: "yes", newlyDenies: "no" });
    expect(result.witnesses).toMatchObject([
      {
        request: {
          source: { principal: "spiffe://prod.shop.example/ns/shop/sa/checkout" },
          http: { method: "GET", path: "/entries" },
        },
        left: "deny",
        right: "allow",
      },
    ]);
  });

  it("says what the working tree changes, the revision's folder being the same one", async () => {
    expect(await compared(["git:HEAD", "policy"])).toMatchObject({ verdict: "incomparable" });
    expect(await compared(["git:HEAD~1", "git:first"], path.join(repository, "policy"))).toMatchObject({
      verdict: "equal",
    });
  });

  it("takes a folder relative to the one it is called in", async () => {
    const here = path.join(repository, "policy/deployed");
    expect(await compared(["git:first:..", "git:HEAD:.."], here)).toMatchObject({ verdict: "wider" });
  });

  it("reads deployed files of a revision", async () => {
    const files = "policy/deployed/*.yaml";
    expect(await compared([`git:first:${files}`, `git:HEAD:${files}`])).toMatchObject({ verdict: "wider" });
    expect(await compared([`git:HEAD:${files}`, files])).toMatchObject({ verdict: "equal" });
  });

  it("leaves the repository as it was", async () => {
    const status = (): string =>
      execFileSync("git", ["status", "--porcelain"], { cwd: repository, encoding: "utf8" });
    const before = status();
    await compared(["git:first:policy", "policy"]);
    expect(status()).toBe(before);
  });

  it("names the places of a revision by its name", async () => {
    edit("policy/deployed/istio.yaml", "rules:", "rules: [");
    git("commit", "-q", "-m", "A mistake", "policy/deployed/istio.yaml");
    const { code, stdout } = await runProgram(repository, [
      "compare",
      "git:first:policy/deployed/istio.yaml",
      "git:HEAD:policy/deployed/istio.yaml",
      "--type",
      "istio",
    ]);
    git("reset", "-q", "--hard", "HEAD~1");
    expect(code).toBe(1);
    expect(stdout).toMatch(/HEAD:policy\/deployed\/istio\.yaml:\d+:\d+/);
  });

  it.each([
    [["git:none", "policy"], 'git:none cannot be read: the repository has no revision "none".'],
    [["git:--all", "policy"], 'git:--all cannot be read: the repository has no revision "--all".'],
    [["git:HEAD:nowhere", "policy"], "There is no file nowhere in git:HEAD."],
    [["git:HEAD:policy/deployed", "policy"], "There is no control plane in git:HEAD:policy/deployed"],
    [["git:HEAD:../..", "policy"], "cannot be read: "],
  ])("%j: one sentence, exit 2", async (args, message) => {
    const { code, stdout, stderr } = await runProgram(repository, ["compare", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});
