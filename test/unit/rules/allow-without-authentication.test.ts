/** Where allow-without-authentication ends: what it must not report. */
import { describe, expect, it } from "vitest";
import { foundIn, mendedIn } from "./found-in.ts";

const code = "allow-without-authentication";

const controlPlane = `trustDomains: { prod.example: {} }
issuers: { workforce: { url: "https://login.example", audiences: ["https://api.example"] } }
environments: { production: {} }`;

const tools = JSON.stringify({
  tools: [
    { name: "look", annotations: { readOnlyHint: true }, inputSchema: { type: "object" } },
    { name: "act", inputSchema: { type: "object" } },
  ],
});

const indented = (lines: string): string => lines.trim().replace(/^(?=.)/gm, "  ");

const found = async (resources: string, rules: string, identities = "", mode = "enforce") => {
  const inventory = `identities:
  job: { type: workload, spiffeId: "spiffe://prod.example/ns/a/sa/job" }
${indented(identities)}
resources:
${indented(resources)}`;
  const documents = {
    "ControlPlane/shop": controlPlane,
    "Inventory/shop": inventory,
    "Policy/p": `mode: ${mode}\nrules:\n${indented(rules)}`,
  };
  return foundIn(code, documents, { "tools.json": tools });
};

const api = 'api: { type: api, hosts: [api.example], operations: ["GET /a", "POST /a"]';
const open = (target: string, more = "") =>
  `- { name: open, effect: allow, anonymous: true, on: [{ resource: ${target} }]${more} }`;

describe("what anybody may do", () => {
  it.each([
    ["all of an API that can be written to", `${api} }`, open("api"), 1],
    ["its reading operations", `${api} }`, open('api, operations: ["GET /a"]'), 0],
    ["what is declared internal", `${api}, dataClass: internal }`, open('api, operations: ["GET /a"]'), 1],
    [
      "a named operation on public data",
      `${api}, dataClass: public }`,
      open('api, operations: ["POST /a"]'),
      0,
    ],
    ["all of a public API that can be written to", `${api}, dataClass: public }`, open("api"), 1],
    ["any request to a service without operations", "svc: { type: service, protocol: http }", open("svc"), 1],
    ["TCP", "db: { type: service, protocol: tcp }", open("db"), 1],
    ["a tool that only reads", "mcp: { type: mcp-server, tools: tools.json }", open("mcp, tools: [look]"), 0],
    ["a tool that may do more", "mcp: { type: mcp-server, tools: tools.json }", open("mcp, tools: [act]"), 1],
    ["a model", "gpt: { type: model, provider: openai, model: gpt }", open("gpt"), 1],
  ])("%s: %#", async (_, resources, rules, count) => {
    const shown = (await found(resources, rules)).map((one) => one.shown);
    expect(shown).toEqual(count === 0 ? [] : ["anonymous"]);
  });

  it("is nothing where a condition asks who calls, or chooses the operation", async () => {
    const asking = (condition: string) => open("api", `, condition: '${condition}'`);
    expect(await found(`${api} }`, asking('jwt.sub == "alice"'))).toEqual([]);
    expect(await found(`${api} }`, asking('source.principal == "spiffe://prod.example/a"'))).toEqual([]);
    expect(await found(`${api} }`, asking('client.id == "partner"'))).toEqual([]);
    expect(await found(`${api} }`, asking('request.method == "GET"'))).toEqual([]);
    expect(await found(`${api} }`, asking('source.ip == "10.0.0.1"'))).toHaveLength(1);
  });

  it("is nothing where the rule requires a kind of credential", async () => {
    const requires = (what: string) => open("api", `, requires: { credential: { ${what} } }`);
    expect(await found(`${api} }`, requires("type: [mtls]"))).toEqual([]);
    expect(await found(`${api} }`, requires("maxTtl: 1h"))).toHaveLength(1);
  });

  it.each([
    ["a preflight request", '"OPTIONS /a"', 0],
    ["metadata and probes", '"GET /.well-known/jwks.json", "GET /healthz", "HEAD /healthz"', 0],
    ["more than these", '"OPTIONS /a", "GET /a"', 1],
    ["what only sounds like them", '"GET /healthz/users"', 1],
    ["a change at such a place", '"POST /healthz"', 1],
  ])("what is for strangers is no harm on confidential data: %s", async (_, operations, count) => {
    const all = `api: { type: api, hosts: [api.example], dataClass: confidential, operations: ["GET /a", "OPTIONS /a", "GET /.well-known/jwks.json", "GET /healthz", "HEAD /healthz", "POST /healthz", "GET /healthz/users"] }`;
    expect(await found(all, open(`api, operations: [${operations}]`))).toHaveLength(count);
    expect(await found(all, open("api"))).toHaveLength(1);
  });

  it("leaves deny rules and rules in audit mode alone", async () => {
    const deny = "- { name: shut, effect: deny, anonymous: true, on: [{ resource: api }] }";
    expect(await found(`${api} }`, deny)).toEqual([]);
    expect(await found(`${api} }`, open("api"), "", "audit")).toEqual([]);
  });

  it("says what of events the events rule does not say", async () => {
    const channel = "events: { type: event-channel, topic: t, types: [a.b] }";
    expect(await found(channel, open("events"))).toHaveLength(1);
    expect(await found(channel, open("events", `, condition: 'event.source == "/a"'`))).toEqual([]);
    expect(await found(channel, open("events, events: { operation: consume }"))).toEqual([]);
  });
});

describe("identities without a proof", () => {
  const rule = (subjects: string) =>
    `- { name: uses, effect: allow, subjects: [${subjects}], on: [{ resource: api }] }`;

  it.each([
    ["type: workload", 1],
    ["type: client, clientId: x", 1],
    ["type: group, claims: { groups: a }", 1],
    ["type: group, issuer: workforce, claims: { groups: a }", 0],
    ["type: client, deployedAs: { kong: { consumer: x } }", 0],
  ])("{ %s }: %i", async (written, count) => {
    const findings = await found(`${api} }`, rule("job, ghost"), `ghost: { ${written} }`);
    expect(findings.map((one) => one.shown)).toEqual(count === 0 ? [] : ["ghost"]);
  });

  it("are one finding each, however many rules name them", async () => {
    const again = rule("job, ghost").replace("uses", "again").replace("resource: api", "resource: other");
    const other = "other: { type: service, protocol: http }";
    const findings = await found(
      `${api} }\n${other}`,
      `${rule("job, ghost")}\n${again}`,
      "ghost: { type: workload }",
    );
    expect(findings.map((one) => one.data)).toEqual([{ identity: "ghost", rules: ["p/uses", "p/again"] }]);
  });

  it("are said by unreachable-rule where a rule has no others", async () => {
    expect(await found(`${api} }`, rule("ghost"), "ghost: { type: workload }")).toEqual([]);
  });

  it("get the issuer where there is one, and half a proof", async () => {
    const mended = async (written: string, plane = controlPlane) =>
      (
        await mendedIn(code, {
          "ControlPlane/shop": plane,
          "Inventory/shop": `identities:
  job: { type: workload, spiffeId: "spiffe://prod.example/ns/a/sa/job" }
  ghost: { ${written} }
resources:
  ${api} }`,
          "Policy/p": `rules:\n${indented(rule("job, ghost"))}`,
        })
      ).flat();
    expect(await mended("type: client, clientId: x")).toEqual([
      "ghost: { type: client, clientId: x, issuer: workforce }",
    ]);
    expect(await mended("type: workload")).toEqual([]);
    const two = controlPlane.replace("issuers: {", 'issuers: { other: { url: "https://other.example" },');
    expect(await mended("type: client, clientId: x", two)).toEqual([]);
  });

  it("are no matter where no rule names them", async () => {
    expect(await found(`${api} }`, rule("job"), "ghost: { type: workload }")).toEqual([]);
  });
});
