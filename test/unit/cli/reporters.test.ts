import { describe, expect, it } from "vitest";
import { githubReporter } from "../../../server/src/cli/reporters/github.ts";
import { junitReporter } from "../../../server/src/cli/reporters/junit.ts";
import { markdownReporter } from "../../../server/src/cli/reporters/markdown.ts";
import type { Report } from "../../../server/src/cli/reporters/report.ts";
import { sarifReporter } from "../../../server/src/cli/reporters/sarif.ts";
import type { Finding } from "../../../server/src/workspace/finding.ts";
import { sarifErrors } from "../../support/sarif.ts";

const root = "file:///work/";

function finding(more: Partial<Finding> = {}): Finding {
  return {
    code: "reference/unknown-identity",
    severity: "error",
    message: 'There is no identity "chekout".',
    uri: `${root}policies/a.plumb.yaml`,
    range: { start: { line: 25, character: 17 }, end: { line: 25, character: 24 } },
    related: [],
    environments: [],
    fixable: false,
    data: {},
    ...more,
  };
}

function report(findings: readonly Finding[], more: Partial<Report> = {}): Report {
  return {
    command: "check",
    findings,
    files: [...new Set([...findings.map((one) => one.uri), `${root}clean.plumb.yaml`])],
    accepted: [],
    failsOn: "error",
    count: "the count",
    notes: [],
    version: "1.2.3",
    root,
    page: async (code) => ({ text: `# ${code}\n`, uri: `file:///docs/codes/${code}.md` }),
    ...more,
  };
}

const warning = finding({ code: "redundant-rule", severity: "warning", message: "Rule b changes nothing." });

/** Names come from files that anybody may have written. */
const hostile =
  'x\u0000\u001b[31m <b>&"%0A::error::##[error]\r\nnext, a:b @all #1 [l](https://e.example) \ud800';

describe("sarif", () => {
  const log = async (findings: readonly Finding[], more: Partial<Report> = {}) =>
    JSON.parse(await sarifReporter(report(findings, more)));

  it.each([
    ["nothing", []],
    ["an error and a warning", [finding(), warning]],
    ["hints and information", [finding({ severity: "hint" }), finding({ severity: "information" })]],
    ["hostile text", [finding({ message: hostile, code: "schema/type" })]],
    ["a file outside of the root", [finding({ uri: "file:///else/where.yaml" })]],
    ["a file name with a colon", [finding({ uri: `${root}a:b.yaml` })]],
    [
      "an empty range at the start",
      [finding({ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } })],
    ],
  ])("is valid by the official schema: %s", async (_, findings) => {
    expect(sarifErrors(await log(findings, { notes: ["A note."] }))).toEqual([]);
  });

  it("has a check that sees mistakes", async () => {
    const wrong = await log([finding()]);
    wrong.runs[0].results[0].level = "fatal";
    delete wrong.runs[0].tool;
    expect(sarifErrors(wrong)).toHaveLength(2);
  });

  it("has a rule for each code, found by its index", async () => {
    const { rules } = (await log([warning, finding(), warning])).runs[0].tool.driver;
    expect(rules.map((rule: { id: string }) => rule.id)).toEqual([
      "redundant-rule",
      "reference/unknown-identity",
    ]);
    expect(rules[0]).toMatchObject({
      shortDescription: { text: "A rule that changes no decision" },
      help: { text: "# redundant-rule\n", markdown: "# redundant-rule\n" },
      helpUri: "file:///docs/codes/redundant-rule.md",
      defaultConfiguration: { level: "warning" },
      properties: { tags: ["logic"] },
    });
    const { results } = (await log([warning, finding(), warning])).runs[0];
    expect(results.map((one: { ruleIndex: number }) => one.ruleIndex)).toEqual([0, 1, 0]);
  });

  it("counts lines and UTF-16 columns from one, in files relative to the root", async () => {
    const related = [{ uri: `${root}b.yaml`, range: finding().range, message: "see [here](1)" }];
    const { columnKind, results } = (await log([finding({ related, environments: ["test"] })])).runs[0];
    expect(columnKind).toBe("utf16CodeUnits");
    expect(results[0]).toMatchObject({
      message: { text: 'There is no identity "chekout". (test)' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "policies/a.plumb.yaml", uriBaseId: "%SRCROOT%" },
            region: { startLine: 26, startColumn: 18, endLine: 26, endColumn: 25 },
          },
        },
      ],
      relatedLocations: [{ id: 0, message: { text: "see \\[here\\](1)" } }],
      properties: { environments: ["test"], fixable: false },
    });
  });

  it("says what was accepted, and where", async () => {
    const accepted = [
      { finding: warning, by: "waiver" },
      { finding: warning, by: "comment" },
    ] as const;
    const made = await log([finding()], { accepted });
    expect(sarifErrors(made)).toEqual([]);
    const { results, tool } = made.runs[0];
    expect(tool.driver.rules).toHaveLength(2);
    expect(results.map((one: { suppressions?: unknown }) => one.suppressions)).toEqual([
      undefined,
      [{ kind: "external", status: "accepted" }],
      [{ kind: "inSource", status: "accepted" }],
    ]);
  });

  it("knows a finding again in another line, and tells two of a kind apart", async () => {
    const moved = { start: { line: 90, character: 3 }, end: { line: 90, character: 9 } };
    const marks = async (...findings: readonly Finding[]): Promise<readonly string[]> =>
      (await log(findings)).runs[0].results.map(
        (one: { partialFingerprints: Record<string, string> }) =>
          one.partialFingerprints["plumblineFinding/v1"],
      );
    const [before] = await marks(finding());
    const [first, second, other] = await marks(finding({ range: moved }), finding(), warning);
    expect(first).toBe(before);
    expect(new Set([first, second, other]).size).toBe(3);
    expect(first).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe("junit", () => {
  it("has one suite a file, and fails what the command fails on", () => {
    const text = junitReporter(
      report([finding(), warning, finding({ uri: `${root}z.yaml`, severity: "hint" })]),
    );
    expect(text).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuites name="plumbline check" tests="3" failures="1" errors="0" skipped="0" time="0">',
        '  <testsuite name="policies/a.plumb.yaml" tests="1" failures="1" errors="0" skipped="0" time="0">',
        '    <testcase classname="policies/a.plumb.yaml" name="reference/unknown-identity 26:18" time="0">',
        '      <failure type="reference/unknown-identity" message="There is no identity &quot;chekout&quot;.">' +
          'policies/a.plumb.yaml:26:18 error reference/unknown-identity  There is no identity "chekout".</failure>',
        "    </testcase>",
        "    <system-out>policies/a.plumb.yaml:26:18 warning redundant-rule  Rule b changes nothing.</system-out>",
        "  </testsuite>",
        '  <testsuite name="z.yaml" tests="1" failures="0" errors="0" skipped="0" time="0">',
        '    <testcase classname="z.yaml" name="no mistakes" time="0"/>',
        '    <system-out>z.yaml:26:18 hint reference/unknown-identity  There is no identity "chekout".</system-out>',
        "  </testsuite>",
        '  <testsuite name="clean.plumb.yaml" tests="1" failures="0" errors="0" skipped="0" time="0">',
        '    <testcase classname="clean.plumb.yaml" name="no mistakes" time="0"/>',
        "  </testsuite>",
        "</testsuites>",
        "",
      ].join("\n"),
    );
    expect(junitReporter(report([warning], { failsOn: "warning" }))).toContain('failures="1"');
  });

  it("writes only what XML can say", () => {
    const text = junitReporter(report([finding({ message: hostile })]));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what may not be there
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
    expect(text).not.toMatch(/[\ud800-\udfff]/);
    expect(text).toContain("\\u0000\\u001b[31m &lt;b&gt;&amp;&quot;%0A::error::##&#91;error]&#10;next");
    expect(text).not.toContain("<b>");
  });
});

describe("github", () => {
  it("has one command a finding, at its columns", () => {
    const over = { start: { line: 1, character: 4 }, end: { line: 3, character: 0 } };
    expect(githubReporter(report([warning, finding(), finding({ severity: "hint", range: over })]))).toBe(
      [
        '::error file=policies/a.plumb.yaml,line=26,endLine=26,col=18,endColumn=24,title=reference/unknown-identity::There is no identity "chekout".',
        "::warning file=policies/a.plumb.yaml,line=26,endLine=26,col=18,endColumn=24,title=redundant-rule::Rule b changes nothing.",
        '::notice file=policies/a.plumb.yaml,line=2,endLine=4,title=reference/unknown-identity::There is no identity "chekout".',
        "the count",
        "",
      ].join("\n"),
    );
  });

  it("escapes what would end a command or begin another", () => {
    const [line, last] = githubReporter(
      report([finding({ message: hostile, uri: `${root}a%2Cb%3Ac%25.yaml` })]),
    ).split("\n");
    expect(line).toContain("file=a%2Cb%3Ac%25.yaml,line=26");
    expect(line).toContain('\\u0000\\u001b[31m <b>&"%250A::error::## [error]  next, a:b');
    expect(last).toBe("the count");
  });

  it("says which annotations GitHub does not show, and never as a command", () => {
    const many = Array.from({ length: 13 }, (_, index) => finding({ message: `${index} ${hostile}` }));
    const lines = githubReporter(report(many, { notes: ["::warning::a note"] })).split("\n");
    expect(lines.filter((line) => line.startsWith("::error "))).toHaveLength(10);
    expect(lines[10]).toBe(
      "GitHub shows 10 annotations of each level from one step, so the other 3 are listed here only:",
    );
    const rest = lines.slice(11);
    expect(rest).toHaveLength(6);
    for (const line of rest) expect(line).not.toMatch(/^\s*::|##\[/);
  });
});

describe("markdown", () => {
  it("lists findings by file", () => {
    const related = [{ uri: `${root}b.yaml`, range: finding().range, message: "the other" }];
    expect(markdownReporter(report([finding({ environments: ["test"] }), { ...warning, related }]))).toBe(
      [
        "## plumbline check",
        "",
        "the count",
        "",
        "### `policies/a.plumb.yaml`",
        "",
        '- **error** `reference/unknown-identity` at 26:18: There is no identity "chekout". (test)',
        "- **warning** `redundant-rule` at 26:18: Rule b changes nothing.",
        "  - `b.yaml:26:18` the other",
        "",
      ].join("\n"),
    );
  });

  it("lets no text of a file link, call or open HTML", () => {
    const text = markdownReporter(report([finding({ message: hostile })]));
    expect(text).not.toMatch(/<b>|[^\\]\[l\]|@all|#1\b|https:\/\//);
  });

  it("fits into a comment and says what is left out", () => {
    const many = Array.from({ length: 2000 }, (_, index) =>
      finding({ message: `${index} ${"x".repeat(100)}` }),
    );
    const text = markdownReporter(report(many));
    expect(text.length).toBeLessThan(65_536);
    const shown = text.split("\n").filter((line) => line.startsWith("- **error**")).length;
    expect(text).toContain(
      `${2000 - shown} more findings do not fit into a comment; \`plumbline check\` lists all.`,
    );
  });
});
