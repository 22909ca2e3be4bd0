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
