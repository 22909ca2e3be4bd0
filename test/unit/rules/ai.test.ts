/** Where the rules about agents and models end: what they must not report. */
import { describe, expect, it } from "vitest";
import { foundIn } from "./found-in.ts";

const controlPlane = `trustDomains: { prod.example: {} }
issuers: { workforce: { url: "https://login.example", audiences: ["https://api.example"], claims: { groups: list } } }
auditSinks: { lake: { format: ocsf } }
environments: { production: {} }`;

const tools = JSON.stringify({
  tools: ["lookup", "refund"].map((name) => ({
    name,
    inputSchema: {
      type: "object",
      properties: { amount: { type: "number" }, note: { type: "string" } },
      required: ["amount"],
    },
  })),
});

const indented = (lines: string, by: number): string => lines.trim().replace(/^(?=.)/gm, " ".repeat(by));

function found(code: string, identities: string, resources: string, rules: string, mode = "enforce") {
  const inventory = `identities:
  staff: { type: group, issuer: workforce, claims: { groups: support } }
${indented(identities, 2)}
resources:
${indented(resources, 2)}`;
  const documents = {
    "ControlPlane/shop": controlPlane,
    "Inventory/shop": inventory,
    "Policy/p": `mode: ${mode}\nrules:\n${indented(rules, 2)}`,
  };
  return foundIn(code, documents, { "tools.json": tools });
}

const agent = (more = "") =>
  `bot: { type: agent, spiffeId: "spiffe://prod.example/ns/ai/sa/bot"${more === "" ? "" : `, ${more}`} }`;
const gpt = "gpt: { type: model, provider: openai, model: gpt }";
const asks = "- { name: asks, effect: allow, subjects: [bot], on: [{ resource: gpt }] }";

describe("agent-without-kill-switch", () => {
  const code = "agent-without-kill-switch";

  it("is said once of an agent, whatever the number of rules", async () => {
    const rules = `${asks}\n- { name: again, effect: allow, subjects: [bot], on: [{ resource: gpt }], condition: "llm.params.max_tokens < 5" }`;
    const findings = await found(code, agent(), gpt, rules);
    expect(findings.map((one) => one.shown)).toEqual(["bot"]);
    expect(findings[0]?.data).toEqual({ identity: "bot", rules: ["p/asks", "p/again"] });
  });

  it("is not said of an agent that no rule lets act, or only one in audit mode", async () => {
    expect(await found(code, agent(), gpt, asks, "audit")).toEqual([]);
    const deny = "- { name: never, effect: deny, subjects: [bot], on: [{ resource: gpt }] }";
    expect(await found(code, agent(), gpt, deny)).toEqual([]);
  });

  it("is not said of a workload", async () => {
    expect(await found(code, agent().replace("agent", "workload"), gpt, asks)).toEqual([]);
  });

  it("takes a blank procedure for none", async () => {
    expect(await found(code, agent('killSwitch: " "'), gpt, asks)).toHaveLength(1);
    expect(await found(code, agent("killSwitch: call 4711"), gpt, asks)).toEqual([]);
  });

  it("sees through a set", async () => {
    const identities = `${agent()}\nbots: { type: set, of: [bot] }`;
    expect(await found(code, identities, gpt, asks.replace("[bot]", "[bots]"))).toHaveLength(1);
  });
});

describe("unsigned-agent-card", () => {
  const code = "unsigned-agent-card";

  it.each([
    ["agentCard: { signed: true }", []],
    ["agentCard: { url: https://a.example, signed: false }", ["false"]],
    ["agentCard: { url: https://a.example }", ["agentCard"]],
    ["killSwitch: x", []],
  ])("of %s: %j", async (card, shown) => {
    expect((await found(code, agent(card), gpt, asks)).map((one) => one.shown)).toEqual(shown);
  });
});

describe("agent-without-delegation", () => {
  const code = "agent-without-delegation";
  const tickets = (dataClass: string) => `tickets: { type: service, protocol: http${dataClass} }`;
  const reads = "- { name: reads, effect: allow, subjects: [bot], on: [{ resource: tickets }] }";
  const exchange = "credential: { type: token-exchange, issuer: workforce, maxTtl: 15m }";

  it.each([
    [", dataClass: confidential", 1],
    [", dataClass: restricted", 1],
    [", dataClass: internal", 0],
    // What nobody declared is no fact.
    ["", 0],
  ])("of a resource with%s: %i", async (dataClass, count) => {
    const identities = agent("actsFor: [staff]");
    const findings = await found(code, identities, tickets(dataClass), reads);
    expect(findings).toHaveLength(count);
    expect(findings.every((one) => one.fixable)).toBe(true);
  });

  it("is not said of a delegated rule, of a model, or of a workload", async () => {
    const restricted = tickets(", dataClass: restricted");
    const delegated = reads.replace("on:", "onBehalfOf: [staff], on:");
    expect(await found(code, agent("actsFor: [staff]"), restricted, delegated)).toEqual([]);
    const model = gpt.replace("model: gpt", "model: gpt, dataClass: restricted");
    expect(await found(code, agent(), model, asks)).toEqual([]);
    expect(await found(code, agent().replace("agent", "workload"), restricted, reads)).toEqual([]);
  });

  it("is said once at the credential of an agent with token exchange for nobody", async () => {
    const findings = await found(code, agent(exchange), tickets(", dataClass: restricted"), reads);
    expect(findings.map((one) => one.shown)).toEqual(["token-exchange"]);
  });

  it("lets an agent with token exchange and actsFor do harmless things as itself", async () => {
    expect(await found(code, agent(`${exchange}, actsFor: [staff]`), gpt, asks)).toEqual([]);
  });

  it("has no fix where other subjects would lose their access", async () => {
    const identities = `${agent("actsFor: [staff]")}\njob: { type: workload, spiffeId: "spiffe://prod.example/ns/a/sa/job" }`;
    const findings = await found(
      code,
      identities,
      tickets(", dataClass: restricted"),
      reads.replace("[bot]", "[bot, job]"),
    );
    expect(findings.map((one) => [one.shown, one.fixable])).toEqual([["bot", false]]);
  });
});

describe("model-egress-unclassified-data", () => {
  const code = "model-egress-unclassified-data";
  const rules = `- { name: reads, effect: allow, subjects: [bot], on: [{ resource: tickets }] }\n${asks}`;
  const resources = (data: string, taken: string) =>
    `tickets: { type: service, protocol: http${data} }\ngpt: { type: model, provider: openai, model: gpt${taken} }`;
  const is = (dataClass: string) => `, dataClass: ${dataClass}`;

  it.each([
    [is("confidential"), "", 1],
    [is("restricted"), is("confidential"), 1],
    [is("internal"), is("public"), 1],
    [is("confidential"), is("confidential"), 0],
    [is("internal"), "", 0],
    ["", is("internal"), 1],
    ["", is("confidential"), 0],
    ["", "", 0],
  ])("of data with '%s' for a model with '%s': %i", async (data, taken, count) => {
    const findings = await found(code, agent(), resources(data, taken), rules);
    expect(findings.map((one) => one.shown)).toEqual(count === 0 ? [] : ["gpt"]);
  });

  it("needs one caller for both", async () => {
    const identities = `${agent()}\njob: { type: workload, spiffeId: "spiffe://prod.example/ns/a/sa/job" }`;
    const apart = rules.replace(
      "subjects: [bot], on: [{ resource: tickets",
      "subjects: [job], on: [{ resource: tickets",
    );
    expect(await found(code, identities, resources(is("restricted"), ""), apart)).toEqual([]);
  });
});

describe("missing-budget", () => {
  const code = "missing-budget";
  const budgets = "budgets: [{ limit: 9, window: 1d }]";

  it.each([
    ["obligations: { audit: full }", 1],
    [`obligations: { ${budgets} }`, 0],
    ["", 1],
  ])("of a rule with %s: %i", async (obligations, count) => {
    const rule = obligations === "" ? asks : asks.replace(" }] }", ` }], ${obligations} }`);
    const findings = await found(code, agent(), gpt, rule);
    expect(findings.map((one) => one.shown)).toEqual(count === 0 ? [] : ["gpt"]);
  });

  const other = (more: string) =>
    `${asks}\n- { name: other, effect: allow, subjects: [bot], on: [{ resource: gpt }], obligations: { ${budgets} }${more} }`;

  it("is not said where another rule that always applies too has one", async () => {
    expect(await found(code, agent(), gpt, other(""))).toEqual([]);
    expect(await found(code, agent(), gpt, other(", requires: { credential: { maxTtl: 5m } }"))).toHaveLength(
      1,
    );
    expect(await found(code, agent("actsFor: [staff]"), gpt, other(", onBehalfOf: [staff]"))).toHaveLength(1);
  });

  it("is not said of other resources, or of a deny", async () => {
    expect(await found(code, agent(), "gpt: { type: service, protocol: http }", asks)).toEqual([]);
    expect(await found(code, agent(), gpt, asks.replace("allow", "deny"))).toEqual([]);
  });
});
