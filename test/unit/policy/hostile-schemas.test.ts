import { describe, expect, test } from "vitest";
import type { Json } from "../../../server/src/access/interaction.ts";
import { build, short } from "./support.ts";

/** A control plane with a tool of this input schema, and a rule whose condition reads its argument `a`. */
function findings(schema: Json, condition: string, tools = 1) {
  const list = Array.from({ length: tools }, (_, index) => ({ name: `t${index}`, inputSchema: schema }));
  const start = performance.now();
  const { problems, set } = build({
    "tools.json": JSON.stringify({ tools: list }),
    "p.plumb.yaml": `apiVersion: plumbline/v1
kind: Inventory
metadata: { name: base }
spec:
  identities:
    web: { type: workload, spiffeId: "spiffe://td/ns/a/sa/web" }
  resources:
    tools: { type: mcp-server, target: t, tools: tools.json }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec:
  rules:
    - { name: one, effect: allow, subjects: [web], on: [{ resource: tools }], condition: '${condition}' }
`,
  });
  const compiled = set.policies[0]?.rules[0]?.condition?.compiled;
  const value = compiled?.evaluate({
    traffic: "ai",
    mcp: { method: "tools/call", tool: { name: "t0", arguments: { a: "a".repeat(50_000) } } },
  });
  const found = problems.filter(({ code }) => code.startsWith("cel/") || code.startsWith("mcp/"));
  return { found: found.map(short), value: value?.value, milliseconds: performance.now() - start };
}

/** `properties`, each a reference to the next level: three to the power of thirty paths. */
function bomb(): Json {
  const levels: Record<string, Json> = { d0: { type: "string" } };
  for (let level = 1; level <= 10; level++) {
    const next = { $ref: `#/$defs/d${level - 1}` };
    levels[`d${level}`] = { type: "object", properties: { a: next, b: next, c: next } };
  }
  return { type: "object", properties: { a: { type: "string" }, b: { $ref: "#/$defs/d10" } }, $defs: levels };
}

/** References to one object of many properties: each costs what the object is wide. */
function wide(): Json {
  const properties = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, index) => [`p${index}`, { $ref: "#/$defs/wide" }]),
  );
  return {
    type: "object",
    properties: { a: { type: "string" }, w: { $ref: "#/$defs/wide" } },
    $defs: { wide: { properties } },
  };
}

function nested(depth: number): Json {
  let schema: Json = { type: "string" };
  for (let level = 0; level < depth; level++) schema = { type: "object", properties: { n: schema } };
  return { type: "object", properties: { a: { type: "string" }, n: schema } };
}

const ask = 'mcp.tool.arguments.a.startsWith("a")';
const tooLarge = ["mcp/schema-too-large «t0»"];

describe("schemas of an untrusted list of tools", () => {
  test.each([
    [
      "a pattern that backtracks",
      { type: "object", properties: { a: { type: "string", pattern: "^(a+)+$" } } },
      [],
    ],
    [
      "references in a circle",
      { $ref: "#/$defs/x", $defs: { x: { $ref: "#/$defs/y" }, y: { $ref: "#/$defs/x" } } },
      [],
    ],
    [
      "a reference to itself",
      { type: "object", properties: { a: { type: "string" }, b: { $ref: "#" } } },
      [],
    ],
    ["a remote reference", { $ref: "https://example.com/schema.json" }, []],
    ["references that multiply", bomb(), tooLarge],
    ["references to a wide object", wide(), tooLarge],
    ["deep nesting", nested(40), tooLarge],
    [
      "10,000 properties",
      {
        type: "object",
        properties: Object.fromEntries([
          ["a", { type: "string" }],
          ...Array.from({ length: 10_000 }, (_, index) => [`p${index}`, { type: "string" }]),
        ]),
      },
      tooLarge,
    ],
    [
      "alternatives of alternatives",
      {
        anyOf: Array.from({ length: 100 }, () => ({
          anyOf: Array.from({ length: 100 }, () => ({ $ref: "#" })),
        })),
      },
      tooLarge,
    ],
  ] as const satisfies readonly (readonly [string, Json, readonly string[]])[])(
    "%s",
    (_name, schema, expected) => {
      const { found, value, milliseconds } = findings(schema, ask);
      expect(found).toEqual(expected);
      expect(value).toBe("true");
      expect(milliseconds).toBeLessThan(2_000);
    },
  );

  test("a list of hundreds of such schemas: ten findings, and the arguments are of any type", () => {
    const { found, value, milliseconds } = findings(bomb(), ask, 500);
    expect(found).toHaveLength(10);
    expect(value).toBe("true");
    expect(milliseconds).toBeLessThan(5_000);
  });
});

describe("types of arguments", () => {
  const typed = (schema: Json, condition: string) =>
    findings({ type: "object", properties: { a: schema } }, condition).found;

  test("nested objects and lists", () => {
    const schema: Json = {
      type: "object",
      properties: {
        items: { type: "array", items: { type: "object", properties: { price: { type: "number" } } } },
      },
    };
    expect(typed(schema, "mcp.tool.arguments.a.items.all(i, i.price < 5)")).toEqual([]);
    expect(typed(schema, "mcp.tool.arguments.a.items.all(i, i.prise < 5.0)")).toEqual([
      "cel/unknown-field «prise» -> price",
    ]);
    expect(typed(schema, "mcp.tool.arguments.a.itmes.size() > 0")).toEqual([
      "cel/unknown-field «itmes» -> items",
    ]);
    expect(typed(schema, "mcp.tool.arguments.a.items == 5")).toEqual(["cel/type «5»"]);
  });

  test("what may be null has no one type, in each version's words", () => {
    for (const schema of [
      { type: ["string", "null"] },
      { type: "string", nullable: true },
      { oneOf: [{ type: "string" }, { type: "null" }] },
      { anyOf: [{ type: "null" }, { type: "string" }] },
    ]) {
      expect(typed(schema, "mcp.tool.arguments.a == null || mcp.tool.arguments.a.size() < 5")).toEqual([]);
    }
    expect(typed({ type: "string" }, "mcp.tool.arguments.a == null")).toEqual(["cel/type «null»"]);
  });

  test("listed values: a slip is found, also in a list and on the left", () => {
    const schema: Json = { enum: ["open", "closed"] };
    expect(typed(schema, 'mcp.tool.arguments.a != "open"')).toEqual([]);
    expect(typed(schema, 'mcp.tool.arguments.a == "opne"')).toEqual(['cel/unknown-value «"opne"» -> "open"']);
    expect(typed(schema, '"Closed" == mcp.tool.arguments.a')).toEqual([
      'cel/unknown-value «"Closed"» -> "closed"',
    ]);
    expect(typed(schema, 'mcp.tool.arguments.a in ["open", "x"]')).toEqual(['cel/unknown-value «"x"»']);
    expect(typed({ const: "open" }, 'mcp.tool.arguments.a == "closed"')).toEqual([
      'cel/unknown-value «"closed"»',
    ]);
    const either: Json = { oneOf: [{ enum: ["open"] }, { const: "done" }] };
    expect(typed(either, 'mcp.tool.arguments.a in ["open", "done"]')).toEqual([]);
    expect(typed({ oneOf: [{ enum: ["open"] }, { type: "string" }] }, 'mcp.tool.arguments.a == "x"')).toEqual(
      [],
    );
  });

  test("alternatives: fields of all, optional where only some have them", () => {
    const schema: Json = {
      oneOf: [
        { type: "object", properties: { card: { type: "string" }, amount: { type: "integer" } } },
        { type: "object", properties: { iban: { type: "string" }, amount: { type: "number" } } },
      ],
    };
    expect(typed(schema, "has(mcp.tool.arguments.a.card) && mcp.tool.arguments.a.amount < 5")).toEqual([]);
    expect(typed(schema, 'mcp.tool.arguments.a.ibn == "x"')).toEqual(["cel/unknown-field «ibn» -> iban"]);
    expect(typed(schema, 'mcp.tool.arguments.a.amount == "5"')).toEqual(['cel/type «"5"»']);
  });
});
