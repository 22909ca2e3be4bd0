/** One mistake of each family, as the editor underlines it: to the letter, since these texts are the product. */
import { expectEqual, test } from "../runner.ts";
import { findingsOf } from "../workbench.ts";

test("schema: an unknown value and an unknown property", async () => {
  expectEqual(await findingsOf("mistakes/schema.plumb.yaml", "schema/enum", "schema/unknown-property"), [
    {
      code: "schema/enum",
      severity: "error",
      message: `"effect" must be allow or deny, but is "alow". Did you mean "allow"?`,
      range: "7:14-7:18",
    },
    {
      code: "schema/unknown-property",
      severity: "error",
      message: `"subject" is not a property of rule "transfers". What it can still have: description, anonymous, condition, conditions, requires, obligations, controls.`,
      range: "8:6-8:13",
    },
  ]);
});

test("references: an identity and a tool that do not exist", async () => {
  const codes = ["reference/unknown-identity", "reference/unknown-tool"];
  expectEqual(await findingsOf("mistakes/references.plumb.yaml", ...codes), [
    {
      code: "reference/unknown-identity",
      severity: "error",
      message: `There is no identity "teler". Did you mean "teller"?`,
      range: "8:17-8:22",
    },
    {
      code: "reference/unknown-tool",
      severity: "error",
      message: `MCP server vault-tools has no tool "withdraw". There is: transfer. Tools come from tools.json.`,
      range: "10:54-10:62",
    },
  ]);
});

test("conditions: the word itself is underlined in a folded and in a quoted scalar", async () => {
  expectEqual(await findingsOf("mistakes/conditions.plumb.yaml", "cel/unknown-field", "cel/type"), [
    {
      code: "cel/unknown-field",
      severity: "error",
      message: `Tool vault-tools/transfer has no argument "amout". Did you mean "amount" (number, required)? Arguments come from tools.json.`,
      range: "13:27-13:32",
    },
    {
      code: "cel/type",
      severity: "error",
      message: `"<=" cannot be used here: mcp.tool.arguments.amount is a double and "200" is a string. To fix it, write 200 without quotes.`,
      // The line has escapes before it: \"\u20ac\" is three characters of CEL and ten of YAML.
      range: "19:92-19:99",
    },
  ]);
});

test("scenarios: one that fails says what it got, and why", async () => {
  expectEqual(await findingsOf("limits/limits.plumb.yaml", "scenario/failed"), [
    {
      code: "scenario/failed",
      severity: "error",
      message: `Scenario "a teller transfers what it may not" fails: expected allow, got deny: no allow rule applies (default deny); closest limits/small-transfers: condition: amount was 250, needed <= 200. (production)`,
      range: "49:26-49:31",
    },
  ]);
});
