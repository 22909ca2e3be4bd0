import { expectEqual, expectTrue, test } from "../runner.ts";
import { hoverAt } from "../workbench.ts";

const POLICY = "policies/ai.plumb.yaml";

test("hover on an identity: what it is, whom it acts for, what it reaches", async () => {
  expectEqual(await hoverAt(POLICY, "support-copilot]"), {
    about: "support-copilot",
    text: [
      "**`support-copilot`** · agent · `spiffe://prod.acme.example/ns/ai/sa/support-copilot` (production) · `spiffe://staging.acme.example/ns/ai/sa/support-copilot` (staging)",
      "acts for `support-staff` · token-exchange, 15m, bound to task · owner support-ai@acme.example",
      "Reaches: payments-tools/lookup\\_payment, payments-tools/list\\_refunds, payments-tools/refund (conditionally)",
      "Used in 2 rules, 4 scenarios",
    ].join("\n"),
  });
});

test("hover on a resource: its path, its rules, how it is deployed", async () => {
  expectEqual(await hoverAt(POLICY, "payments-tools"), {
    about: "payments-tools",
    text: [
      "**`payments-tools`** · mcp-server",
      "5 tools · reached by ai-gateway → mesh",
      "Rules: `ai/copilot-lookup`, `ai/copilot-refunds-small-amounts`, `ai/nobody-deletes-customers`",
      "As deployed: ai-gateway → mesh wider (production)",
    ].join("\n"),
  });
});

test("hover on a rule: who may do what, and when", async () => {
  expectEqual(await hoverAt(POLICY, "copilot-refunds-small-amounts"), {
    about: "copilot-refunds-small-amounts",
    text: [
      "**`ai/copilot-refunds-small-amounts`** · allow",
      "`support-copilot` for `support-staff` → payments-tools/refund (conditionally)",
      "when `mcp.tool.arguments.amount <= 200.0`",
      "Decides 1 scenario",
    ].join("\n"),
  });
});

test("hover on a keyword is what the schema says of it", async () => {
  expectEqual(await hoverAt(POLICY, "onBehalfOf"), {
    about: "onBehalfOf",
    text: [
      "**`onBehalfOf`**",
      "The identities for whom the caller acts. With it the rule applies to delegated requests only, without it to direct ones only (RFC 8693 act).",
    ].join("\n"),
  });
});

test("hover on an attribute in a condition, plain, folded and quoted", async () => {
  const places: readonly [string, string][] = [
    [POLICY, "mcp.tool.arguments.amount"],
    ["mistakes/conditions.plumb.yaml", "mcp.tool.arguments.currency"],
    ["mistakes/conditions.plumb.yaml", "mcp.tool.arguments.amount "],
  ];
  for (const [name, attribute] of places) {
    const found = await hoverAt(name, attribute, attribute.trim().length - 2);
    expectEqual(found?.about, attribute.trim());
    expectTrue(
      found?.text.includes("An argument of the tool call, typed by the tool's input schema.") === true,
      `the hover says ${found?.text}`,
    );
  }
});
