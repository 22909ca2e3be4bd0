/** What rules say of conditions where the schema of an argument decides, too. */
import { expect, test } from "vitest";
import { foundIn, shownIn } from "./found-in.ts";

const withRule = (rule: string) => ({
  "ControlPlane/shop": `
trustDomains: { prod.example: {} }
environments: { production: {} }`,
  "Inventory/shop": `
identities:
  shop: { type: workload, owner: a@b.example, spiffeId: "spiffe://prod.example/ns/shop/sa/shop" }
  bot: { type: agent, owner: a@b.example, spiffeId: "spiffe://prod.example/ns/ai/sa/bot" }
resources:
  payments: { type: mcp-server, owner: a@b.example, tools: tools.json }`,
  "Policy/p": `
rules:
  - ${rule}`,
});

const files = (keywords: object) => ({
  "tools.json": JSON.stringify({
    tools: [
      {
        name: "pay",
        inputSchema: {
          type: "object",
          properties: { amount: { type: "number", ...keywords } },
          required: ["amount"],
        },
      },
    ],
  }),
});

const allow = (condition: string) =>
  withRule(
    `{ name: pay, effect: allow, subjects: [shop], on: [{ resource: payments }], condition: "${condition}" }`,
  );
const deny = (condition: string) =>
  withRule(
    `{ name: no, effect: deny, on: [{ resource: payments, tools: [pay] }], condition: "${condition}" }`,
  );
const messages = async (code: string, ...given: [ReturnType<typeof allow>, object]) =>
  (await foundIn(code, given[0], files(given[1]))).map((one) => one.message);

test("a deny that the schema makes take everything says so", async () => {
  const always = "condition-always-true";
  expect(await messages(always, deny("mcp.tool.arguments.amount >= 0.0"), { minimum: 0 })).toEqual([
    expect.stringContaining("The schema of mcp.tool.arguments.amount says as much already."),
  ]);
  expect(await messages(always, deny("mcp.tool.arguments.amount >= 0.0"), {})).toEqual([]);
  const [own] = await messages(
    always,
    deny("mcp.tool.arguments.amount >= 0.0 || mcp.tool.arguments.amount < 1.0"),
    { minimum: 0 },
  );
  expect(own).toContain("This condition limits nothing");
  expect(own).not.toContain("schema");
});

test("an allow says nothing of it: what breaks the schema is kept out by the condition", async () => {
  expect(
    await messages("condition-always-true", allow("mcp.tool.arguments.amount >= 0.0"), { minimum: 0 }),
  ).toEqual([]);
});

test("an allow that no value of the schema fulfils says so", async () => {
  const never = "condition-always-false";
  expect(await messages(never, allow("mcp.tool.arguments.amount < 0.0"), { minimum: 0 })).toEqual([
    expect.stringContaining("No value of mcp.tool.arguments.amount that keeps to its schema fulfils it"),
  ]);
  expect(await messages(never, allow("mcp.tool.arguments.amount < 0.0"), {})).toEqual([]);
});

test("a divisor in the schema is no limit of the amount", async () => {
  const bot = withRule(
    '{ name: pay, effect: allow, subjects: [bot], on: [{ resource: payments, tools: [pay] }], condition: "mcp.tool.arguments.amount >= 1.0" }',
  );
  expect(await shownIn("tool-without-input-constraint", bot, files({ multipleOf: 0.01 }))).toEqual(["pay"]);
  expect(await shownIn("tool-without-input-constraint", bot, files({ maximum: 9 }))).toEqual([]);
});
