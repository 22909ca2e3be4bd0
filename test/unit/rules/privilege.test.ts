/** Where the rules about privilege end: what they must not report. */
import { describe, expect, it } from "vitest";
import { foundIn, mendedIn } from "./found-in.ts";

const controlPlane = `trustDomains: { prod.example: {} }
issuers: { workforce: { url: "https://login.example", audiences: ["https://api.example"], claims: { groups: list } } }
auditSinks: { lake: { format: ocsf } }
environments: { production: {} }`;

interface ToolDocument {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly inputSchema?: unknown;
}

const indented = (lines: string, by: number): string => lines.trim().replace(/^(?=.)/gm, " ".repeat(by));

function world(
  resources: string,
  rules: string,
  more: { identities?: string; tools?: readonly ToolDocument[]; others?: readonly ToolDocument[] } = {},
) {
  const inventory = `identities:
  staff: { type: group, issuer: workforce, claims: { groups: support } }
  shop: { type: workload, spiffeId: "spiffe://prod.example/ns/shop/sa/shop" }
  bot: { type: agent, spiffeId: "spiffe://prod.example/ns/ai/sa/bot", actsFor: [staff] }
${indented(more.identities ?? "", 2)}
resources:
${indented(resources, 2)}`;
  const documents = {
    "ControlPlane/shop": controlPlane,
    "Inventory/shop": inventory,
    "Policy/p": `rules:\n${indented(rules, 2)}`,
  };
  const list = (tools: readonly ToolDocument[] = []) =>
    JSON.stringify({ tools: tools.map((one) => ({ inputSchema: { type: "object" }, ...one })) });
  return [documents, { "tools.json": list(more.tools), "others.json": list(more.others) }] as const;
}

type World = Parameters<typeof world>;

const found = (code: string, ...given: World) => foundIn(code, ...world(...given));

const shown = async (...given: Parameters<typeof found>) => (await found(...given)).map((one) => one.shown);

describe("wildcard-principal", () => {
  const code = "wildcard-principal";
  const orders = 'orders: { type: service, protocol: http, operations: ["GET /orders"] }';
  const reads = "{ name: reads, effect: allow, subjects: [some], on: [{ resource: orders }] }";
  const some = (pattern: string) => ({
    identities: `some: { type: workload, spiffeIdPattern: "spiffe://prod.example/${pattern}" }`,
  });

  it.each(["**", "*", "*/*/**", "*/*/*/*", "ns/*/sa/*", "ns/**"])("is said of %s", async (pattern) => {
    expect(await shown(code, orders, `- ${reads}`, some(pattern))).toEqual(["some"]);
  });

  it.each(["ns/shop/sa/*", "ns/shop/**", "ns/*/sa/reports", "batch/*"])(
    "is not said of %s",
    async (pattern) => {
      expect(await shown(code, orders, `- ${reads}`, some(pattern))).toEqual([]);
    },
  );

  it.each([
    ["a deny", reads.replace("allow", "deny"), orders],
    ["what is public", reads, orders.replace("http,", "http, dataClass: public,")],
    [
      "a condition on the caller",
      reads.replace(" }] }", " }], condition: \"source.namespace == 'shop'\" }"),
      orders,
    ],
  ])("is not said of %s", async (_what, rule, resource) => {
    expect(await shown(code, resource, `- ${rule}`, some("**"))).toEqual([]);
  });

  it("is said of a condition on something else, and of one public resource among others", async () => {
    const rule = reads.replace(" }] }", " }], condition: \"request.path == '/orders'\" }");
    expect(await shown(code, orders, `- ${rule}`, some("**"))).toEqual(["some"]);
    const status =
      'status: { type: service, protocol: http, operations: ["GET /status"], dataClass: public }';
    const both = reads.replace("{ resource: orders }", "{ resource: orders }, { resource: status }");
    expect(await shown(code, `${orders}\n${status}`, `- ${both}`, some("**"))).toEqual(["some"]);
  });
});

describe("wildcard-principal, by a condition", () => {
  const resource = 'orders: { type: service, protocol: http, operations: ["GET /orders"] }';
  const by = (condition: string, more = "", orders = resource) =>
    shown(
      "wildcard-principal",
      orders,
      `- { name: reads, effect: allow, anonymous: true, on: [{ resource: orders }]${more}, condition: '${condition}' }`,
    );

  it.each([
    ['source.principal.startsWith("spiffe://prod.example/")', '"spiffe://prod.example/"'],
    ['source.principal.startsWith("spiffe://prod.example/ns/")', '"spiffe://prod.example/ns/"'],
    ['source.principal.matches("^spiffe://prod[.]example/.*$")', '"^spiffe://prod[.]example/.*$"'],
    [
      'source.principal.startsWith("spiffe://prod.example/") && request.method == "GET"',
      '"spiffe://prod.example/"',
    ],
  ])("is said of %s", async (condition, literal) => {
    expect(await by(condition)).toEqual([literal]);
  });

  it.each([
    'source.principal.startsWith("spiffe://prod.example/ns/shop/")',
    'source.principal == "spiffe://prod.example/ns/shop/sa/shop"',
    'source.principal.startsWith("spiffe://prod.example/") && source.namespace == "shop"',
    'source.principal.startsWith("spiffe://prod.example/") && jwt.sub == "alice"',
    'source.principal.startsWith("spiffe://prod.example/") && source.ip == "10.0.0.1"',
    '!source.principal.startsWith("spiffe://prod.example/")',
    'source.principal.startsWith("spiffe://prod.example/") && source.principal.endsWith("/sa/shop")',
  ])("is not said of %s", async (condition) => {
    expect(await by(condition)).toEqual([]);
  });

  it("is not said of what is public", async () => {
    const open = resource.replace("http,", "http, dataClass: public,");
    expect(await by('source.principal.startsWith("spiffe://prod.example/")', "", open)).toEqual([]);
  });
});

describe("wildcard-grant", () => {
  const code = "wildcard-grant";
  const uses = "{ name: uses, effect: allow, subjects: [shop], on: [{ resource: orders }] }";
  const orders = (operations: string, dataClass = "restricted") =>
    `orders: { type: service, protocol: http, operations: [${operations}], dataClass: ${dataClass} }`;
  const writing = '"PUT /a", "POST /a", "GET /a"';

  it("is said of what is sensitive and may be written, at the resource's name", async () => {
    const findings = await found(code, orders(writing), `- ${uses}`);
    expect(findings.map((one) => one.shown)).toEqual(["orders"]);
    expect(findings[0]?.message).toContain("restricted, and PUT /a and POST /a may change");
  });

  it.each([
    ["what only reads", orders('"GET /a", "HEAD /a", "OPTIONS /a"'), uses],
    ["one writing operation", orders('"PUT /a", "GET /a"'), uses],
    ["what is internal", orders(writing, "internal"), uses],
    ["a list", orders(writing), uses.replace("orders }", 'orders, operations: ["PUT /a", "POST /a"] }')],
    ["a deny", orders(writing), uses.replace("allow", "deny")],
    ["a service of which nobody lists the operations", orders("").replace("operations: [], ", ""), uses],
    [
      "a condition on the method",
      orders(writing),
      uses.replace(" }] }", " }], condition: \"request.method == 'GET'\" }"),
    ],
  ])("is not said of %s", async (_what, resource, rule) => {
    expect(await shown(code, resource, `- ${rule}`)).toEqual([]);
  });

  it("knows the gRPC methods that read", async () => {
    const stock = (rpcs: string) =>
      `orders: { type: service, protocol: grpc, rpcs: [${rpcs}], dataClass: confidential }`;
    expect(
      await shown(code, stock("s.S/Get, s.S/BatchGetItems, s.S/ListItems, s.S/Put"), `- ${uses}`),
    ).toEqual([]);
    expect(await shown(code, stock("s.S/Getaway, s.S/Put"), `- ${uses}`)).toEqual(["orders"]);
  });

  const server = "orders: { type: mcp-server, tools: tools.json }";
  const lookup = { name: "lookup", annotations: { readOnlyHint: true } };
  const wipe = { name: "wipe", annotations: { destructiveHint: true } };

  it("is said of a server with a destructive tool among others", async () => {
    expect(await shown(code, server, `- ${uses}`, { tools: [lookup, wipe] })).toEqual(["orders"]);
    expect(await shown(code, server, `- ${uses}`, { tools: [wipe] })).toEqual([]);
    const harmless = { name: "wipe", annotations: { destructiveHint: true, readOnlyHint: true } };
    expect(await shown(code, server, `- ${uses}`, { tools: [lookup, harmless] })).toEqual([]);
  });

  it("is not said where a deny takes the destructive tools away, whatever the request", async () => {
    const deny = (more: string) =>
      `- ${uses}\n- { name: no, effect: deny, on: [{ resource: orders, tools: [wipe] }]${more} }`;
    const tools = [lookup, wipe];
    expect(await shown(code, server, deny(""), { tools })).toEqual([]);
    expect(await shown(code, server, deny(", subjects: [shop]"), { tools })).toEqual([]);
    expect(await shown(code, server, deny(", subjects: [bot]"), { tools })).toEqual(["orders"]);
    expect(await shown(code, server, deny(', condition: "context.time.getHours() < 8"'), { tools })).toEqual([
      "orders",
    ]);
  });
});

const payments = "payments: { type: mcp-server, tools: tools.json }";
const amount = (more: object = {}) => ({
  type: "object",
  properties: { amount: { type: "number", ...more } },
  required: ["amount"],
});
const calls = (tools: string, more = "") =>
  `- { name: calls, effect: allow, subjects: [bot], onBehalfOf: [staff], on: [{ resource: payments${tools} }]${more} }`;

describe("destructive-tool-without-approval", () => {
  const code = "destructive-tool-without-approval";
  const wipe = { name: "wipe", inputSchema: amount(), annotations: { destructiveHint: true } };
  const drop = { ...wipe, name: "drop" };
  const tools = [{ name: "lookup" }, wipe, drop];
  const approval = "obligations: { approval: { from: [staff] } }";

  it("is said once of a rule, at the first of its tools", async () => {
    const findings = await found(code, payments, calls(", tools: [lookup, wipe, drop]"), { tools });
    expect(findings.map((one) => one.shown)).toEqual(["wipe"]);
    expect(findings[0]?.data).toEqual({ rule: "p/calls", identities: ["bot"], tools: ["wipe", "drop"] });
  });

  it("is said where a condition bounds the arguments: that keeps it small, and asks nobody", async () => {
    const rule = calls(", tools: [wipe]", ', condition: "mcp.tool.arguments.amount < 5.0"');
    expect(await shown(code, payments, rule, { tools })).toEqual(["wipe"]);
  });

  it("leaves the server as a whole to wildcard-grant, unless it has nothing else", async () => {
    expect(await shown(code, payments, calls(""), { tools })).toEqual([]);
    expect(await shown("wildcard-grant", payments, calls(""), { tools })).toEqual(["payments"]);
    expect(await shown(code, payments, calls(""), { tools: [wipe] })).toEqual(["payments"]);
  });

  it.each([
    ["an approval", calls(", tools: [wipe]", `, ${approval}`)],
    ["other tools", calls(", tools: [lookup]")],
    ["a workload", calls(", tools: [wipe]").replace("[bot], onBehalfOf: [staff]", "[shop]")],
    [
      "a deny",
      `${calls(", tools: [wipe]")}\n- { name: no, effect: deny, on: [{ resource: payments, tools: [wipe] }] }`,
    ],
    [
      "the approval of another rule that always applies",
      `${calls(", tools: [wipe]")}\n${calls(", tools: [wipe, drop]", `, ${approval}`).replace("calls", "asks")}`,
    ],
  ])("is not said of %s", async (_what, rules) => {
    expect(await shown(code, payments, rules, { tools })).toEqual([]);
  });

  it("is said where the other rule's approval is asked for on a condition, or of direct calls", async () => {
    const asks = calls(", tools: [wipe]", `, ${approval}`).replace("calls", "asks");
    const given = (rule: string) => shown(code, payments, `${calls(", tools: [wipe]")}\n${rule}`, { tools });
    expect(await given(asks.replace(", obl", ', condition: "mcp.tool.arguments.amount < 5.0", obl'))).toEqual(
      ["wipe"],
    );
    expect(await given(asks.replace(" onBehalfOf: [staff],", ""))).toEqual(["wipe"]);
  });

  it("is said of an operation that deletes", async () => {
    const orders = 'orders: { type: service, protocol: http, operations: ["DELETE /a", "GET /a"] }';
    const rule =
      '- { name: r, effect: allow, subjects: [bot], on: [{ resource: orders, operations: ["delete /a", "GET /a"] }] }';
    expect(await shown(code, orders, rule)).toEqual(["delete /a"]);
  });
});

describe("tool-without-input-constraint", () => {
  const code = "tool-without-input-constraint";
  const of = (inputSchema: unknown, annotations = {}) => ({
    tools: [{ name: "pay", inputSchema, annotations }],
  });
  const pay = calls(", tools: [pay]");
  const named = (name: string) => ({ properties: { [name]: { type: "integer" } }, required: [name] });

  it.each([
    ["an integer", of({ ...amount({ type: "integer" }) })],
    ["a least value", of(amount({ minimum: 0 }))],
  ])("is said of %s", async (_what, documents) => {
    expect(await shown(code, payments, pay, documents)).toEqual(["pay"]);
  });

  it.each([
    ["a greatest value", of(amount({ maximum: 100 })), pay],
    ["listed values", of(amount({ enum: [1, 2] })), pay],
    ["a number that may be left out", of({ ...amount(), required: [] }), pay],
    ["a text", of(amount({ type: "string" })), pay],
    ["a tool that reads", of(amount(), { readOnlyHint: true }), pay],
    ["a destructive tool", of(amount(), { destructiveHint: true }), pay],
    ["a workload", of(amount()), pay.replace("[bot], onBehalfOf: [staff]", "[shop]")],
    ["a condition", of(amount()), calls(", tools: [pay]", ', condition: "mcp.tool.arguments.amount < 5.0"')],
    ["an approval", of(amount()), calls(", tools: [pay]", ", obligations: { approval: { from: [staff] } }")],
    [
      "a deny that reads the arguments",
      of(amount()),
      `${pay}\n- { name: no, effect: deny, on: [{ resource: payments }], condition: "mcp.tool.arguments.amount > 5.0" }`,
    ],
    ["a hostile schema", of({ type: "object", required: ["__proto__", 3], properties: [] }), pay],
  ])("is not said of %s", async (_what, documents, rules) => {
    expect(await shown(code, payments, rules, documents)).toEqual([]);
  });

  it.each([
    ["amount >= 1.0", ["pay"]],
    ["amount != 7.0", ["pay"]],
    ["amount > 1.0 || mcp.tool.arguments.amount == 0.5", []],
    ["amount >= 1.0 && mcp.tool.arguments.amount <= 9.0", []],
    ["amount == 7.0", []],
    ["amount in [1.0, 7.0]", []],
    ["amount * 2.0 < 9.0", []],
    ["amount >= 1.0 && !(mcp.tool.arguments.amount > 9.0)", []],
  ])("a condition on %s: %j", async (test, expected) => {
    const asking = calls(", tools: [pay]", `, condition: "mcp.tool.arguments.${test}"`);
    expect(await shown(code, payments, asking, of(amount()))).toEqual(expected);
  });

  it("is said where a deny takes small numbers only", async () => {
    const deny = (test: string) =>
      `${pay}\n- { name: no, effect: deny, on: [{ resource: payments }], condition: "mcp.tool.arguments.amount ${test}" }`;
    expect(await shown(code, payments, deny("< 1.0"), of(amount()))).toEqual(["pay"]);
    expect(await shown(code, payments, deny(">= 9.0"), of(amount()))).toEqual([]);
  });

  it.each(["count", "quantity", "transferAmount", "numberOfItems", "max_price", "days"])(
    "is said of %s, which says how much",
    async (name) => {
      expect(await shown(code, payments, pay, of(named(name)))).toEqual(["pay"]);
    },
  );

  it.each(["issue_number", "pullNumber", "order-id", "page", "latitude", "year", "line", "x", "priority"])(
    "is not said of %s, which says which one, where or when",
    async (name) => {
      expect(await shown(code, payments, pay, of(named(name)))).toEqual([]);
    },
  );

  const bounded = (name: string, schema: object, target = ", tools: [pay]", more = "") =>
    mendedIn(code, ...world(payments, calls(target, more), { tools: [{ name, ...schema }] }));

  it("offers bounds of the type that the schema has", async () => {
    const two = {
      properties: { count: { type: "integer" }, "max-price": { type: "number" } },
      required: ["count", "max-price"],
    };
    const [lines] = await bounded("pay", { inputSchema: two });
    expect(lines?.join("")).toContain(
      `condition: 'mcp.tool.arguments.count <= 100 && mcp.tool.arguments["max-price"] <= 100.0'`,
    );
  });

  it("offers none where the rule has a condition, or several tools without bounds", async () => {
    const inputSchema = amount();
    expect(await bounded("pay", { inputSchema }, ", tools: [pay]", ', condition: "has(jwt.team)"')).toEqual([
      [],
    ]);
    const tools = ["pay", "give"].map((name) => ({ name, inputSchema }));
    expect(await mendedIn(code, ...world(payments, calls(", tools: [pay, give]"), { tools }))).toEqual([
      [],
      [],
    ]);
  });
});
