/** What findings say that a rule lets somebody do: only what the rule allows, and nothing of rules that allow nothing. */
import { describe, expect, it } from "vitest";
import { foundIn } from "./found-in.ts";

const controlPlane = `trustDomains: { prod.example: {} }
issuers: { workforce: { url: "https://login.example", audiences: ["https://api.example"], claims: { groups: list } } }
auditSinks: { lake: { format: ocsf } }
environments: { production: {} }`;

const bot = 'type: agent, spiffeId: "spiffe://prod.example/ns/ai/sa/bot", actsFor: [staff]';

const inventory = `identities:
  staff: { type: group, issuer: workforce, claims: { groups: support } }
  bot: { ${bot} }
  other: { ${bot.replaceAll("bot", "other")} }
resources:
  tools: { type: mcp-server, target: tools, tools: tools.json }
  crm: { type: mcp-server, target: crm, tools: crm.json, dataClass: confidential }
  orders: { type: service, protocol: http, operations: ["GET /orders", "DELETE /orders/{id}"] }
  gpt: { type: model, provider: openai, model: gpt }`;

const schema = {
  type: "object",
  properties: { amount: { type: "number" } },
  required: ["amount"],
};
const list = JSON.stringify({
  tools: [
    { name: "search", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } },
    { name: "delete_user", inputSchema: { type: "object" }, annotations: { destructiveHint: true } },
    { name: "purge", inputSchema: { type: "object" }, annotations: { destructiveHint: true } },
    { name: "refund", inputSchema: schema },
  ],
});

const found = (code: string, rules: string, named = "") =>
  foundIn(
    code,
    {
      "ControlPlane/shop": controlPlane,
      "Inventory/shop": inventory,
      "Policy/p": `${named}rules:\n${rules.trim().replace(/^(?=.)/gm, "  ")}`,
    },
    { "tools.json": list, "crm.json": list },
  );

const rule = (on: string, more = "", subjects = "bot") =>
  `- { name: r, effect: allow, subjects: [${subjects}], onBehalfOf: [staff], on: [${on}]${more} }`;
const condition = (text: string) => `, condition: '${text}'`;

const destructive = "destructive-tool-without-approval";
const open = "tool-without-input-constraint";
const tools = "{ resource: tools }";
const onlySearch = condition('mcp.tool.name == "search"');

describe("a rule lets somebody call a tool", () => {
  it.each([destructive, open])("%s: not where the condition leaves the tool out", async (code) => {
    expect(await found(code, rule(tools, onlySearch))).toEqual([]);
    expect(
      await found(code, rule("{ resource: tools, tools: [search, refund, delete_user] }", onlySearch)),
    ).toEqual([]);
  });

  it.each([destructive, open])("%s: not where a named condition leaves it out", async (code) => {
    const named = `conditions: { reads: 'mcp.tool.name == "search"' }\n`;
    expect(await found(code, rule(tools, ", conditions: [reads]"), named)).toEqual([]);
  });

  it.each([
    [destructive, "delete_user"],
    [open, "refund"],
  ])("%s: where the condition takes it", async (code, name) => {
    const [one, ...more] = await found(code, rule(tools, condition(`mcp.tool.name == "${name}"`)));
    expect(more).toEqual([]);
    expect(one?.message).toContain(`p/r lets bot call ${name} of tools`);
  });

  it("names of several tools those that are let through", async () => {
    const named = "{ resource: tools, tools: [delete_user, purge] }";
    const [one] = await found(destructive, rule(named, condition('mcp.tool.name != "delete_user"')));
    expect(one?.data).toMatchObject({ tools: ["purge"] });
    expect(one?.shown).toBe("purge");
  });

  it("of an operation that the method leaves out: not", async () => {
    const orders = "{ resource: orders }";
    expect(await found(destructive, rule(orders, condition('request.method == "GET"')))).toEqual([]);
    const [one] = await found(destructive, rule(orders, condition('request.method != "GET"')));
    expect(one?.message).toContain("p/r lets bot call DELETE /orders/{id} of orders");
  });

  it("names of several callers those that are let through", async () => {
    const caller = condition(
      'source.principal == "spiffe://prod.example/ns/ai/sa/bot" && mcp.tool.name == "delete_user"',
    );
    const [one] = await found(
      destructive,
      rule(tools, caller, "bot, other").replace(" onBehalfOf: [staff],", ""),
    );
    expect(one?.data).toMatchObject({ identities: ["bot"] });
  });

  it("not where a deny with a condition takes it away", async () => {
    const deny = `- { name: d, effect: deny, on: [${tools}], condition: 'mcp.tool.name in ["delete_user", "purge"]' }`;
    const named = rule("{ resource: tools, tools: [search, delete_user] }");
    expect(await found(destructive, named)).toHaveLength(1);
    expect(await found(destructive, `${named}\n${deny}`)).toEqual([]);
    expect(await found("wildcard-grant", rule(tools))).toHaveLength(1);
    expect(await found("wildcard-grant", `${rule(tools)}\n${deny}`)).toEqual([]);
  });

  it("an opaque condition may let it through", async () => {
    const opaque = condition("mcp.tool.arguments.amount * 2.0 > double(size(mcp.tool.name))");
    expect(await found(destructive, rule("{ resource: tools, tools: [delete_user] }", opaque))).toHaveLength(
      1,
    );
  });
});

describe("a rule lets somebody reach a resource", () => {
  const asks = "{ resource: gpt }";

  it("missing-budget: not where the condition leaves the model out", async () => {
    const both = `${asks}, { resource: tools, tools: [search] }`;
    expect(await found("missing-budget", rule(both))).toHaveLength(1);
    expect(await found("missing-budget", rule(both, condition('llm.requestModel == "gpt"')))).toHaveLength(1);
    const elsewhere = condition('!has(llm.requestModel) || llm.requestModel == "other"');
    expect(await found("missing-budget", rule(both, elsewhere))).toEqual([]);
  });

  it("model-egress-unclassified-data: not where the condition leaves the data or the model out", async () => {
    const code = "model-egress-unclassified-data";
    const both = `${asks}, { resource: crm, tools: [search] }`;
    expect(await found(code, rule(both))).toHaveLength(1);
    expect(await found(code, rule(both, condition("!has(mcp.tool.name)")))).toEqual([]);
    expect(await found(code, rule(both, condition("!has(llm.requestModel)")))).toEqual([]);
  });

  it("agent-without-delegation, agent-without-kill-switch: not where the condition leaves everything out", async () => {
    const direct = (more = "") =>
      rule("{ resource: crm, tools: [search] }, { resource: orders }", more).replace(
        " onBehalfOf: [staff],",
        "",
      );
    expect(await found("agent-without-delegation", direct())).toHaveLength(1);
    expect(await found("agent-without-delegation", direct(condition("!has(mcp.tool.name)")))).toEqual([]);
    const other = (more: string) => direct(more).replace("[bot]", "[bot, other]");
    const isBot = condition('source.principal == "spiffe://prod.example/ns/ai/sa/bot"');
    expect(await found("agent-without-kill-switch", other(""))).toHaveLength(2);
    expect(await found("agent-without-kill-switch", other(isBot))).toHaveLength(1);
  });
});

describe("tokens that no rule lets through", () => {
  const unpinned = "oidc-trust-unpinned";
  const passed = "token-passthrough";
  const of = (code: string, more: string) =>
    foundIn(
      code,
      {
        "ControlPlane/shop": `trustDomains: { prod.example: {} }
issuers: { workforce: { url: "https://login.example", claims: { groups: list } } }
environments: { production: { enforcementPoints: { gateway: { type: agentgateway, forwards: { jwt: true } } } } }`,
        "Inventory/shop": `identities:
  staff: { type: group, issuer: workforce, claims: { groups: support } }
resources:
  tools: { type: mcp-server, target: tools, tools: tools.json, paths: [[gateway]] }`,
        "Policy/p": `rules:\n  - { name: r, effect: allow, subjects: [staff], on: [{ resource: tools }]${more} }`,
      },
      { "tools.json": list },
    );

  it.each([unpinned, passed])("%s: said of a rule that lets somebody through", async (code) => {
    expect(await of(code, "")).toHaveLength(1);
  });

  it.each([unpinned, passed])("%s: not of one whose condition is always false", async (code) => {
    expect(await of(code, condition('mcp.tool.name == "a" && mcp.tool.name == "b"'))).toEqual([]);
  });

  it.each([unpinned, passed])("%s: not of one that a deny overrides", async (code) => {
    expect(
      await of(code, " }\n  - { name: d, effect: deny, subjects: [staff], on: [{ resource: tools }]"),
    ).toEqual([]);
  });
});
