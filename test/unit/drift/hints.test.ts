import { expect, test } from "vitest";
import type { Json } from "../../../server/src/access/interaction.ts";
import { examplePath, exampleText, statedExamples } from "../../../server/src/drift/example-values.ts";

const operation = (path: string, ...parameters: readonly (readonly [string, Json])[]) => ({
  path,
  parameters: parameters.map(([name, schema]) => ({ name, in: "path" as const, required: true, schema })),
});

test.each([
  ["/payments/{id}", {}, "/payments/123"],
  ["/payments/{id}", { type: "string", pattern: "^pay_[a-z0-9]+$" }, "/payments/pay_123"],
  ["/payments/{id}", { type: "string", example: "pay_9f" }, "/payments/pay_9f"],
  ["/payments/{id}", { type: "integer", minimum: 10 }, "/payments/10"],
  ["/payments/{id}", { type: "string", format: "uuid" }, "/payments/3f2504e0-4f89-41d3-9a0c-0305e82c3301"],
  ["/payments/{id}", { enum: ["first", "last"] }, "/payments/first"],
  ["/exports/{day}", { type: "string", format: "date" }, "/exports/2026-01-15"],
  // An example of two segments would be another path.
  ["/files/{id}", { example: "a/b" }, "/files/123"],
  ["/payments/{id}", { pattern: "^(?=a)b$" }, "/payments/123"],
  ["/payments/{id}", { pattern: "^[A-Z]{3}$" }, "/payments/ABC"],
])("a path of %s with %j", (path, schema, expected) => {
  const [, name = ""] = /\{(.*?)\}/.exec(path) ?? [];
  expect(examplePath(operation(path, [name, schema]))).toBe(expected);
});

test.each([
  ["customerId", "123"],
  ["customer_id", "123"],
  ["paid", "paid-1"],
  ["sku", "sku-1"],
  ["orderUuid", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"],
  ["year", "2026"],
  ["strange name!", "strangename-1"],
  ["!", "x-1"],
])("by name: %s", (name, expected) => {
  expect(exampleText(undefined, name)).toBe(expected);
});

test("several parameters, and one that is written nowhere", () => {
  expect(examplePath(operation("/a/{userId}/b/{date}/{sku}", ["userId", { type: "integer" }]))).toBe(
    "/a/1/b/2026-01-15/sku-1",
  );
});

test("a hostile expression costs nothing", () => {
  const text = exampleText({ pattern: `^${"(a|b)*c".repeat(1_000)}$` }, "id");
  expect(text).toBe("123");
});

test("what a schema gives as examples, its own first", () => {
  expect(
    statedExamples({ example: "a", examples: ["b", 3], enum: [true], default: null, const: "c" }),
  ).toEqual(["a", "b", "3", "true", "c"]);
  expect(statedExamples({ examples: { one: "no list" } })).toEqual([]);
  expect(statedExamples(undefined)).toEqual([]);
});
