import { describe, expect, test } from "vitest";
import { build, short } from "./support.ts";

const inventory = `apiVersion: plumbline/v1
kind: Inventory
metadata: { name: base }
spec:
  identities:
    web: { type: workload, spiffeId: "spiffe://td/ns/a/sa/web" }
  resources:
    ledger: { type: service, protocol: http, operations: ["POST /entries"] }
    prices: { type: service, protocol: grpc, operations: [] }
    queue: { type: service, protocol: tcp }
    tools: { type: mcp-server, target: t, tools: tools.json }
    gpt: { type: model, provider: openai, model: gpt }
    orders: { type: event-channel, topic: orders, types: [placed] }
`;

const tools = JSON.stringify({
  tools: [{ name: "refund", inputSchema: { type: "object", properties: { amount: { type: "number" } } } }],
});

/** The findings of a condition, as it is written after \`condition:\`, of a rule on these resources. */
function findings(resources: readonly string[], condition: string) {
  const policy = `apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec:
  rules:
    - name: one
      effect: allow
      subjects: [web]
      on: [${resources.map((resource) => `{ resource: ${resource} }`).join(", ")}]
      condition: ${condition}
`;
  return build({ "tools.json": tools, "i.plumb.yaml": inventory, "p.plumb.yaml": policy }).problems.filter(
    ({ code }) => code.startsWith("cel/"),
  );
}

describe("variables of other traffic", () => {
  test.each([
    ["ledger", ["request"]],
    ["prices", ["request", "grpc"]],
    ["queue", []],
    ["tools", ["request", "mcp"]],
    ["gpt", ["request", "llm"]],
    ["orders", ["event"]],
  ])("%s has of them %s", (resource, there) => {
    const reads: Readonly<Record<string, string>> = {
      request: "request.host",
      grpc: "grpc.method",
      mcp: "mcp.methodName",
      llm: "llm.provider",
      event: "event.type",
    };
    for (const [root, read] of Object.entries(reads)) {
      const expected = there.includes(root) ? [] : [`cel/wrong-resource «${read}»`];
      expect(findings([resource], `${read} == "a"`).map(short), `${root} on ${resource}`).toEqual(expected);
    }
    for (const read of ["source.principal", "jwt.sub", "client.id", "context.environment"]) {
      expect(findings([resource], `${read} == "a"`)).toEqual([]);
    }
  });

  test("the message says where the variable exists, and what the rule is for", () => {
    expect(findings(["ledger"], 'mcp.tool.name == "refund"')[0]?.message).toBe(
      "mcp.tool.name is never there: mcp exists in requests to MCP servers (type mcp-server), and this rule is for " +
        "ledger (type service, protocol http). Reading it fails on every request, so that an allow never applies and a " +
        "deny always does. Remove it, or write a rule of its own for a resource that has it.",
    );
  });

  test("in has() and on the right of `in` too", () => {
    expect(findings(["gpt"], "has(event.type)").map(short)).toEqual(["cel/wrong-resource «event.type»"]);
    expect(findings(["queue"], `'"x" in request.headers'`).map(short)).toEqual([
      "cel/wrong-resource «request.headers»",
    ]);
  });

  test("what one of several resources has, or one that is not declared could have, is no finding", () => {
    expect(findings(["ledger", "tools"], "!has(mcp.tool.name)")).toEqual([]);
    expect(findings(["ledger", "ghost"], "!has(mcp.tool.name)")).toEqual([]);
    expect(findings(["ledger", "queue"], "has(mcp.tool.name)").map(short)).toEqual([
      "cel/wrong-resource «mcp.tool.name»",
    ]);
  });
});

describe("three mistakes of one condition, each at its characters", () => {
  const expected = [
    "cel/unknown-field «amout» -> amount",
    "cel/unknown-function «startWith» -> startsWith",
    'cel/regex «"(a"»',
  ];
  test.each([
    ["plain", 'mcp.tool.arguments.amout < 1.0 && jwt.sub.startWith("a") && request.path.matches("(a")'],
    [
      "single quotes",
      `'mcp.tool.arguments.amout < 1.0 && jwt.iss != ''x'' && jwt.sub.startWith("a") && request.path.matches("(a")'`,
    ],
    [
      "folded",
      `>-
        mcp.tool.arguments.amout < 1.0

        && jwt.sub.startWith("a")
          && request.path.matches("(a")`,
    ],
    [
      "literal",
      `|
        mcp.tool.arguments.amout < 1.0 &&
        jwt.sub.startWith("a") && // a comment
        request.path.matches("(a")`,
    ],
  ])("%s", (_style, condition) => {
    expect(findings(["tools"], condition).map(short)).toEqual(expected);
  });

  test("double quotes, with the escapes that they need", () => {
    const condition = String.raw`"mcp.tool.arguments.amout < 1.0 && \u006awt.sub.startWith(\"a\") && request.path.matches(\"(a\")"`;
    expect(findings(["tools"], condition).map(short)).toEqual([
      ...expected.slice(0, 2),
      String.raw`cel/regex «\"(a\"»`,
    ]);
  });
});

test("a condition of a megabyte is one finding, in no time", () => {
  for (const huge of [
    `'${'jwt.sub == "a" || '.repeat(60_000)}true'`,
    `'${"(".repeat(1_000_000)}'`,
    `'jwt.sub == "${"a".repeat(1_000_000)}"'`,
    `'${"jwt.a.exists(x, ".repeat(60_000)}'`,
  ]) {
    const start = performance.now();
    const [first, ...others] = findings(["ledger"], huge);
    expect(performance.now() - start).toBeLessThan(1_500);
    expect(first?.code).toBe("cel/too-complex");
    expect(first?.message).toContain("the limit is 10000");
    expect(others).toEqual([]);
  }
});
