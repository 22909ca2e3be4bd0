import { describe, expect, test } from "vitest";
import type { Json } from "../../../server/src/access/interaction.ts";
import { compileCondition } from "../../../server/src/cel/compile.ts";
import { plumblineEnvironment } from "../../../server/src/cel/environment.ts";
import { jsonSchemaType } from "../../../server/src/cel/json-schema.ts";
import { searchPatterns } from "../../../server/src/cel/regex-pattern.ts";
import { tokens } from "../../../server/src/cel/tokens.ts";

describe("JSON Schema", () => {
  test("local references are followed, cycles and remote ones are any type", () => {
    const schema: Json = {
      type: "object",
      properties: { a: { $ref: "#/$defs/money" }, b: { $ref: "https://elsewhere/x.json" }, c: { $ref: "#" } },
      $defs: { money: { type: "number" } },
    };
    const type = jsonSchemaType(schema);
    expect(type.type === "object" && type.fields.get("a")?.type).toEqual({ type: "double" });
    expect(type.type === "object" && type.fields.get("b")?.type).toEqual({ type: "dyn" });
  });

  test("a bomb of references ends", () => {
    const defs: { [name: string]: Json } = { d0: { type: "string" } };
    for (let level = 1; level < 30; level++) {
      const reference = { $ref: `#/$defs/d${level - 1}` };
      defs[`d${level}`] = { type: "object", properties: { a: reference, b: reference, c: reference } };
    }
    expect(jsonSchemaType({ $defs: defs, $ref: "#/$defs/d29" }).type).toBe("object");
  });

  test("arguments of several tools: agreed types stay, others are optional or of any type", () => {
    const tool = (properties: Json): Json => ({ type: "object", properties, required: ["a"] });
    const environment = plumblineEnvironment().withToolArguments([
      { name: "x", schema: tool({ a: { type: "string" }, b: { type: "string" }, c: { type: "string" } }) },
      { name: "y", schema: tool({ a: { type: "string" }, b: { type: "number" } }) },
    ]);
    const codes = (source: string) => compileCondition(source, environment).problems.map((one) => one.code);
    expect(codes("mcp.tool.arguments.a == 1")).toEqual(["cel/type"]);
    expect(codes("mcp.tool.arguments.b == 1")).toEqual([]);
    expect(codes('mcp.tool.arguments.c == "x"')).toEqual([]);
    const [unknown] = compileCondition("mcp.tool.arguments.cc == 1", environment).problems;
    expect(unknown?.message).toBe(
      'The tools x, y have no argument "cc". Did you mean "c" (string, optional)?',
    );
  });
});

describe("what schemas say, for checks alone", () => {
  const environment = plumblineEnvironment()
    .withToolArguments([
      {
        name: "x",
        schema: {
          type: "object",
          properties: {
            amount: { type: "number" },
            tags: { type: "array", items: { type: "string" } },
            sizes: { type: "array", items: { type: "number" } },
          },
        },
      },
    ])
    .withBody(["post"], {
      type: "object",
      properties: {
        amount: { type: "number", nullable: true },
        name: { type: ["string", "null"] },
        note: { anyOf: [{ type: "string" }, { type: "null" }] },
        lines: {
          type: "array",
          items: { type: "object", properties: { sku: { type: "string" }, count: { type: "integer" } } },
        },
      },
    });
  const compiled = (source: string) => compileCondition(source, environment);
  const found = (source: string) =>
    compiled(source).problems.map(({ code, start, end }) => `${code} ${source.slice(start, end)}`);

  test.each([
    ["mcp.tool.arguments.tags.exists(t, t == 5)", "cel/type 5"],
    ["5 in mcp.tool.arguments.tags", "cel/type 5"],
    ["mcp.tool.arguments.tags[0] > 5", "cel/type 5"],
    ["mcp.tool.arguments.tags[0].x == 1", "cel/type x"],
    ["request.body.lines[0].sku > 5", "cel/type 5"],
    ['request.body.lines[0].skuu == "a"', "cel/unknown-field skuu"],
    ['request.body.lines[0] == "a"', 'cel/type "a"'],
    ['onBehalfOf[0] == "a"', 'cel/type "a"'],
    ['request.body.amount <= "200"', 'cel/type "200"'],
    ["request.body.name == 5", "cel/type 5"],
    ["request.body.note == 5", "cel/type 5"],
    ['"amuont" in mcp.tool.arguments', "cel/unknown-field amuont"],
    ['credential.type == "x509"', 'cel/unknown-value "x509"'],
    ['credential.boundTo.kind == "tasks"', 'cel/unknown-value "tasks"'],
    ["mcp.tool.arguments.amount % 2 == 0", "cel/type mcp.tool.arguments.amount % 2"],
    ["mcp.tool.arguments.amount % 2.0 == 0.0", "cel/type mcp.tool.arguments.amount % 2.0"],
  ])("%s", (source, expected) => {
    expect(found(source)).toEqual([expected]);
  });

  test.each([
    "mcp.tool.arguments.tags == []",
    'mcp.tool.arguments.tags == ["a"] || size(mcp.tool.arguments.tags) > 0',
    "mcp.tool.arguments.tags.exists(t, t == jwt.sub) && jwt.any in mcp.tool.arguments.tags",
    "mcp.tool.arguments.tags.map(t, size(t)).exists(n, n > 1)",
    "(has(mcp.tool.arguments.tags) ? mcp.tool.arguments.tags : []) == []",
    "5 in mcp.tool.arguments.sizes && mcp.tool.arguments.sizes[0] > 5 && mcp.tool.arguments.sizes[0] > 5.5",
    "request.body.lines[0].count > 5 && request.body.lines[0].count > 5.0",
    'request.body.lines[0] == {"sku": "a"}',
    'request.body.lines.exists(l, l.count > 5 && l.sku == "a")',
    "request.body.amount == null || request.body.amount <= 200",
    "request.body.amount in [1, null] || request.body.amount != null && -request.body.amount < 2",
    "(request.body.amount == null ? 0.0 : request.body.amount) < 5.0",
    'request.body.name == null || request.body.name.startsWith("a")',
    'credential.type == "x509-svid" && credential.boundTo.kind == "session"',
    '"amount" in mcp.tool.arguments',
    "int(mcp.tool.arguments.amount) % 2 == 0",
  ])("nothing against %s", (source) => {
    expect(found(source)).toEqual([]);
  });

  test("the finding changes nothing of what is evaluated", () => {
    const source = 'request.body.amount == null || request.body.amount <= "200"';
    const on = (amount: Json) =>
      compiled(source).evaluate({ traffic: "api", http: { body: { amount } } }).value;
    // A text is neither null nor a number, so that it breaks the schema.
    expect([null, 5, "100"].map(on)).toEqual(["true", "error", "error"]);
  });

  test("what % is used on is said once, with what to write", () => {
    const [problem] = compiled("mcp.tool.arguments.amount % 2 == 0").problems;
    expect(problem?.message).toContain("is a double. Convert it: int(x) % y.");
  });
});

describe("patterns of expressions", () => {
  test.each([
    ["^/api/", [{ kind: "sequence", parts: [{ literal: "/api/" }, { any: "chars" }] }]],
    ["\\.json$", [{ kind: "sequence", parts: [{ any: "chars" }, { literal: ".json" }] }]],
    ["^/v[12]$", [{ kind: "sequence", parts: [{ regex: "/v[12]" }] }]],
    [
      "^a$|^b$",
      [
        { kind: "sequence", parts: [{ literal: "a" }] },
        { kind: "sequence", parts: [{ literal: "b" }] },
      ],
    ],
    ["a(?:^b)", undefined],
    ["\\bword", undefined],
    ["(?m)^a", undefined],
  ])("%s", (expression, patterns) => {
    expect(searchPatterns(expression)).toEqual(patterns);
  });
});

test("the tolerant lexer covers broken text", () => {
  const kinds = tokens('a.b == r"x\\" // c\n && "open').map(({ kind, text }) => `${kind}:${text}`);
  expect(kinds).toEqual([
    "identifier:a",
    "operator:.",
    "identifier:b",
    "operator:==",
    'string:r"x\\" // c',
    "operator:&&",
    'string:"open',
  ]);
});
