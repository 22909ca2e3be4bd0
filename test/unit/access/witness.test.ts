import { expect, test } from "vitest";
import type { Attribute } from "../../../server/src/access/attribute.ts";
import { attribute } from "../../../server/src/access/catalogue.ts";
import type { AttributeValue } from "../../../server/src/access/value.ts";
import { toInteraction } from "../../../server/src/access/witness.ts";

const witness = (...values: readonly (readonly [Attribute, AttributeValue])[]) =>
  toInteraction(new Map(values.map(([one, value]) => [one.key, { attribute: one, value }])), {
    traffic: "api",
  });

test("a witness that speaks of a part of an MCP call alone has a method and a name all the same", () => {
  const amount = attribute("mcp.tool.arguments", "amount");
  expect(witness([amount, { kind: "number", value: 5 }]).mcp).toEqual({
    method: "tools/call",
    tool: { name: "other", arguments: { amount: 5 } },
  });
  const prompt = attribute("mcp.prompt.name");
  expect(witness([prompt, { kind: "text", value: "hello" }]).mcp).toEqual({
    method: "prompts/get",
    prompt: { name: "hello" },
  });
  expect(witness([amount, { kind: "absent" }]).mcp).toBeUndefined();
});
