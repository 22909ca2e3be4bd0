/** One cause gives one finding: errors, then always false, unreachable, shadowed, redundant, and the rest. */
import { describe, expect, it } from "vitest";
import { linted, type PolicyText } from "./support.ts";

const codes = async (...policies: readonly PolicyText[]): Promise<readonly string[]> =>
  (await linted(...policies)).findings.map((one) => one.code);

/** Rules on one tool; each is what one of the verdicts says, besides whatever else it is. */
const deny = "- { name: no-refunds, effect: deny, on: [{ resource: tools, tools: [refund] }] }\n";
const grant =
  "- { name: refunds, effect: allow, subjects: [copilot, staff], on: [{ resource: tools, tools: [refund] }] }\n";
const refund = (rest: string): string =>
  `- { name: refund, effect: allow, subjects: [copilot], on: [{ resource: tools, tools: [refund] }], ${rest} }\n`;

describe("precedence", () => {
  it("an error in the condition, or in the shape of the rule, before everything", async () => {
    expect(await codes(refund("condition: mcp.tool.arguments.amout < 3.0 && false"))).toEqual([
      "cel/unknown-field",
    ]);
    expect(await codes(refund('conditon: "false"'))).toEqual(["schema/unknown-property"]);
  });

  it("an error anywhere keeps its resource out, and no other", async () => {
    const broken =
      "- { name: broken, effect: deny, on: [{ resource: tools }], condition: mcp.tool.nam == 'x' }\n";
    const elsewhere = "- { name: e, effect: allow, subjects: [ghost], on: [{ resource: orders }] }\n";
    expect(await codes(refund('condition: "false"') + broken + elsewhere)).toEqual([
      "cel/unknown-field",
      "unreachable-rule",
    ]);
    const both =
      "- { name: both, effect: allow, subjects: [ghost], on: [{ resource: orders }, { resource: tools }] }\n";
    expect(await codes(both + broken)).toEqual(["cel/unknown-field"]);
  });

  it("always false before unreachable, shadowed and redundant", async () => {
    expect(await codes(deny + grant + refund('condition: "false"'))).toEqual([
      "shadowed-rule",
      "condition-always-false",
    ]);
    expect(
      await codes(
        '- { name: haunt, effect: allow, subjects: [ghost], on: [{ resource: orders }], condition: "false" }\n',
      ),
    ).toEqual(["condition-always-false"]);
  });

  it("unreachable before shadowed and redundant", async () => {
    const rule = refund("condition: source.namespace == 'shop'");
    expect(await codes(deny + rule)).toEqual(["unreachable-rule"]);
    expect(await codes(grant + rule)).toEqual(["unreachable-rule"]);
  });

  it("shadowed before redundant: of two equal rules both never allow", async () => {
    expect(await codes(deny + refund("obligations: { audit: full }") + grant)).toEqual([
      "shadowed-rule",
      "shadowed-rule",
    ]);
  });

  it("redundant before always true and conflicting", async () => {
    expect(await codes(grant + refund("condition: 'mcp.tool.name == \"refund\"'"))).toEqual([
      "redundant-rule",
    ]);
  });

  it("what a condition that says nothing makes of other rules goes with it", async () => {
    const all =
      "- { name: all, effect: deny, on: [{ resource: tools, tools: [refund] }], condition: 'mcp.tool.name == \"refund\"' }\n";
    expect(await codes(all + refund("obligations: { audit: full }"))).toEqual(["condition-always-true"]);
  });
});

describe("what a rule lets through", () => {
  const everything = async (...policies: readonly PolicyText[]): Promise<readonly string[]> =>
    (await linted(...policies)).all.map((one) => one.code).sort();
  const asks = (rest = "", subjects = "checkout"): string =>
    `- { name: asks, effect: allow, subjects: [${subjects}], on: [{ resource: gpt }]${rest} }\n`;
  const never = ', condition: "false"';

  it("is said of a rule that lets something through", async () => {
    expect(await everything(asks())).toEqual(["missing-budget"]);
    expect(await everything(asks("", "old"))).toEqual(["retired-identity-referenced"]);
    expect(await everything(asks("", "checkout, old"))).toEqual([
      "missing-budget",
      "retired-identity-referenced",
    ]);
  });

  it.each([
    ["an error in the condition", asks(", condition: \"llm.requestModl == 'gpt'\""), "cel/unknown-field"],
    ["a condition that is always false", asks(never), "condition-always-false"],
    ["one of a retired subject, too", asks(never, "old"), "condition-always-false"],
    ["a caller that nobody can prove to be", asks("", "ghost"), "unreachable-rule"],
    ["a subject that nobody declared", asks("", "nobody"), "reference/unknown-identity"],
  ])("is not said of %s", async (_what, rules, code) => {
    expect(await everything(rules)).toEqual([code]);
  });

  it("is not said of what is denied as a whole", async () => {
    const shadow = "- { name: none, effect: deny, on: [{ resource: gpt }] }\n";
    expect(await everything(shadow + asks())).toEqual(["shadowed-rule"]);
    expect(await everything(shadow + asks("", "old"))).toEqual(["shadowed-rule"]);
  });

  it("is said of the subjects beside one that nobody declared", async () => {
    const rules = asks("", "checkout, nobody");
    expect(await everything(rules)).toEqual(["missing-budget", "reference/unknown-identity"]);
    const { all } = await linted(rules);
    expect(all.find((one) => one.code === "missing-budget")?.message).toContain("lets checkout call gpt");
  });
});

describe("mode: audit", () => {
  it("decides nothing, and is looked at for what never applies only", async () => {
    const audited = {
      audit: `${deny}${grant}${refund('condition: "true"')}- { name: off, effect: deny, on: [{ resource: tools }], condition: "false" }\n`,
    };
    expect(await codes(refund("obligations: { audit: full }"), audited)).toEqual([
      "dry-run-in-production",
      "condition-always-false",
    ]);
    const { said } = await linted(grant, {
      audit: "- { name: h, effect: deny, subjects: [ghost], on: [{ resource: orders }] }\n",
    });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^unreachable-rule: p1\/h /);
  });
});

describe("what is not known", () => {
  it("an opaque condition gives no finding of its own, and the same one twice cancels", async () => {
    const opaque = 'condition: "mcp.tool.arguments.amount * 2.0 > double(size(mcp.tool.arguments.note))"';
    expect(await codes(refund(opaque))).toEqual([]);
    const [found] = (await linted(refund(opaque) + refund(opaque).replace("refund", "again"))).said;
    expect(found).toMatch(/^redundant-rule: p0\/refund allows exactly the requests that p0\/again allows, /);
    // Another opaque condition may say anything.
    expect(
      await codes(refund(opaque) + refund(opaque.replace("2.0", "3.0")).replace("refund", "again")),
    ).toEqual([]);
  });

  it("a condition of which only a part is opaque", async () => {
    const never = "mcp.tool.arguments.amount * 2.0 > 5.0 && mcp.tool.name == 'lookup'";
    expect(await codes(refund(`condition: "${never}"`))).toEqual(["condition-always-false"]);
  });
});
