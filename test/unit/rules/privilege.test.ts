/** Where the rules about privilege end: what they must not report. */
import { describe, expect, it } from "vitest";
import { foundIn } from "./found-in.ts";

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

function found(
  code: string,
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
  return foundIn(code, documents, { "tools.json": list(more.tools), "others.json": list(more.others) });
}

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
