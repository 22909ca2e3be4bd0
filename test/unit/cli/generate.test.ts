import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { GenerateJson } from "../../../server/src/cli/generate-report.ts";
import { fixtures, runIn } from "../../support/cli.ts";

const run = (...args: readonly string[]) => runIn(fixtures, ["generate", ...args]);

describe("the document", () => {
  it("stands alone on standard output, the score beside it", async () => {
    const { stdout, stderr, exitCode } = await run("scenarios", "shop", "--rule", "reports-read");
    expect(exitCode).toBe(0);
    expect(
      stdout,
    ).toBe(`# Boundary cases of the policy in production, made by \`plumbline generate scenarios\`.
apiVersion: plumbline/v1
kind: Scenarios
metadata: { name: boundary }
spec:
  environment: production
  now: 2026-01-15T09:00:00Z
  scenarios:
    - name: reports may call GET /entries
      description: Just inside ledger/reports-read; fails if the rule is removed.
      as: reports
      request: { resource: ledger, http: { method: GET, url: /entries } }
      expect: { decision: allow, rule: ledger/reports-read }
    - name: checkout may not call GET /entries
      description: Just outside ledger/reports-read; fails if the subjects are not restricted.
      as: checkout
      request: { resource: ledger, http: { method: GET, url: /entries } }
      expect: { decision: deny }
    - name: reports may not call POST /entries
      description: Just outside ledger/reports-read; fails if the operations of ledger are not restricted.
      as: reports
      request: { resource: ledger, http: { method: POST, url: /entries } }
      expect: { decision: deny }
    - name: reports may not call GET /entries/other
      description: Just outside ledger/reports-read; fails if "/entries" is not checked.
      as: reports
      request: { resource: ledger, http: { method: GET, url: /entries/other } }
      expect: { decision: deny }
`);
    expect(stderr).toBe(
      `  changes nothing  callers: "with claim act.sub but spiffe://prod.shop.example/ns/shop/sa/reports" is not checked  shop/policies.plumb.yaml:14:18
existing scenarios kill 0 of 9 mutants (0%); with the 4 generated ones 9 of 9 (100%); 1 mutant changes nothing; 0 undecided
`,
    );
  });
});

async function jsonOf(...args: readonly string[]): Promise<GenerateJson> {
  const { stdout, stderr } = await run("scenarios", "shop", ...args, "--format", "json");
  expect(stderr).toBeUndefined();
  return JSON.parse(stdout) as GenerateJson;
}

describe("JSON", () => {
  it("has the scenarios with what they kill, the counts, and the document", async () => {
    const report = await jsonOf("--all");
    expect(Object.keys(report)).toEqual([
      "environment",
      "scenarios",
      "mutants",
      "survivors",
      "undecided",
      "equivalent",
      "failing",
      "text",
    ]);
    const { total, equivalent, undecided, killedWithGenerated } = report.mutants;
    expect(killedWithGenerated).toBe(total - equivalent - undecided);
    expect(report.equivalent).toHaveLength(equivalent);
    expect(report.text).toContain(`    - name: ${report.scenarios[0]?.name}\n`);
    for (const one of report.scenarios) expect(one.kills).not.toEqual([]);
    expect(report.equivalent[0]).toEqual({
      id: "ledger/checkout-looks: the operations of stock are not restricted",
      rule: "ledger/checkout-looks",
      rules: ["ledger/checkout-looks"],
      kind: "drop-restriction",
      mutation: "the operations of stock are not restricted",
      uri: pathToFileURL(path.join(fixtures, "shop/policies.plumb.yaml")).href,
      range: { start: { line: 18, character: 11 }, end: { line: 18, character: 58 } },
    });
  });

  it("counts in the environment that is asked for: one scenario more runs in test", async () => {
    const [production, test] = [await jsonOf(), await jsonOf("--environment", "test")];
    expect([production.environment, test.environment]).toEqual(["production", "test"]);
    expect(test.mutants.killedByExisting).toBeGreaterThan(production.mutants.killedByExisting);
  });
});

describe("a file", () => {
  async function written(answer: "written" | "exists", ...args: readonly string[]) {
    const calls: unknown[] = [];
    const outcome = await runIn(fixtures, ["generate", "scenarios", "shop", ...args], {
      write: async (...call) => {
        calls.push(call);
        return answer;
      },
    });
    return { calls, outcome };
  }

  it("is written once, and the answer is the score", async () => {
    const { calls, outcome } = await written("written", "--output", "shop/boundary.plumb.yaml");
    const { stdout } = await run("scenarios", "shop");
    expect(calls).toEqual([["shop/boundary.plumb.yaml", stdout, false]]);
    expect(outcome.stdout).toMatch(/^Wrote \d+ scenarios to shop\/boundary\.plumb\.yaml\.\n/);
    expect(outcome.stdout).toMatch(/existing scenarios kill \d+ of \d+ mutants .*; 0 undecided\n$/);
    expect(outcome.exitCode).toBe(0);
  });

  it("that is there stays", async () => {
    const { outcome } = await written("exists", "--output", "shop/shop.plumb.yaml");
    expect(outcome).toEqual({
      stdout: "",
      stderr: "shop/shop.plumb.yaml is there already. Say --force to replace it, or name another file.\n",
      exitCode: 2,
    });
  });

  it("that is replaced does not count as there", async () => {
    const { calls } = await written("written", "--output", "shop/policies.plumb.yaml", "--force");
    const [[, text, replace]] = calls as [[string, string, boolean]];
    expect(replace).toBe(true);
    expect(text).toBe((await jsonOf("--all")).text);
  });

  it("that Plumbline would not read is written with a word of advice", async () => {
    const { outcome } = await written("written", "--output", "cases.yaml");
    expect(outcome.stdout).toContain("Plumbline reads files that end in .plumb.yaml: give it such a name.");
  });
});

describe("what it cannot do", () => {
  it.each([
    [
      ["scenarois"],
      'plumbline generate makes scenarios, not "scenarois". Did you mean "scenarios"? Say `plumbline generate scenarios`.',
    ],
    [[], "plumbline generate needs scenarios: scenarios is missing."],
    [["scenarios", "shop", "--force"], "--force replaces a file: it goes with --output only."],
    [
      ["scenarios", "shop", "--rule", "reports-raed"],
      'There is no rule "reports-raed". Did you mean "reports-read"?',
    ],
    [["scenarios", "nowhere"], "There is no folder nowhere."],
    [
      ["scenarios", "shop", "--environment", "tset"],
      'The control plane has no environment "tset"; it has production, test. Did you mean "test"?',
    ],
  ])("%j", async (args, message) => {
    expect(await run(...args)).toEqual({ stdout: "", stderr: `${message}\n`, exitCode: 2 });
  });

  it("several control planes have no document in common", async () => {
    const { stderr, exitCode } = await run("scenarios", ".");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("Name the folder of one.");
  });
});
