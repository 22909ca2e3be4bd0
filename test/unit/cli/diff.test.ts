/** `diff` on two folders, one of them as a revision; with a real repository in test/cli/diff.test.ts. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { URI } from "vscode-uri";
import type { DiffJson } from "../../../server/src/cli/diff-report.ts";
import { CommandError, type Revision } from "../../../server/src/cli/services.ts";
import { NodeHost } from "../../../server/src/host/node.ts";
import { fixtures, runIn } from "../../support/cli.ts";

const scratch: string[] = [];
afterEach(() => {
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true, force: true });
});

type Change = readonly [from: string, to: string];

const reading: Change = ["subjects: [reports]", "subjects: [reports, checkout]"];

/** A folder `policy` with the fixture `shop`, its policies changed. */
function folder(...changes: readonly Change[]): string {
  const made = mkdtempSync(path.join(tmpdir(), "plumbline-diff-"));
  scratch.push(made);
  cpSync(path.join(fixtures, "shop"), path.join(made, "policy"), { recursive: true });
  for (const change of changes) edit(made, "policies.plumb.yaml", change);
  return made;
}

function edit(made: string, file: string, [from, to]: Change): void {
  const target = path.join(made, "policy", file);
  const before = readFileSync(target, "utf8");
  if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(
    target,
    before.replace(from, () => to),
  );
}

/** What is in `base` as the revision `HEAD` of what is in `cwd`. */
function revisionOf(base: string): (revision: string) => Promise<Revision> {
  const toUri = (written: string): string => URI.file(path.resolve(base, written)).toString();
  return async (revision) => {
    if (revision !== "HEAD")
      throw new CommandError(`git:${revision} cannot be read: there is no such revision.`);
    return {
      toUri,
      hostFor: (folders) => new NodeHost({ roots: () => folders }),
      everything: new NodeHost({ roots: () => "anywhere" }),
      name: (uri) => `HEAD:${path.relative(base, URI.parse(uri).fsPath)}`,
    };
  };
}

function run(base: string, current: string, ...args: readonly string[]) {
  return runIn(current, ["diff", "HEAD", "policy", ...args], { revision: revisionOf(base) });
}

async function jsonOf(base: string, current: string, ...args: readonly string[]) {
  const { stdout, stderr, exitCode } = await run(base, current, ...args, "--format", "json");
  expect(stderr).toBeUndefined();
  const report = JSON.parse(stdout) as DiffJson;
  expect(exitCode).toBe(report.verdict === "equal" ? 0 : 1);
  return report;
}

describe("text", () => {
  it("says what is newly allowed, by which rule, with a witness and the places of both versions", async () => {
    const { stdout, exitCode } = await run(folder(), folder(reading));
    expect(exitCode).toBe(1);
    expect(stdout).toBe(`ledger (production and test) newly allows GET /entries by checkout
    rule ledger/reports-read changed its subjects
    witness  spiffe://prod.shop.example/ns/shop/sa/checkout → GET ledger/entries (production)
             HEAD: denied (no allow rule applies); now: allowed by ledger/reports-read
    now      ledger/reports-read  policy/policies.plumb.yaml:12:13
    before   ledger/reports-read  HEAD:policy/policies.plumb.yaml:12:13

The working tree is wider than HEAD. 1 file changed: 1 change newly allows requests.
`);
  });

  it("says that files changed and no decision does", async () => {
    const { stdout, exitCode } = await run(
      folder(),
      folder(["name: reports-read", "name: reports-look"], ["      obligations: { audit: full }\n", ""]),
    );
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`Obligations (the decisions are the same)
  ledger/checkout-appends: the same requests, but audit: full is gone  policy/policies.plumb.yaml:7:13

The working tree allows the same as HEAD. 1 file changed, no decision does.
`);
  });

  it("names the errors that keep resources from being compared", async () => {
    const { stdout, exitCode } = await run(folder(), folder(["[reports]", "[report]"]));
    expect(exitCode).toBe(1);
    expect(stdout).toContain("not compared  ledger (production and test): the working tree has errors");
    expect(stdout).toMatch(/policy\/policies\.plumb\.yaml:14:\d+/);
    expect(stdout).toContain("It is not known whether the working tree allows the same as HEAD.");
  });

  it("tells an environment that is new in a few lines", async () => {
    const current = folder();
    edit(current, "shop.plumb.yaml", [
      "    test:\n",
      "    dev:\n      vars: { td: test.shop.example }\n    test:\n",
    ]);
    const { stdout } = await run(folder(), current);
    expect(stdout).toContain(
      "Environment dev is new: all that is allowed there is newly allowed, by 3 rules",
    );
    expect(stdout).toContain("  ledger (dev): POST /entries by checkout  ledger/checkout-appends");
    expect(stdout).not.toContain("witness");
  });

  it("prints no control characters of hostile names", async () => {
    const current = folder(["name: reports-read", String.raw`name: "reports\e[2K\u202eread"`], reading);
    const { stdout } = await run(folder(), current);
    expect(stdout).toContain(String.raw`reports\u001b[2K\u202eread`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});

describe("one changed name in many rules", () => {
  const rules = Array.from(
    { length: 6 },
    (_, index) => `    - name: more-${index}
      effect: allow
      subjects: [reports]
      on: [{ resource: ${index % 2 === 0 ? "ledger" : "stock"} }]
      condition: request.query["q"].exists(v, v == "${index}")
`,
  ).join("");
  const many: Change = ["    - name: reports-read", `${rules}    - name: reports-read`];

  it("shows three rules, and says how many more there are", async () => {
    const current = folder(many);
    edit(current, "shop.plumb.yaml", ["sa/reports", "sa/reporting"]);
    const report = await jsonOf(folder(many), current);
    const allows = report.changes.filter((one) => one.kind === "newly-allows");
    expect(allows).toHaveLength(7);
    const { stdout } = await run(folder(many), current);
    expect(stdout.match(/ newly allows /g)).toHaveLength(3);
    const more = "4 more rules newly allow requests because identity reports changed its spiffeId";
    expect(stdout).toContain(`\n${more}\n`);
    const markdown = await run(folder(many), current, "--format", "markdown");
    expect(markdown.stdout).toContain(`\n- ${more}\n`);
  });
});

describe("JSON", () => {
  it("keeps its contract, positions zero-based", async () => {
    const report = await jsonOf(folder(), folder(reading));
    expect(Object.keys(report)).toEqual([
      ...["base", "current", "verdict", "newlyAllows", "newlyDenies", "environments", "changes"],
      ...["obligations", "unknown", "notCompared", "errors", "definitions", "files", "assumptions"],
    ]);
    expect(report).toMatchObject({
      base: "HEAD",
      current: "policy",
      verdict: "wider",
      newlyAllows: "yes",
      newlyDenies: "no",
      environments: [
        {
          controlPlane: "shop",
          name: "production",
          presence: "both",
          verdict: "wider",
          resources: [
            { name: "ledger", presence: "both", verdict: "wider", complete: true },
            { name: "stock", presence: "both", verdict: "equal", complete: true },
          ],
        },
        { name: "test", verdict: "wider" },
      ],
      unknown: [],
      notCompared: [],
      errors: [],
      files: [{ controlPlane: "shop", path: "policies.plumb.yaml", presence: "both" }],
    });
    expect(report.changes).toMatchObject([
      {
        kind: "newly-allows",
        resource: "ledger",
        environments: ["production", "test"],
        region: "GET /entries by checkout",
        cause: "rule ledger/reports-read changed its subjects",
        witness: { base: "deny", current: "allow", currentReason: "allowed by ledger/reports-read" },
        baseRules: [{ id: "ledger/reports-read", change: "edited", parts: ["subjects"] }],
        currentRules: [
          { id: "ledger/reports-read", effect: "allow", range: { start: { line: 11, character: 12 } } },
        ],
        because: [],
      },
    ]);
  });

  it("has the environment that is asked for only", async () => {
    const report = await jsonOf(folder(), folder(reading), "--environment", "test");
    expect(report.environments.map((one) => one.name)).toEqual(["test"]);
    expect(report.changes.map((one) => one.environments)).toEqual([["test"]]);
  });

  it("takes a folder that was not there as a control plane that is new, and the other way round", async () => {
    const empty = mkdtempSync(path.join(tmpdir(), "plumbline-diff-"));
    scratch.push(empty);
    const added = await jsonOf(empty, folder());
    expect(added).toMatchObject({
      verdict: "wider",
      environments: [{ presence: "added" }, { presence: "added" }],
    });
    mkdirSync(path.join(empty, "policy"));
    expect(await jsonOf(folder(), empty)).toMatchObject({ verdict: "narrower" });
  });

  it("claims nothing where the control plane has an error that hides it", async () => {
    const current = folder();
    edit(current, "shop.plumb.yaml", ["kind: ControlPlane", "kind: [ControlPlane"]);
    const report = await jsonOf(folder(), current);
    expect(report.verdict).toBe("unknown");
    expect(report.changes).toEqual([]);
    expect(report.errors.length).toBeGreaterThan(0);
  });

  it("matches several control planes by their folders", async () => {
    const [base, current] = [folder(), folder()];
    for (const made of [base, current])
      for (const name of ["a", "b"])
        cpSync(path.join(fixtures, "shop"), path.join(made, "policy", name), { recursive: true });
    for (const made of [base, current]) {
      for (const file of ["shop.plumb.yaml", "policies.plumb.yaml"]) rmSync(path.join(made, "policy", file));
      edit(made, "b/shop.plumb.yaml", ["metadata: { name: shop }", "metadata: { name: second }"]);
    }
    edit(current, "b/policies.plumb.yaml", reading);
    const report = await jsonOf(base, current);
    expect(report.changes.map((one) => one.controlPlane)).toEqual(["second"]);
    expect(report.environments.map((one) => [one.controlPlane, one.name, one.verdict])).toEqual([
      ["shop", "production", "equal"],
      ["shop", "test", "equal"],
      ["second", "production", "wider"],
      ["second", "test", "wider"],
    ]);
  });
});

describe("Markdown", () => {
  it("is short, with the request folded away", async () => {
    const { stdout, exitCode } = await run(folder(), folder(reading), "--format", "markdown");
    expect(exitCode).toBe(1);
    const [head, rest = ""] = stdout.split("\n    ```json\n");
    expect(head).toBe(`## Plumbline: wider

The working tree is wider than HEAD. 1 file changed: 1 change newly allows requests.

| environment | verdict |
|---|---|
| production | wider |
| test | wider |

### Newly allows

- **ledger** (production, test): \`GET /entries by checkout\`
  - rule ledger/reports-read changed its subjects
  - now \`ledger/reports-read\` (\`policy/policies.plumb.yaml:12\`)
  - before \`ledger/reports-read\` (\`HEAD:policy/policies.plumb.yaml:12\`)
  - witness \`spiffe://prod.shop.example/ns/shop/sa/checkout → GET ledger/entries\`, in production: denied (no allow rule applies) in \`HEAD\`, allowed by ledger/reports-read now

    <details><summary>interaction</summary>
`);
    const [block = "", tail] = rest.split("\n    ```\n");
    expect(JSON.parse(block)).toMatchObject({ http: { method: "GET", path: "/entries" } });
    expect(tail).toBe("\n    </details>\n");
  });

  it("says that no decision changes", async () => {
    const { stdout } = await run(
      folder(),
      folder(["name: reports-read", "name: reports-look"]),
      "--format",
      "markdown",
    );
    expect(stdout).toMatch(/^## Plumbline: no decision changes\n/);
    expect(stdout).toContain("1 file changed, no decision does.");
  });

  it("is the same for the same input", async () => {
    const [base, current] = [folder(), folder(reading, ["subjects: [checkout]", "subjects: [reports]"])];
    const once = await run(base, current, "--format", "markdown");
    expect(await run(base, current, "--format", "markdown")).toEqual(once);
  });

  it("shows ten changes of a kind and says how many more", async () => {
    const rules = Array.from(
      { length: 13 },
      (_, index) => `    - name: more-${index}
      effect: allow
      subjects: [checkout]
      on: [{ resource: ledger, operations: ["GET /entries"] }]
      condition: request.path == "/entries" && context.time > timestamp("2026-01-15T09:00:${10 + index}Z")
`,
    ).join("");
    const current = folder(["    - name: reports-read", `${rules}    - name: reports-read`]);
    const { stdout } = await run(folder(), current, "--format", "markdown");
    expect(stdout.match(/^- \*\*ledger\*\*/gm)).toHaveLength(10);
    expect(stdout).toContain("\n- and 3 more\n");
    expect(stdout.length).toBeLessThan(65_536);
  });

  const hostile = [
    "</details><script>alert(1)</script>",
    "`` ``` ` code",
    "](https://evil.example) ![x](https://evil.example/x.png)",
    "@everyone #1 www.evil.example https://evil.example",
    "| a | b |",
    "*bold* _it_ ~~no~~ $x$ \\",
  ];
  it.each(hostile)("keeps %s in its place, where it is compared and where it is an error", async (text) => {
    const cel = `request.headers["x"].exists(v, v == ${JSON.stringify(text)})`;
    const compared: Change = [
      "      obligations: { audit: full }",
      `      condition: ${JSON.stringify(cel)}\n      obligations: { redact: [${JSON.stringify(text)}] }`,
    ];
    const wide: Change = ["      obligations: { audit: full }", ""];
    const narrower = await run(folder(wide), folder(compared), "--format", "markdown");
    const wider = await run(folder(compared), folder(wide), "--format", "markdown");
    expect(wider.stdout).toContain("### Newly allows");
    const erroneous = await run(
      folder(),
      folder(["name: reports-read", `name: ${JSON.stringify(text)}`]),
      "--format",
      "markdown",
    );
    expect(erroneous.stdout).toContain("### Not compared");
    for (const { stdout } of [narrower, wider, erroneous]) {
      const outside = withoutCode(stdout);
      // HTML and tables are only those that Plumbline writes; mentions, links and emphasis are none.
      const own = ["<details>", "<summary>", "</summary>", "</details>"];
      expect(outside.replaceAll("<!-- -->", "").match(/<[a-z!/][^>]*>/gi)).toEqual(
        stdout.includes("<details>") ? own : null,
      );
      expect(outside.replace(/^- \*\*ledger\*\*/gm, "")).not.toMatch(
        /(?<!\\)[[\]`*_~$]|[@#](?!<!-- -->|#|# )\w|https?:\/\/|www\./,
      );
      expect(outside.match(/^\|/gm)).toHaveLength(4);
    }
  });
});

/** What Markdown reads as text: neither fenced blocks nor code spans (CommonMark 4.5 and 6.1). */
function withoutCode(markdown: string): string {
  return markdown
    .replace(/^ *(`{3,})json\n[\s\S]*?^ *\1$/gm, "")
    .split("\n")
    .map((line) => line.replace(/(?<![\\`])(`+)(?!`)(.*?[^`])\1(?!`)/g, ""))
    .join("\n");
}

describe("usage", () => {
  it.each([
    [["diff"], "plumbline diff needs REV: REV is missing."],
    [["diff", "none", "policy"], "git:none cannot be read: there is no such revision."],
    [["diff", "HEAD:policy"], "HEAD:policy is no revision."],
    [["diff", "HEAD", "nowhere"], "There is no folder nowhere."],
    [
      ["diff", "HEAD", "policy/requests"],
      "There is no control plane in policy/requests, neither now nor in HEAD",
    ],
    [["diff", "HEAD", "policy", "--environment", "prod"], 'The control plane has no environment "prod"'],
    [["diff", "HEAD", "policy", "--format", "sarif"], "--format is one of text, json, markdown"],
  ])("%j: one sentence, exit 2", async (args, message) => {
    const here = folder();
    const { stdout, stderr, exitCode } = await runIn(here, args, { revision: revisionOf(here) });
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toContain(message);
    expect(stderr?.trim().split("\n")).toHaveLength(1);
  });
});
