/** Names that would move the cursor, turn text around or give commands to GitHub Actions, through the built program. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixtures, runProgram } from "../support/cli.ts";

/** As YAML writes it in double quotes; JSON, too, but for `\e`. */
const escaped = String.raw`x\u001b[2K\u009b1m\u202e\u0007\n::error file=a::pwned\r\n##[error]y\u2028`;
const hostile = JSON.parse(`"${escaped}"`) as string;

const shop = (name: string): string => readFileSync(path.join(fixtures, "shop", name), "utf8");

const policies = shop("policies.plumb.yaml");

/** One file with a hostile name in many places; each is in a document of its own, since an error leaves out its own. */
const files: Readonly<Record<string, string>> = {
  "shop.plumb.yaml": shop("shop.plumb.yaml"),
  "policies.plumb.yaml": policies
    .replace("name: checkout appends", `name: "${escaped}"`)
    .replace("name: reports append nothing", `name: "::error::${escaped}"`)
    .replace("expect: { decision: deny }", `expect: { decision: deny, rule: "${escaped}" }`)
    .replace(
      "    - name: checkout-looks",
      `      condition: "request.headers['x'].exists(v, v == '${escaped.replaceAll("\\n", " ").replaceAll("\\r", " ")}')"\n    - name: checkout-looks`,
    ),
  "names.plumb.yaml": `apiVersion: plumbline/v1
kind: Policy
metadata: { name: "${escaped}", "${escaped}": x }
spec:
  owner: "${escaped}"
  rules:
    - name: "${escaped}"
      effect: "${escaped}"
      subjects: ["${escaped}"]
      controls: ["${escaped}"]
      on: [{ resource: "${escaped}", operations: ["${escaped}"] }]
      condition: "nothing == '${escaped.replaceAll("\\n", "\\\\n").replaceAll("\\r", "\\\\r")}'"
`,
  "::error ::x.plumb.yaml": "apiVersion: plumbline/v1\nkind: Polcy\n",
  "deployed/istio.yaml": shop("deployed/istio.yaml")
    .replace("name: ledger", `name: "${escaped}"`)
    .replace(
      "[/entries] } }]\n    - from: [{ source: { namespaces",
      `["/${escaped}"] } }]\n    - from: [{ source: { namespaces`,
    ),
  "other/istio.yaml": shop("deployed/istio.yaml").replace("sa/checkout", `sa/${"reports"}`),
  "api.json": JSON.stringify({
    openapi: "3.1.0",
    info: { title: hostile, version: "1" },
    paths: {
      [`/${hostile}`]: { get: { operationId: hostile } },
      "/ok": { get: { operationId: `::error::${hostile}::` } },
    },
  }),
  "tools.json": JSON.stringify({
    tools: [{ name: hostile, inputSchema: { type: "object" } }, { name: "fine" }],
  }),
};

/** Where only what is deployed has such names, so that it is compared. */
const deployed: Readonly<Record<string, string>> = {
  "shop.plumb.yaml": shop("shop.plumb.yaml"),
  "policies.plumb.yaml": policies,
  "deployed/istio.yaml": files["deployed/istio.yaml"] ?? "",
};

let folder = "";
let comparable = "";
const git = (...args: readonly string[]): void => {
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: folder });
};

function written(all: Readonly<Record<string, string>>): string {
  const made = mkdtempSync(path.join(tmpdir(), "plumbline-hostile-"));
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(made, name)), { recursive: true });
    writeFileSync(path.join(made, name), text);
  }
  return made;
}

beforeAll(() => {
  folder = written(files);
  comparable = written(deployed);
  git("init", "-q");
  git("add", "-A");
  git("commit", "-q", "-m", "hostile");
  const there = files["policies.plumb.yaml"] ?? "";
  writeFileSync(
    path.join(folder, "policies.plumb.yaml"),
    there
      .replace("subjects: [checkout]", "subjects: [checkout, reports]")
      .replace("obligations: { audit: full }", `obligations: { "${escaped}": "${escaped}" }`),
  );
});
afterAll(() => {
  for (const one of [folder, comparable]) rmSync(one, { recursive: true, force: true });
});

function expectHarmless(said: string, args: readonly string[]): void {
  expect(said.length).toBeGreaterThan(10);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  const acting = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
  expect(said.split("\n").filter((line) => acting.test(line))).toEqual([]);
  const own = args.includes("github") ? /^::(error|warning|notice) file=[^:]*::/ : /^$/;
  const commands = said.split("\n").filter((line) => /^\s*::.*::/.test(line) && !own.test(line));
  expect(commands).toEqual([]);
  expect(said).not.toContain("##[");
  // A command that GitHub reads ends with its line, and what a name adds to the front of it is not ours.
  expect(said).not.toMatch(/^\s*::error file=a::/m);
}

const scenario = `ledger/${hostile}`;

describe("names from strangers", () => {
  it.each([
    ...["text", "json", "sarif", "github", "junit", "markdown"].map((one) => ["check", "--format", one]),
    ["check", "--fix"],
    ...["text", "json"].flatMap((one) => [
      ["test", "--format", one],
      ["test", "--environment", hostile, "--format", one],
      ["drift", "--format", one],
      ["simulate", "--rule", "ledger/reports-read", "--format", one],
      ["simulate", "--scenario", scenario, "--format", one],
      ["compare", "git:HEAD", ".", "--format", one],
      ["compare", "deployed/istio.yaml", "other/istio.yaml", "--format", one],
      ["generate", "scenarios", "--format", one],
      ["explain", hostile, "--format", one],
    ]),
    ...["text", "json", "markdown"].map((one) => ["diff", "HEAD", "--format", one]),
    ["import", "openapi", "api.json", "--dry-run"],
    ["import", "openapi", "api.json", "--inline", "--dry-run", "--into", "new.plumb.yaml"],
    ["import", "mcp", "tools.json", "--dry-run", "--owner", "o@shop.example"],
    ["import", hostile, "api.json"],
    [hostile],
  ])("are shown, and do nothing: %j %j %j %j %j", async (...args) => {
    const { code, stdout, stderr } = await runProgram(folder, args);
    expectHarmless(stdout + stderr, args);
    expect([0, 1, 2]).toContain(code);
    expect(stderr).not.toContain("a defect of Plumbline");
    if (args.includes("json") && code !== 2) JSON.parse(stdout);
  });

  it.each([["drift"], ["simulate", "--rule", "ledger/checkout-appends"]])(
    "do nothing in what is deployed: %s",
    async (...args) => {
      const { stdout, stderr } = await runProgram(comparable, args);
      expectHarmless(stdout + stderr, args);
      expect(stdout).toContain(String.raw`x\u001b[2K\u009b1m\u202e\u0007 `);
    },
  );

  it("are in what is said, so that the tests above are about something", async () => {
    const spelt = String.raw`x\u001b[2K\u009b1m\u202e\u0007 `;
    for (const args of [
      ["check"],
      ["check", "--format", "github"],
      ["check", "--format", "junit"],
      ["check", "--format", "markdown"],
      ["test"],
    ]) {
      const { stdout } = await runProgram(folder, args);
      const plain = stdout.replace(/\\(?=[[\\])/g, "").replaceAll("\\u", "u");
      expect(plain, args.join(" ")).toContain(spelt.replaceAll("\\u", "u"));
    }
  });
});
