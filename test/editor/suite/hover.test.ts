/**
 * What a person sees on hovering. The whole texts are pinned in test/lsp; here it counts that the real editor shows
 * them, on the right word.
 */
import { expectEqual, expectTrue, test } from "../runner.ts";
import { hoverAt } from "../workbench.ts";

const POLICY = "policies/ai.plumb.yaml";

/** That the hover on the first `needle` is about all of it, and says each of the parts. */
async function expectHover(name: string, needle: string, ...parts: readonly string[]): Promise<void> {
  const hover = await hoverAt(name, needle, needle.length - 2);
  expectEqual(hover?.about, needle);
  for (const part of parts)
    expectTrue(hover?.text.includes(part) === true, `the hover does not say "${part}":\n${hover?.text}`);
}

test("hover on an identity: what it is, whom it acts for, what it reaches, where it is deployed", async () => {
  await expectHover(
    POLICY,
    "support-copilot",
    "**`support-copilot`** · agent",
    "`spiffe://prod.acme.example/ns/ai/sa/support-copilot` (production)",
    "`spiffe://staging.acme.example/ns/ai/sa/support-copilot` (staging)",
    "acts for `support-staff`",
    "token-exchange, 15m, bound to task",
    "owner support-ai@acme.example",
    "Reaches: ",
    "payments-tools/refund",
    "Used in 2 rules, 6 scenarios",
  );
});

test("hover on a resource: its path, its rules, how it is deployed", async () => {
  await expectHover(
    POLICY,
    "payments-tools",
    "**`payments-tools`** · mcp-server",
    "5 tools",
    "reached by ai-gateway → mesh",
    "`ai/copilot-lookup`",
    "`ai/nobody-deletes-customers`",
    "ai-gateway → mesh wider (production)",
  );
});

test("hover on a rule: who may do what, and when", async () => {
  await expectHover(
    POLICY,
    "copilot-refunds-small-amounts",
    "**`ai/copilot-refunds-small-amounts`** · allow",
    "`support-copilot` for `support-staff` → ",
    "when `mcp.tool.arguments.amount <= 200.0`",
    "1 scenario",
  );
});

test("hover on a keyword is what the schema says of it", async () => {
  await expectHover(
    POLICY,
    "onBehalfOf",
    "The identities for whom the caller acts. With it the rule applies to delegated requests only, without it to direct ones only (RFC 8693 act).",
  );
});

test("hover on an attribute in a condition, plain and folded", async () => {
  const text = "An argument of the tool call, typed by the tool's input schema.";
  await expectHover(POLICY, "mcp.tool.arguments.amount", text);
  await expectHover("mistakes/conditions.plumb.yaml", "mcp.tool.arguments.currency", text);
});

test("hover on an attribute in a quoted condition, behind escapes", async () => {
  const text = String.raw`"mcp.tool.arguments.currency == \"\u20ac\" && mcp.tool.arguments.amount`;
  const hover = await hoverAt("mistakes/conditions.plumb.yaml", text, text.length - 2);
  expectEqual(hover?.about, "mcp.tool.arguments.amount");
});
