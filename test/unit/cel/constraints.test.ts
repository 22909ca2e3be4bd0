import { describe, expect, test } from "vitest";
import { partOf } from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction, Json } from "../../../server/src/access/interaction.ts";
import { compileCondition } from "../../../server/src/cel/compile.ts";
import { isMultiple } from "../../../server/src/cel/constraints.ts";
import {
  agentgatewayEnvironment,
  type CelEnvironment,
  plumblineEnvironment,
} from "../../../server/src/cel/environment.ts";
import { jsonSchemaType } from "../../../server/src/cel/json-schema.ts";
import { operationParameters } from "../../../server/src/cel/operation-parameters.ts";

const call = (value: Json): Interaction => ({
  traffic: "ai",
  mcp: { server: "s", method: "tools/call", tool: { name: "t", arguments: { x: value } } },
});

function withArgument(...schemas: readonly Json[]): CelEnvironment {
  return plumblineEnvironment().withToolArguments(
    schemas.map((schema, index) => ({
      name: `t${index}`,
      schema: { type: "object", properties: { x: schema } },
    })),
  );
}

/** What a read of the argument is, in both programs; why, where it is an error. */
function read(value: Json, environment: CelEnvironment, source = "has(mcp.tool.arguments.x)"): string {
  const compiled = compileCondition(source, environment);
  expect(compiled.problems).toEqual([]);
  const result = compiled.evaluate(call(value));
  expect(compiled.partition.opaque).toEqual([]);
  expect(partOf(compiled.partition, call(value))).toBe(result.value);
  return result.value === "error" ? result.reason : result.value;
}

describe("an argument that breaks a keyword of its schema", () => {
  test.each<[Json, Json, string]>([
    [{ type: "number", minimum: 0 }, -5, 'argument "x" is -5, the tool\'s schema says at least 0'],
    [{ type: "integer", maximum: 10 }, 11, 'argument "x" is 11, the tool\'s schema says at most 10'],
    [{ type: "number", exclusiveMinimum: 0 }, 0, 'argument "x" is 0, the tool\'s schema says more than 0'],
    [{ type: "number", exclusiveMaximum: 1 }, 1, 'argument "x" is 1, the tool\'s schema says less than 1'],
    [
      { type: "number", minimum: 0, exclusiveMinimum: true },
      0,
      'argument "x" is 0, the tool\'s schema says more than 0',
    ],
    [
      { type: "number", maximum: 1, exclusiveMaximum: true },
      1,
      'argument "x" is 1, the tool\'s schema says less than 1',
    ],
    [
      { type: "string", enum: ["EUR", "GBP"] },
      "USD",
      'argument "x" is "USD", the tool\'s schema says one of "EUR", "GBP"',
    ],
    [{ type: "string", const: "EUR" }, "USD", 'argument "x" is "USD", the tool\'s schema says "EUR"'],
    [{ type: "integer", enum: [1, 2] }, 3, 'argument "x" is 3, the tool\'s schema says one of 1, 2'],
    [{ type: "boolean", const: true }, false, 'argument "x" is false, the tool\'s schema says true'],
    [
      { type: "string", minLength: 2 },
      "😀",
      'argument "x" has 1 character, the tool\'s schema says at least 2 characters',
    ],
    [
      { type: "string", maxLength: 2 },
      "secret",
      'argument "x" has 6 characters, the tool\'s schema says at most 2 characters',
    ],
    [
      { type: "string", pattern: "^[A-Z]{2}$" },
      "secret",
      'argument "x" does not match, the tool\'s schema says the pattern ^[A-Z]{2}$',
    ],
    [{ type: ["number", "null"], minimum: 0 }, -1, 'argument "x" is -1, the tool\'s schema says at least 0'],
    [
      { type: "number", nullable: true },
      "5",
      'argument "x" is a string, the tool\'s schema says number or null',
    ],
    [
      { type: ["string", "null"], enum: ["a", "b"] },
      null,
      'argument "x" is null, the tool\'s schema says one of "a", "b"',
    ],
  ])("%j of %j", (schema, value, reason) => {
    expect(read(value, withArgument(schema))).toBe(reason);
  });

  test.each<[Json, Json]>([
    [{ type: "number", minimum: 0 }, 0],
    [{ type: "number", minimum: 0, exclusiveMinimum: false }, 0],
    [{ type: "string", enum: ["EUR", "GBP"] }, "EUR"],
    [{ type: "string", minLength: 2, maxLength: 2 }, "😀😀"],
    [{ type: "string", pattern: "b" }, "abc"],
    [{ type: ["number", "null"], minimum: 0 }, null],
    [{ anyOf: [{ type: "string", enum: ["a"] }, { type: "null" }] }, null],
    // RE2 has no lookahead: the pattern says nothing.
    [{ type: "string", pattern: "^(?!a)" }, "a"],
    // Lists and objects are held to their types alone.
    [{ type: "array", maxItems: 1, items: { type: "number", minimum: 0 } }, [-1, -2]],
    [{ type: "object", properties: { a: { type: "number", minimum: 0 } } }, { a: -1 }],
    // What is no keyword: bounds that are no numbers, a divisor of nothing.
    [{ type: "number", minimum: "5", multipleOf: 0, maxLength: 1 }, 1.5],
  ])("not %j of %j", (schema, value) => {
    expect(read(value, withArgument(schema))).toBe("true");
  });

  test("it is the read that fails: what no part reads, or what is decided without it, does not matter", () => {
    const environment = withArgument({ type: "number", minimum: 0 });
    expect(read(-5, environment, 'mcp.tool.name == "t"')).toBe("true");
    expect(read(-5, environment, 'mcp.tool.name == "t" || mcp.tool.arguments.x > 1.0')).toBe("true");
    expect(read(-5, environment, "mcp.tool.arguments.x > 1.0 || true")).toBe("true");
    expect(read(-5, environment, "mcp.tool.arguments.x < 1.0")).toContain("at least 0");
    expect(read(-5, environment, "!(mcp.tool.arguments.x > 1.0)")).toContain("at least 0");
  });

  test("a field of the body and of a comprehension", () => {
    const line = { type: "object", properties: { count: { type: "integer", minimum: 1 } } };
    const environment = plumblineEnvironment().withBody(["post"], {
      type: "object",
      properties: { amount: { type: "number", maximum: 9 }, lines: { type: "array", items: line } },
    });
    const reason = (source: string, body: Json) => {
      const result = compileCondition(source, environment).evaluate({ traffic: "api", http: { body } });
      return result.value === "error" ? result.reason : result.value;
    };
    expect(reason("request.body.amount < 5.0", { amount: 10 })).toBe(
      'field "amount" of the body is 10, its schema says at most 9',
    );
    expect(reason("request.body.lines.exists(l, l.count < 5)", { lines: [{ count: 0 }] })).toBe(
      "l.count is 0, its schema says at least 1",
    );
  });

  test("what predicates cannot say is an atom of the keyword and the attribute", () => {
    const schema = { type: "number", minimum: 0, multipleOf: 0.01 };
    const { partition } = compileCondition("mcp.tool.arguments.x > 1.0", withArgument(schema));
    expect(partition.opaque).toEqual([
      expect.objectContaining({
        text: "mcp.tool.arguments.x is a multiple of 0.01",
        reason: "its schema says so (multipleOf), which predicates cannot",
      }),
    ]);
    const other = compileCondition("has(mcp.tool.arguments.x)", withArgument({ ...schema, maximum: 3 }));
    expect(other.partition.opaque).toEqual(partition.opaque);
    const long = compileCondition(
      'mcp.tool.arguments.x == ""',
      withArgument({ type: "string", maxLength: 5_000, pattern: "\\bword\\b" }),
    );
    expect(long.partition.opaque.map(({ text }) => text)).toEqual([
      "mcp.tool.arguments.x has at most 5000 characters",
      "mcp.tool.arguments.x matches \\bword\\b",
    ]);
  });

  test("atoms of equal texts are one only where the schemas ask the same", () => {
    const key = (schema: Json) =>
      compileCondition("mcp.tool.arguments.x * 2.0 > 3.0", withArgument(schema)).partition.opaque[0]
        ?.attribute.key;
    expect(key({ type: "number", maximum: 5 })).toBe(key({ type: "number", maximum: 5 }));
    expect(key({ type: "number", maximum: 5 })).not.toBe(key({ type: "number", maximum: 6 }));
  });
});

describe("several schemas of one value", () => {
  const typeOf = (...schemas: readonly Json[]) => {
    const { type } = withArgument(...schemas).variables.fields.get("mcp") ?? {};
    const tool = type?.type === "object" ? type.fields.get("tool")?.type : undefined;
    const given = tool?.type === "object" ? tool.fields.get("arguments")?.type : undefined;
    return given?.type === "object" ? given.fields.get("x")?.type : undefined;
  };

  test("of several tools: bounds are those of the wider, lists are joined, what only one asks is dropped", () => {
    expect(
      typeOf(
        { type: "number", minimum: 0, exclusiveMaximum: 5, multipleOf: 1 },
        { type: "number", minimum: -1, maximum: 5, multipleOf: 2 },
      ),
    ).toEqual({
      type: "double",
      constraints: { minimum: { value: -1, isOpen: false }, maximum: { value: 5, isOpen: false } },
    });
    expect(typeOf({ type: "string", enum: ["a"] }, { type: "string", enum: ["b"] })).toEqual({
      type: "string",
      values: ["a", "b"],
      constraints: { values: ["a", "b"] },
    });
    expect(typeOf({ type: "integer", minimum: 0 }, { type: "number" })).toEqual({ type: "double" });
    expect(
      typeOf({ type: "string", pattern: "a", minLength: 2 }, { type: "string", pattern: "b", minLength: 1 }),
    ).toEqual({ type: "string", constraints: { minLength: 1 } });
  });

  test("a field that only one tool has is not held to what that one asks", () => {
    const nested = { type: "object", properties: { a: { type: "string", maxLength: 1 } } };
    const environment = plumblineEnvironment().withToolArguments([
      {
        name: "one",
        schema: { type: "object", properties: { x: { type: "number", minimum: 0 }, y: nested } },
      },
      { name: "two", schema: { type: "object", properties: {} } },
    ]);
    expect(read(-5, environment)).toBe("true");
    const { problems, partition } = compileCondition('mcp.tool.arguments.y.a == "aa"', environment);
    expect(problems).toEqual([]);
    expect(partition.true).toHaveLength(1);
  });

  test("allOf: all of it", () => {
    expect(
      jsonSchemaType({
        allOf: [
          { type: "integer", minimum: 0, enum: [1, 2, 3] },
          { minimum: 2, maximum: 9, exclusiveMaximum: 8, enum: [2, 3, 4] },
        ],
        multipleOf: 2,
      }),
    ).toEqual({
      type: "int",
      constraints: {
        values: [2, 3],
        minimum: { value: 2, isOpen: false },
        maximum: { value: 8, isOpen: true },
        multipleOf: [2],
      },
    });
  });
});

test("hostile patterns ask nothing, and end", () => {
  const huge = "(a{1000}|b)".repeat(90);
  expect(jsonSchemaType({ type: "string", pattern: huge })).toEqual({ type: "string" });
  expect(jsonSchemaType({ type: "string", pattern: "a".repeat(1_001) })).toEqual({ type: "string" });
  const environment = withArgument({ type: "string", pattern: "^(a+)+$" });
  expect(read(`${"a".repeat(5_000)}b`, environment)).toContain("does not match");
});

test("multiples are those of decimal numbers", () => {
  const multiples: readonly [number, number][] = [
    [0.29, 0.01],
    [-6, 3],
    [0, 7],
    [1e300, 1e-10],
    [1.1, 1.1],
  ];
  expect(multiples.map(([value, divisor]) => isMultiple(value, divisor))).toEqual(multiples.map(() => true));
  expect(isMultiple(0.295, 0.01)).toBe(false);
  expect(isMultiple(5, 2)).toBe(false);
});

test("parameters are texts as they are on the wire, and agentgateway knows no schemas", () => {
  const query = [{ name: "x", required: false, schemas: [{ type: "string", enum: ["a"], maxLength: 1 }] }];
  const parameters = operationParameters([], query, [], undefined);
  expect(parameters.query.fields.get("x")?.type).toEqual({
    type: "list",
    of: { type: "string", values: ["a"] },
  });
  const theirs = compileCondition("has(mcp.tool.arguments)", agentgatewayEnvironment());
  expect(theirs.partition.opaque).toEqual([]);
});
