/** Where the rules about audit mode and about what scenarios show end: what they must not report. */
import { describe, expect, it } from "vitest";
import { foundIn, shownIn } from "./found-in.ts";

const inventory = {
  "Inventory/shop": `identities:
  job: { type: workload, spiffeId: "spiffe://prod.example/ns/a/sa/job" }
resources:
  ledger: { type: service, protocol: http, operations: ["GET /a", "POST /a"] }
  stock: { type: service, protocol: http, operations: ["GET /s"] }`,
};
const plane = (more: string) => ({
  "ControlPlane/shop": `trustDomains: { prod.example: {} }\n${more}`,
  ...inventory,
});
const production = plane("environments: { production: {}, staging: {} }");
const allow = (name: string, resource = "ledger", more = "") =>
  `  - { name: ${name}, effect: allow, subjects: [job], on: [{ resource: ${resource} }]${more} }\n`;

describe("dry-run-in-production", () => {
  const code = "dry-run-in-production";
  const watched = `mode: audit\nrules:\n${allow("r")}`;

  it.each([
    ["production", "environments: { production: {}, staging: {} }", ["audit"]],
    [
      "prod, whatever the default is",
      "environments: { prod: {}, qa: {} }\ndefaultEnvironment: qa",
      ["audit"],
    ],
    ["the default environment", "environments: { eu: {}, qa: {} }\ndefaultEnvironment: eu", ["audit"]],
    ["environments of which nobody says what they are", "environments: { eu: {}, qa: {} }", []],
  ])("in %s", async (_, more, shown) => {
    expect(await shownIn(code, { ...plane(more), "Policy/p": watched })).toEqual(shown);
  });

  it("is not said where every rule is kept to another environment", async () => {
    const only = (name: string, environment: string) =>
      allow(name, "ledger", `, condition: 'context.environment == "${environment}"'`);
    const trial = `mode: audit\nrules:\n${only("r", "staging")}`;
    expect(await shownIn(code, { ...production, "Policy/p": trial })).toEqual([]);
    expect(await shownIn(code, { ...production, "Policy/p": `${trial}${only("s", "production")}` })).toEqual([
      "audit",
    ]);
  });

  it("is not said of an enforced policy, or of one without rules", async () => {
    expect(await shownIn(code, { ...production, "Policy/p": `rules:\n${allow("r")}` })).toEqual([]);
    expect(
      await shownIn(code, { ...production, "Policy/p": `mode: enforce\nrules:\n${allow("r")}` }),
    ).toEqual([]);
    expect(await shownIn(code, { ...production, "Policy/p": "mode: audit\nrules: []" })).toEqual([]);
  });
});

const scenario = (name: string, method: string, path: string, expected: string, resource = "ledger") =>
  `  - { name: ${name}, as: job, request: { resource: ${resource}, http: { method: ${method}, url: "https://x${path}" } }, expect: { decision: ${expected} } }\n`;
const now = "now: 2026-01-15T09:00:00Z\nscenarios:\n";
const reads = `rules:\n  - { name: reads, effect: allow, subjects: [job], on: [{ resource: ledger, operations: ["GET /a"] }] }\n`;

describe("missing-deny-test", () => {
  const code = "missing-deny-test";

  it.each([
    ["only what is allowed", scenario("s", "GET", "/a", "allow"), ["p"]],
    ["a denial", scenario("s", "GET", "/a", "allow") + scenario("t", "POST", "/a", "deny"), []],
    [
      "a denial elsewhere",
      scenario("s", "GET", "/a", "allow") + scenario("t", "GET", "/s", "deny", "stock"),
      ["p"],
    ],
    ["nothing of the policy", scenario("t", "GET", "/s", "deny", "stock"), []],
  ])("of scenarios that show %s", async (_, scenarios, shown) => {
    const documents = { ...production, "Policy/p": reads, "Scenarios/s": now + scenarios };
    expect(await shownIn(code, documents)).toEqual(shown);
  });

  it("is not said without scenarios", async () => {
    expect(await shownIn(code, { ...production, "Policy/p": reads })).toEqual([]);
  });
});

describe("untested-rule", () => {
  const code = "untested-rule";
  const scenarios = now + scenario("s", "GET", "/a", "allow");

  it("is said of the rules that are left", async () => {
    const more = `${reads}${allow("stock", "stock")}`;
    const documents = { ...production, "Policy/p": more, "Scenarios/s": scenarios };
    const findings = await foundIn(code, documents);
    expect(findings.map((one) => [one.shown, one.severity, one.environments])).toEqual([
      ["stock", "information", []],
    ]);
    expect(await shownIn(code, { ...production, "Policy/p": more })).toEqual([]);
  });

  it("is one finding for a policy that nobody tests", async () => {
    const others = `rules:\n${allow("a", "stock", `, condition: "has(jwt.a)"`)}${allow("b", "stock", `, condition: "has(jwt.b)"`)}`;
    const documents = { ...production, "Policy/p": reads, "Policy/q": others, "Scenarios/s": scenarios };
    expect(await shownIn(code, documents)).toEqual(["q"]);
  });

  it("is not said of what decides nothing anyway", async () => {
    const same = `${reads}${reads.slice("rules:\n".length).replace("reads", "again")}`;
    const odd = `${same}${allow("never", "stock", ', condition: "false"')}`;
    const documents = { ...production, "Policy/p": odd, "Scenarios/s": scenarios };
    expect(await shownIn(code, documents)).toEqual([]);
    expect(await shownIn("condition-always-false", documents)).toEqual(['"false"']);
    const watched = `mode: audit\n${reads}`;
    expect(
      await shownIn(code, {
        ...production,
        "Policy/p": watched,
        "Scenarios/s": now + scenario("s", "GET", "/a", "deny"),
      }),
    ).toEqual([]);
  });
});
