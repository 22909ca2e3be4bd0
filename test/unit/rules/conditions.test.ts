/** Where the rules about what conditions read and obligations ask for end: what they must not report. */
import { describe, expect, it } from "vitest";
import { foundIn, mendedIn, shownIn } from "./found-in.ts";

const issuers = `issuers: { workforce: { url: "https://login.example", audiences: ["https://api.example"], claims: { groups: list } } }`;
const plane = (environments: string) => `trustDomains: { prod.example: {} }
${issuers}
auditSinks: { lake: { format: ocsf } }
environments: ${environments}`;
const inventory = (paths = "", more = "") => `identities:
  job: { type: workload, spiffeId: "spiffe://prod.example/ns/a/sa/job" }
  bot: { type: agent, spiffeId: "spiffe://prod.example/ns/a/sa/bot", actsFor: [staff] }
  staff: { type: group, issuer: workforce, claims: { groups: support } }
  ghosts: { type: group }
resources:
  ledger: { type: service, protocol: http, operations: ["GET /a", "POST /a"]${paths} }
  tools: { type: mcp-server, tools: tools.json }
  gpt: { type: model, provider: openai, model: gpt${more} }`;
const files = {
  "tools.json": JSON.stringify({
    tools: ["lookup", "refund"].map((name) => ({
      name,
      inputSchema: { type: "object", properties: { amount: { type: "number" }, note: { type: "string" } } },
    })),
  }),
};
const base = { "ControlPlane/shop": plane("{ production: {} }"), "Inventory/shop": inventory() };

const rule = (condition: string, on = "ledger", effect = "allow") => `rules:
  - name: r
    effect: ${effect}
    subjects: [job]
    on: [{ resource: ${on} }]
    condition: |-
      ${condition}
`;

describe("fail-open", () => {
  const code = "fail-open";

  it.each([
    ["!has(jwt.banned) || jwt.banned == false", ["has(jwt.banned)"]],
    ["!(has(jwt.banned) && jwt.banned == true)", ["has(jwt.banned)"]],
    ['!has(request.headers.x) || "a" in request.headers.x', ["has(request.headers.x)"]],
    ["!has(jwt.level) || jwt.level > 3", ["has(jwt.level)"]],
    // An error keeps an allow from applying.
    ["jwt.banned == false", []],
    ['jwt.level != "low"', []],
    ["has(jwt.banned) && jwt.banned == false", []],
    // Absent is as good as any value: nothing depends on it.
    ["has(jwt.team) || has(jwt.tenant)", []],
    // That it is there is what is not wanted, and whoever leaves it out does as asked.
    ['!("x-debug" in request.headers)', []],
    ['!("x-debug" in request.headers) && has(jwt.team)', []],
    [
      '!("x-debug" in request.headers) || "off" in request.headers["x-debug"]',
      ['"x-debug" in request.headers'],
    ],
    // A credential that does not say it may be an older one.
    ["!has(jwt.suspended)", ["has(jwt.suspended)"]],
    // A token without `act` is a direct call, not one that says less.
    ["!has(jwt.act)", []],
    ["context.time < timestamp('2030-01-01T00:00:00Z')", []],
  ])("%s: %j", async (condition, shown) => {
    expect(await shownIn(code, { ...base, "Policy/p": rule(condition) }, files)).toEqual(shown);
  });

  it("advises what CEL can read", async () => {
    const condition = '!("x-a" in request.headers) || "b" in request.headers["x-a"]';
    const [finding] = await foundIn(code, { ...base, "Policy/p": rule(condition) }, files);
    expect(finding?.message).toContain('`"x-a" in request.headers && ...`');
  });

  it.each([
    ['!has(jwt.level) || jwt.level == "high"', 'has(jwt.level) && jwt.level == "high"'],
    [
      '!has(jwt.level) || jwt.level == "high" || jwt.level == "top"',
      'has(jwt.level) && (jwt.level == "high" || jwt.level == "top")',
    ],
    [
      '!("x" in request.headers) || ("a" in request.headers["x"])',
      `'"x" in request.headers && ("a" in request.headers["x"])'`,
    ],
  ])("asks for it: %s", async (condition, mended) => {
    expect(await mendedIn(code, { ...base, "Policy/p": rule(condition) }, files)).toEqual([
      [`condition: ${mended}`],
    ]);
  });

  it.each([
    '!(has(jwt.level) && jwt.level != "high")',
    '!(has(jwt.level) && jwt.level != "high") || jwt.team == "a"',
    'jwt.team == "a" || !has(jwt.level) || jwt.level == "high"',
    '(!has(jwt.level)) || jwt.level == "high"',
    '!has(jwt.level) || jwt.level == "high" ? jwt.team == "a" : jwt.team == "b"',
  ])("leaves other forms to their authors: %s", async (condition) => {
    expect(await mendedIn(code, { ...base, "Policy/p": rule(condition) }, files)).toEqual([[]]);
  });

  it("leaves a named condition alone, which other rules ask for, too", async () => {
    const named = `conditions: { calm: '!has(jwt.level) || jwt.level == "high"' }
rules:
  - { name: r, effect: allow, subjects: [job], on: [{ resource: ledger }], conditions: [calm] }`;
    expect(await mendedIn(code, { ...base, "Policy/p": named }, files)).toEqual([[]]);
  });

  it("speaks of arguments of a tool", async () => {
    const condition = "!has(mcp.tool.arguments.amount) || mcp.tool.arguments.amount <= 5.0";
    const documents = { ...base, "Policy/p": rule(condition, "tools, tools: [refund]") };
    const [finding] = await foundIn(code, documents, files);
    expect(finding?.message).toContain("a caller passes by leaving it out");
  });

  it("is not said of a deny, of audit mode, or where the subject has the claim anyway", async () => {
    const condition = "!has(jwt.banned) || jwt.banned == false";
    expect(await shownIn(code, { ...base, "Policy/p": rule(condition, "ledger", "deny") }, files)).toEqual(
      [],
    );
    expect(await shownIn(code, { ...base, "Policy/p": `mode: audit\n${rule(condition)}` }, files)).toEqual(
      [],
    );
    const groups = '!has(jwt.groups) || "support" in jwt.groups';
    const staff = rule(groups).replace("[job]", "[staff]");
    expect(await shownIn(code, { ...base, "Policy/p": staff }, files)).toEqual([]);
  });

  it("leaves a condition that is always true to its own finding", async () => {
    const documents = { ...base, "Policy/p": rule("!has(jwt.a) || has(jwt.a)") };
    expect(await shownIn(code, documents, files)).toEqual([]);
    expect(await shownIn("condition-always-true", documents, files)).toHaveLength(1);
  });
});

describe("visible-but-not-callable", () => {
  const code = "visible-but-not-callable";
  const on = (tools: string) => `tools, tools: ${tools}`;

  it.each([
    ['mcp.tool.name == "refund"', "[lookup, refund]", ["lookup"]],
    ['mcp.tool.name == "refund" || mcp.tool.arguments.amount > 5.0', "[lookup, refund]", []],
    [
      'mcp.tool.name != "lookup" || mcp.tool.arguments.amount > 5.0 && mcp.tool.arguments.amount < 3.0',
      "[lookup, refund]",
      ["lookup"],
    ],
    ["mcp.tool.arguments.amount < 5.0", "[lookup, refund]", []],
    // Nothing is left of the rule: that is condition-always-false.
    ['mcp.tool.name == "refund"', "[lookup]", []],
  ])("%s on %s: %j", async (condition, tools, shown) => {
    const documents = { ...base, "Policy/p": rule(condition, on(tools)) };
    const findings = await foundIn(code, documents, files);
    expect(findings.map((one) => one.shown)).toEqual(shown);
    expect(findings.every((one) => one.fixable)).toBe(true);
  });

  it("is not said of a deny, or in audit mode", async () => {
    const condition = 'mcp.tool.name == "refund"';
    const deny = rule(condition, on("[lookup, refund]"), "deny");
    expect(await shownIn(code, { ...base, "Policy/p": deny }, files)).toEqual([]);
    const watched = `mode: audit\n${rule(condition, on("[lookup, refund]"))}`;
    expect(await shownIn(code, { ...base, "Policy/p": watched }, files)).toEqual([]);
  });
});

describe("unobservable-condition", () => {
  const code = "unobservable-condition";
  const mesh = "{ enforcementPoints: { mesh: { type: istio, transparent: true } } }";
  const deployed =
    '{ enforcementPoints: { mesh: { type: istio, transparent: true, deployed: [{ files: "istio/*.yaml", completeFor: all }] } } }';
  const documents = (environments: string, condition: string, paths = ", paths: [[mesh]]") => ({
    "ControlPlane/shop": plane(environments),
    "Inventory/shop": inventory(paths),
    "Policy/p": rule(condition),
  });

  it("names all environments in which nobody sees it", async () => {
    const condition = 'request.body.a == 1 && source.namespace == "a"';
    const found = await foundIn(
      code,
      documents(`{ production: ${mesh}, staging: ${mesh}, dev: {} }`, condition),
      files,
    );
    expect(found.map((one) => [one.shown, one.environments])).toEqual([
      ["request.body.a", ["production", "staging"]],
    ]);
  });

  it.each([
    ["what the mesh sees", 'source.namespace == "a" && has(jwt.team)', ", paths: [[mesh]]"],
    ["the environment", 'context.environment == "production" && has(jwt.team)', ", paths: [[mesh]]"],
    ["a resource without paths", "request.body.a == 1", ""],
  ])("is not said of %s", async (_, condition, paths) => {
    expect(await shownIn(code, documents(`{ production: ${mesh} }`, condition, paths), files)).toEqual([]);
  });

  it("is not said where another point of the same path sees it", async () => {
    const gateway =
      "{ enforcementPoints: { gate: { type: agentgateway }, mesh: { type: istio, transparent: true } } }";
    const paths = ", paths: [[gate, mesh]]";
    const condition = "request.body.a == 1";
    expect(await shownIn(code, documents(`{ production: ${gateway} }`, condition, paths), files)).toEqual([]);
    const both = ", paths: [[gate, mesh], [mesh]]";
    expect(await shownIn(code, documents(`{ production: ${gateway} }`, condition, both), files)).toEqual([
      "request.body.a",
    ]);
  });

  it("leaves what is compared to drift, in every environment", async () => {
    const istio = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: all, namespace: shop }
spec: { rules: [{ from: [{ source: { principals: [prod.example/ns/a/sa/job] } }], to: [{ operation: { methods: [GET, POST], paths: [/a] } }] }] }
`;
    const all = { ...files, "istio/all.yaml": istio };
    const paths = ", paths: [[mesh]], at: { mesh: { namespace: shop, labels: { app: ledger }, port: 80 } }";
    const condition = "request.body.a == 1";
    const compared = documents(`{ production: ${deployed}, staging: ${mesh} }`, condition, paths);
    // What is deployed lets any body through.
    expect((await foundIn("drift/unenforced", compared, all)).length).toBeGreaterThan(0);
    expect(await shownIn(code, compared, all)).toEqual([]);
  });
});

describe("unknown-obligation", () => {
  const code = "unknown-obligation";
  const obliging = (obligations: string, on = "gpt") =>
    `rules:\n  - { name: r, effect: allow, subjects: [bot], on: [{ resource: ${on} }], obligations: { ${obligations} } }`;
  const budget = (rest: string) => `budgets: [{ limit: 5, window: 1d, ${rest} }]`;

  it.each([
    [budget("key: subject.id"), "gpt", []],
    [budget("key: llm.requestModel"), "gpt", []],
    [budget("key: jwt.tenant"), "gpt", []],
    [budget("key: 'request.headers[\"x-team\"]'"), "gpt", []],
    [budget("key: subject.idd"), "gpt", ["subject.idd"]],
    [budget("unit: tokens"), "gpt", []],
    [budget("unit: usd"), "ledger", ["usd"]],
    [budget("unit: requests"), "ledger", []],
    ["approval: { from: [staff] }", "ledger", []],
    ["approval: { from: [ghosts] }", "ledger", ["[ghosts]"]],
    ["approval: { from: [ghosts, staff] }", "ledger", []],
    ["approval: { from: [bot] }", "ledger", ["[bot]"]],
    ["approval: { from: [job] }", "ledger", []],
  ])("%s on %s: %j", async (obligations, on, shown) => {
    expect(await shownIn(code, { ...base, "Policy/p": obliging(obligations, on) }, files)).toEqual(shown);
  });

  it("is said of tokens where nothing on the way reads calls of models", async () => {
    const points =
      "{ enforcementPoints: { mesh: { type: istio, transparent: true }, gate: { type: agentgateway } } }";
    const of = (paths: string) => ({
      "ControlPlane/shop": plane(`{ production: ${points} }`),
      "Inventory/shop": inventory("", `, paths: ${paths}`),
      "Policy/p": obliging(budget("unit: tokens")),
    });
    expect(await shownIn(code, of("[[mesh]]"), files)).toEqual(["tokens"]);
    expect(await shownIn(code, of("[[gate]]"), files)).toEqual([]);
  });
});
