import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { fixtures, runIn } from "../../support/cli.ts";

const scratch: string[] = [];
afterEach(() => {
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A copy of the fixture `shop` with a change in one file. */
function changed(file: string, from: string | RegExp, to: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "plumbline-cli-"));
  scratch.push(folder);
  cpSync(path.join(fixtures, "shop"), folder, { recursive: true });
  const target = path.join(folder, file);
  const before = readFileSync(target, "utf8");
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${file} has no ${from}`);
  writeFileSync(target, after);
  return folder;
}

const uriOf = (file: string): string => pathToFileURL(path.join(fixtures, file)).href;

const misspelled = {
  code: "reference/unknown-identity",
  severity: "error",
  message: 'There is no identity "chekout". Did you mean "checkout"?',
  uri: uriOf("broken/broken.plumb.yaml"),
  range: { start: { line: 25, character: 17 }, end: { line: 25, character: 24 } },
  related: [],
  environments: [],
  fixable: true,
  data: { replaceWith: "checkout" },
};

describe("check", () => {
  it("finds nothing in a clean workspace", async () => {
    expect(await runIn(fixtures, ["check", "shop"])).toEqual({
      stdout: "no findings in 3 files\n3 accepted: 3 by waivers\n",
      exitCode: 0,
    });
  });

  it("has zero-based positions in JSON", async () => {
    const { stdout, exitCode } = await runIn(fixtures, ["check", "broken", "--format", "json"]);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      findings: [misspelled],
      summary: {
        errors: 1,
        warnings: 0,
        information: 0,
        hints: 0,
        files: 1,
        accepted: { waivers: 0, comments: 0 },
      },
    });
  });

  it("has one-based positions and paths from the working folder in text", async () => {
    const { stdout, exitCode } = await runIn(fixtures, ["check", "broken"]);
    expect(exitCode).toBe(1);
    expect(stdout).toBe(
      [
        "broken/broken.plumb.yaml:26:18 error reference/unknown-identity",
        '  There is no identity "chekout". Did you mean "checkout"?',
        "",
        "1 error in 1 file",
        "",
      ].join("\n"),
    );
  });

  it("handles every control plane below the folder, and the working folder by default", async () => {
    const { stdout } = await runIn(fixtures, ["check", "--format", "json"]);
    expect(JSON.parse(stdout).summary).toMatchObject({ errors: 1, files: 4 });
  });

  it("counts what comments and waivers accept", async () => {
    const folder = changed(
      "policies.plumb.yaml",
      "    - name: checkout-looks\n",
      '    - { name: twice, effect: allow, subjects: [checkout], on: [{ resource: ledger, operations: ["POST /entries"] }] } # plumbline-ignore redundant-rule: goes in May\n    - name: checkout-looks\n',
    );
    const { stdout } = await runIn(folder, ["check", "--format", "json"]);
    const { findings, summary } = JSON.parse(stdout);
    expect(findings.filter((one: { code: string }) => /redundant|lint\//.test(one.code))).toEqual([]);
    expect(summary.accepted).toEqual({ waivers: 3, comments: 1 });
    expect((await runIn(folder, ["check"])).stdout).toMatch(/\n4 accepted: 3 by waivers, 1 by comments\n$/);
  });

  it("leaves failing scenarios and drift to their commands", async () => {
    const folder = changed(
      "policies.plumb.yaml",
      "expect: { decision: deny }",
      "expect: { decision: allow }",
    );
    expect(await runIn(folder, ["check"])).toMatchObject({ exitCode: 0 });
    expect(await runIn(folder, ["test"])).toMatchObject({ exitCode: 1 });
  });

  it("reports what is wrong in deployed files", async () => {
    const folder = changed("deployed/istio.yaml", "rules:", "rules: [");
    const { stdout, exitCode } = await runIn(folder, ["check"]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^deployed\/istio\.yaml:\d+:\d+ error yaml\//m);
  });

  it("fails on warnings only where that was asked for", async () => {
    const folder = changed("deployed/istio.yaml", "security.istio.io/v1", "networking.istio.io/v1");
    expect(await runIn(folder, ["check"])).toMatchObject({ exitCode: 0 });
    const denied = await runIn(folder, ["check", "--deny-warnings"]);
    expect(denied.exitCode).toBe(1);
    expect(denied.stdout).toMatch(/1 warning in 2 files\n3 accepted: 3 by waivers\n$/);
  });

  it("shows the mistake that keeps a control plane from being one", async () => {
    const folder = changed("shop.plumb.yaml", "kind: ControlPlane", "kind: [ControlPlane");
    const { stdout, stderr, exitCode } = await runIn(folder, ["check"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("There is no control plane in .");
    expect(stdout).toMatch(/^shop\.plumb\.yaml:\d+:\d+ error /m);
  });

  it("has colours only where there is a terminal", async () => {
    const plain = await runIn(fixtures, ["check", "broken"]);
    const coloured = await runIn(fixtures, ["check", "broken"], { colour: true });
    expect(plain.stdout).not.toContain("\u001b");
    expect(coloured.stdout).toContain("\u001b[31merror\u001b[39m");
    const json = await runIn(fixtures, ["check", "broken", "--format", "json"], { colour: true });
    expect(json.stdout).not.toContain("\u001b");
  });
});

const appends = {
  id: "ledger/checkout appends",
  file: "policies.plumb.yaml",
  uri: uriOf("shop/policies.plumb.yaml"),
  range: { start: { line: 26, character: 12 }, end: { line: 26, character: 28 } },
  environment: "production",
  status: "passed",
  expected: { decision: "allow", rule: "ledger/checkout-appends" },
  actual: {
    decision: "allow",
    rule: "ledger/checkout-appends",
    rules: ["ledger/checkout-appends"],
    reason: "allowed by ledger/checkout-appends",
  },
};

describe("test", () => {
  it("runs each scenario in the environment it names, else in the default one", async () => {
    const { stdout, exitCode } = await runIn(fixtures, ["test", "shop", "--format", "json"]);
    expect(exitCode).toBe(0);
    const { scenarios, summary } = JSON.parse(stdout);
    expect(scenarios[0]).toEqual(appends);
    expect(scenarios[1]).toMatchObject({
      id: "ledger/reports append nothing",
      environment: "test",
      status: "passed",
      expected: { decision: "deny" },
      actual: { decision: "deny", rules: [], reason: "no allow rule applies (default deny)" },
    });
    expect(scenarios).toHaveLength(2);
    expect(summary).toEqual({ passed: 2, failed: 0, notRun: 0 });
  });

  it("shows file, environment, decision and deciding rule", async () => {
    const { stdout } = await runIn(fixtures, ["test", "shop"]);
    expect(stdout).toBe(
      [
        "passed  ledger/checkout appends (production)  shop/policies.plumb.yaml:27:13",
        "        allow: allowed by ledger/checkout-appends",
        "passed  ledger/reports append nothing (test)  shop/policies.plumb.yaml:31:13",
        "        deny: no allow rule applies (default deny)",
        "",
        "2 passed, 0 failed",
        "",
      ].join("\n"),
    );
  });

  it("says which scenarios another environment would run", async () => {
    const { stdout, exitCode } = await runIn(fixtures, ["test", "shop", "--environment", "production"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "1 scenario of test did not run: say --environment test.\n\n1 passed, 0 failed\n",
    );
  });

  it("fails with the reason where a scenario does", async () => {
    const folder = changed(
      "policies.plumb.yaml",
      "expect: { decision: deny }",
      "expect: { decision: allow }",
    );
    const { stdout, exitCode } = await runIn(folder, ["test"]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^FAILED {2}ledger\/reports append nothing \(test\)/m);
    expect(stdout).toContain("expected allow, got deny");
    expect(stdout).toMatch(/1 passed, 1 failed\n$/);
  });

  it("does not look green where nothing ran", async () => {
    const folder = changed(
      "policies.plumb.yaml",
      /---\napiVersion: plumbline\/v1\nkind: Scenarios[\s\S]*/,
      "",
    );
    const { stdout, stderr, exitCode } = await runIn(folder, ["test", "--format", "json"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("No scenario ran: there is none.");
    expect(JSON.parse(stdout)).toEqual({ scenarios: [], summary: { passed: 0, failed: 0, notRun: 0 } });
  });

  it("does not look green where rules could not be read", async () => {
    const folder = changed("policies.plumb.yaml", "subjects: [reports]", "subjects: [report]");
    const { stderr, exitCode } = await runIn(folder, ["test"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("The files have 1 error");
  });
});

describe("simulate", () => {
  const append = ["simulate", "shop", "--request", "shop/requests/append.json"];

  it("exits 0 on a deny", async () => {
    const { stdout, exitCode } = await runIn(fixtures, append);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^DENY {3}anybody → POST ledger:8443\/entries\n/);
  });

  it("gives the credentials of an identity", async () => {
    const { stdout, exitCode } = await runIn(fixtures, [...append, "--as", "checkout", "--format", "json"]);
    expect(exitCode).toBe(0);
    const { decision, rules, obligations, hops, trace, audit, callers } = JSON.parse(stdout);
    expect({ decision, obligations, callers }).toEqual({
      decision: "allow",
      obligations: { audit: "full" },
      callers: ["checkout"],
    });
    expect(rules).toEqual([
      {
        rule: "ledger/checkout-appends",
        effect: "allow",
        outcome: "applies",
        location: {
          uri: uriOf("shop/policies.plumb.yaml"),
          range: { start: { line: 6, character: 12 }, end: { line: 6, character: 28 } },
        },
      },
    ]);
    expect(hops).toMatchObject([{ enforcementPoint: "mesh", decision: "allow", path: "mesh" }]);
    expect(trace).toHaveLength(3);
    expect(audit).toMatchObject({ class_uid: 6003, action_id: 1 });
  });

  it("does not mix the identity with credentials that the request shows", async () => {
    const folder = changed(
      "requests/append.json",
      '"traffic": "service",',
      '"traffic": "service", "source": { "principal": "spiffe://prod.shop.example/ns/qa/sa/other" },',
    );
    const { stderr, exitCode } = await runIn(folder, [
      "simulate",
      "--request",
      "requests/append.json",
      "--as",
      "checkout",
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("The request shows credentials of its own (source.principal)");
  });

  it("takes a scenario and a rule, by name and by id", async () => {
    for (const args of [
      ["--scenario", "checkout appends"],
      ["--scenario", "ledger/checkout appends"],
      ["--rule", "checkout-appends"],
      ["--rule", "ledger/checkout-appends"],
    ]) {
      const { stdout, exitCode } = await runIn(fixtures, ["simulate", "shop", ...args, "--format", "json"]);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        decision: "allow",
        rules: [{ rule: "ledger/checkout-appends" }],
      });
    }
  });

  it("walks through other deployed files", async () => {
    const args = ["simulate", "shop", "--rule", "reports-read", "--format", "json"];
    const folder = changed("deployed/istio.yaml", "namespaces: [shop]", "namespaces: [billing]");
    const as = JSON.parse((await runIn(fixtures, args)).stdout);
    const other = JSON.parse(
      (await runIn(fixtures, [...args, "--deployed", path.join(folder, "deployed/*.yaml")])).stdout,
    );
    expect([as.decision, other.decision]).toEqual(["allow", "allow"]);
    expect([as.hops[0].decision, other.hops[0].decision]).toEqual(["allow", "deny"]);
  });

  it("finds the control plane that has what was named", async () => {
    const { stdout } = await runIn(fixtures, ["simulate", ".", "--rule", "reports-read", "--format", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({ decision: "allow" });
  });
});

describe("drift", () => {
  it("shows a witness and exits 1", async () => {
    const { stdout, exitCode } = await runIn(fixtures, ["drift", "shop", "--format", "json"]);
    expect(exitCode).toBe(1);
    const { findings, comparisons, posture } = JSON.parse(stdout);
    expect(findings).toMatchObject([
      {
        environment: "production",
        resource: "ledger",
        path: ["mesh"],
        enforcementPoint: "mesh",
        kind: "wider",
        verdict: "wider",
        witnesses: [{ policy: "deny", deployed: "allow" }],
        unknown: [],
        lost: [],
      },
    ]);
    expect(findings[0].deployed[0]).toMatchObject({ uri: uriOf("shop/deployed/istio.yaml"), range: {} });
    expect(comparisons).toMatchObject([{ resource: "ledger", verdict: "wider" }]);
    expect(posture).toMatchObject([{ code: "drift/permissive-mtls", severity: "warning" }]);
  });

  it("ends in a count line", async () => {
    const { stdout } = await runIn(fixtures, ["drift", "shop"]);
    expect(stdout).toMatch(/shop\/deployed\/istio\.yaml:10:\d+/);
    expect(stdout).toMatch(/\n1 wider; 0 equal\n$/);
  });

  it("exits 0 where all is equal, but for weak settings that are asked about", async () => {
    const exact = 'principals: ["prod.shop.example/ns/shop/sa/reports"]';
    const folder = changed("deployed/istio.yaml", "namespaces: [shop]", exact);
    expect(await runIn(folder, ["drift"])).toMatchObject({ exitCode: 0 });
    expect(await runIn(folder, ["drift", "--deny-warnings"])).toMatchObject({ exitCode: 1 });
  });

  it.each(["ledger", "mesh"])("leaves out what a waiver accepts, until it expires: on %s", async (on) => {
    const waived = (code: string, expires: string) =>
      changed(
        "shop.plumb.yaml",
        "  waivers:",
        `  waivers:\n    - { code: ${code}, on: ${on}, reason: goes in May, expires: ${expires} }`,
      );
    const accepted = await runIn(waived("drift/wider", "2999-01-01"), ["drift"]);
    expect(accepted.exitCode).toBe(0);
    expect(accepted.stdout).toMatch(/\n1 accepted; 0 equal\n$/);
    expect(accepted.stdout).toContain("mesh: wider");
    const json = await runIn(waived("drift/wider", "2999-01-01"), ["drift", "--format", "json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ findings: [], posture: [{}], accepted: 1 });
    expect(await runIn(waived("drift/wider", "2020-01-01"), ["drift"])).toMatchObject({ exitCode: 1 });
    expect(await runIn(waived("drift/narrower", "2999-01-01"), ["drift"])).toMatchObject({ exitCode: 1 });
  });

  it("leaves out weak settings that a waiver accepts for their enforcement point", async () => {
    const folder = changed(
      "shop.plumb.yaml",
      "  waivers:",
      "  waivers:\n    - { code: drift/permissive-mtls, on: mesh, reason: goes in May, expires: 2999-01-01 }",
    );
    const { stdout } = await runIn(folder, ["drift", "--format", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({ findings: [{ kind: "wider" }], posture: [], accepted: 1 });
  });

  it("does not take files of something else for an empty config", async () => {
    const folder = changed("deployed/istio.yaml", "security.istio.io/v1", "networking.istio.io/v1");
    const { stdout, exitCode } = await runIn(folder, ["drift"]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\n1 unknown; 0 equal\n$/);
  });

  it("says that an environment has nothing deployed", async () => {
    const { stdout, exitCode } = await runIn(fixtures, ["drift", "shop", "--environment", "test"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Environment test defines no enforcement point");
  });
});
