/** `plumbline diff REV` as a program, in a real repository. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fixtures, runProgram } from "../support/cli.ts";

let repository = "";

function git(...args: readonly string[]): string {
  const settings = ["user.name=Test", "user.email=test@shop.example", "commit.gpgsign=false"];
  return execFileSync("git", [...settings.flatMap((one) => ["-c", one]), ...args], {
    cwd: repository,
    encoding: "utf8",
    stdio: "pipe",
  });
}

function edit(file: string, from: string, to: string): void {
  const target = path.join(repository, file);
  const before = readFileSync(target, "utf8");
  if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(target, before.replace(from, to));
}

const policies = "policy/policies.plumb.yaml";

/** `first` is the fixture with an API that is described by a document; then a rule was widened. */
beforeAll(() => {
  repository = realpathSync(mkdtempSync(path.join(tmpdir(), "plumbline-diff-")));
  git("init", "-q", "-b", "main");
  writeFileSync(path.join(repository, "README.md"), "before there was a policy\n");
  git("add", ".");
  git("commit", "-q", "-m", "Nothing yet");
  git("tag", "empty");
  cpSync(path.join(fixtures, "shop"), path.join(repository, "policy"), { recursive: true });
  writeFileSync(path.join(repository, "policy/orders.openapi.yaml"), openapi);
  edit(
    "policy/shop.plumb.yaml",
    "    stock:",
    "    orders: { type: api, hosts: [api.shop], openapi: orders.openapi.yaml }\n    stock:",
  );
  edit(
    policies,
    "on: [{ resource: stock,",
    "on: [{ resource: orders, operations: [getOrder] }, { resource: stock,",
  );
  git("add", ".");
  git("commit", "-q", "-m", "The policy");
  git("tag", "first");
  edit(policies, "subjects: [reports]", "subjects: [reports, checkout]");
  git("commit", "-q", "-a", "-m", "Checkout reads");
});

const openapi = `openapi: 3.1.0
info: { title: Orders, version: "1" }
paths:
  /orders/{id}:
    get: { operationId: getOrder, responses: { "200": { description: ok } } }
`;

beforeEach(() => {
  git("reset", "-q", "--hard", "main");
});

afterAll(() => rmSync(repository, { recursive: true, force: true }));

async function diff(...args: readonly string[]) {
  const { code, stdout, stderr } = await runProgram(repository, ["diff", ...args, "--format", "json"]);
  expect(stderr).toBe("");
  const report = JSON.parse(stdout);
  expect(code).toBe(report.verdict === "equal" ? 0 : 1);
  return report;
}

describe("the working tree against a revision", () => {
  it("is equal to what was committed, and shows what later commits and edits changed", async () => {
    expect(await diff("HEAD", "policy")).toMatchObject({ verdict: "equal", changes: [], files: [] });
    expect(await diff("first")).toMatchObject({
      base: "first",
      current: ".",
      verdict: "wider",
      changes: [
        {
          kind: "newly-allows",
          region: "GET /entries by checkout",
          baseRules: [{ id: "ledger/reports-read", change: "edited" }],
          witness: {
            request: { source: { principal: "spiffe://prod.shop.example/ns/shop/sa/checkout" } },
          },
        },
      ],
    });
    edit(policies, "subjects: [checkout]", "subjects: [reports]");
    expect(await diff("first", "policy")).toMatchObject({ verdict: "incomparable" });
  });

  it("names an operation whose document changed", async () => {
    edit("policy/orders.openapi.yaml", "/orders/{id}", "/orders/{id}/details");
    const report = await diff("HEAD", "policy");
    expect(report.files).toEqual([{ controlPlane: "shop", path: "orders.openapi.yaml", presence: "both" }]);
    expect(report.changes.map((one: { cause: string }) => one.cause)).toEqual([
      "operation getOrder of orders changed its path, and with it what rule ledger/checkout-looks says",
      "operation getOrder of orders changed its path, and with it what rule ledger/checkout-looks says",
    ]);
    const [{ because }] = report.changes;
    expect(because[0].base.uri).toMatch(/^git:\/\/[0-9a-f]{40}\/policy\/orders\.openapi\.yaml$/);
    expect(because[0].current.range.start.line).toBe(4);
  });

  it("says so in text, with the places of the revision by its name", async () => {
    edit(policies, "subjects: [reports, checkout]", "subjects: [checkout]");
    const { code, stdout } = await runProgram(repository, ["diff", "HEAD", "policy"]);
    expect(code).toBe(1);
    expect(stdout).toContain("ledger (production and test) newly denies GET /entries by reports\n");
    expect(stdout).toContain(`before   ledger/reports-read  HEAD:${policies}:12:13`);
    expect(stdout).toContain(`now      ledger/reports-read  ${policies}:12:13`);
  });

  it("takes a revision without a policy as one that allows nothing", async () => {
    const report = await diff("empty", "policy");
    expect(report.verdict).toBe("wider");
    expect(report.environments.map((one: { presence: string }) => one.presence)).toEqual(["added", "added"]);
  });

  it("compares nothing where the working tree has a syntax error, and says where", async () => {
    edit(policies, "subjects: [checkout]", "subjects: [checkout");
    const report = await diff("HEAD", "policy");
    expect(report).toMatchObject({ verdict: "unknown", changes: [] });
    expect(report.notCompared.length).toBeGreaterThan(0);
    expect(report.errors[0]).toMatchObject({ side: "current" });
  });

  it("prints Markdown of the same bytes each time", async () => {
    const [once, again] = await Promise.all(
      [1, 2].map(() => runProgram(repository, ["diff", "first", "policy", "--format", "markdown"])),
    );
    expect(once?.stdout).toContain("### Newly allows");
    expect(once).toEqual(again);
  });

  it("leaves the repository as it was", async () => {
    edit(policies, "subjects: [checkout]", "subjects: [reports]");
    const before = git("status", "--porcelain");
    await diff("first", "policy");
    expect(git("status", "--porcelain")).toBe(before);
  });

  it.each([
    [["none"], 'git:none cannot be read: the repository has no revision "none".'],
    [["--all"], "plumbline diff has no option --all."],
    [["HEAD:policy"], "HEAD:policy is no revision."],
    [["HEAD", ".."], "cannot be read"],
  ])("%j: one sentence, exit 2", async (args, message) => {
    const { code, stdout, stderr } = await runProgram(repository, ["diff", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});
