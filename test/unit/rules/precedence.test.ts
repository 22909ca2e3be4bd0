/** One cause gives one finding: errors, then always false, unreachable, shadowed, redundant, and the rest. */
import { describe, expect, it } from "vitest";
import type { Finding } from "../../../server/src/workspace/finding.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { MemoryHost, workspaceFolder } from "../../support/memory-host.ts";
import { foundIn, shownIn } from "./found-in.ts";
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
    // That its only subject is retired is so before anything is denied.
    expect(await everything(shadow + asks("", "old"))).toEqual(["retired-identity-referenced"]);
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

describe("one cause gives one finding", () => {
  const lookup = (name: string, rest: string): string =>
    `- { name: ${name}, effect: allow, subjects: [copilot], on: [{ resource: tools, tools: [lookup] }]${rest} }\n`;
  const every = (texts: readonly Finding[]): readonly string[] => texts.map((one) => one.code).sort();

  it("a prior actor that decides, before the depth of delegation that leaves none", async () => {
    const prior = ", onBehalfOf: [staff], condition: \"jwt.act.act.sub == 'x'\"";
    expect(every((await linted(lookup("l", prior))).all)).toEqual(["prior-actor-in-decision"]);
    const depth = ', onBehalfOf: [staff], condition: "has(jwt.act.act)"';
    expect(every((await linted(lookup("l", depth))).all)).toEqual(["unreachable-rule"]);
    const direct = prior.replace("onBehalfOf: [staff], ", "").replace("==", "!=");
    expect(every((await linted(lookup("l", direct))).all)).toEqual(["prior-actor-in-decision"]);
  });

  it("a named condition that is always false, at its definition", async () => {
    const found = await namedConditions(
      "      - { name: a, ON, conditions: [never] }\n      - { name: b, ON, conditions: [never, reads] }\n",
    );
    expect(found.map(({ shown }) => shown)).toEqual(['"false"']);
    expect(found[0]?.message).toContain("so that p/a and p/b never allow anything");
    const alone = await namedConditions(
      "      - { name: a, ON, conditions: [never] }\n      - { name: b, ON, conditions: [reads] }\n",
    );
    expect(alone).toHaveLength(1);
    expect(alone[0]?.message).toContain("so that p/a never allows anything");
  });

  it("identities that share a proof, before the rules that are the same by it", async () => {
    const documents = (id: string) => ({
      ...controlPlane,
      "Inventory/shop": `identities:
  one: { type: workload, spiffeId: "spiffe://prod.example/ns/shop/sa/one" }
  two: { type: workload, spiffeId: "spiffe://prod.example/ns/shop/sa/${id}" }
resources:
  orders: { type: service, protocol: http, operations: ["GET /orders"] }`,
      "Policy/p": `rules:
  - { name: a, effect: allow, subjects: [one], on: [{ resource: orders }] }
  - { name: b, effect: allow, subjects: [two], on: [{ resource: orders }] }
  - { name: c, effect: allow, subjects: [two], on: [{ resource: orders }] }`,
    });
    expect(await foundIn("identity-reuse", documents("one"))).toHaveLength(1);
    // That the third says the same as the second comes up as soon as the two are different callers.
    expect(await shownIn("redundant-rule", documents("one"))).toEqual([]);
    expect(await shownIn("redundant-rule", documents("two"))).toEqual(["c"]);
  });

  it("an empty list of paths, before a resource without any", async () => {
    const codesWith = async (paths: string) => {
      const text = `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: x }
spec: { trustDomains: { a.example: {} }, environments: { production: { enforcementPoints: { mesh: { type: istio, transparent: true } } } } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: x }
spec:
  identities: { job: { type: workload, spiffeId: "spiffe://a.example/ns/a/sa/a" } }
  resources: { r: { type: service, protocol: http${paths} }, front: { type: service, protocol: http, paths: [[mesh]] } }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec: { rules: [{ name: a, effect: allow, subjects: [job], on: [{ resource: r }] }] }
`;
      const workspace = new Workspace(new MemoryHost({ "x.plumb.yaml": text }));
      workspace.setFolders([workspaceFolder]);
      const all = [...(await workspace.analyze()).findings.values()].flat().map((one) => one.code);
      return all.filter((code) => code === "schema/empty" || code === "unbound-resource");
    };
    expect(await codesWith("")).toEqual(["unbound-resource"]);
    expect(await codesWith(", paths: []")).toEqual(["schema/empty"]);
  });

  it("people with the key of a program: what they should have is said once", async () => {
    const documents = (type: string) => ({
      ...controlPlane,
      "Inventory/shop": `identities:\n  staff: { type: ${type}, credential: { type: api-key, maxTtl: 9d } }`,
    });
    expect(await shownIn("human-uses-nhi", documents("group"))).toEqual(["api-key"]);
    expect(await shownIn("static-credential", documents("group"))).toEqual([]);
    expect(await shownIn("static-credential", documents("workload"))).toEqual(["api-key"]);
  });
});

const controlPlane = {
  "ControlPlane/shop": "trustDomains: { prod.example: {} }\nenvironments: { production: {} }",
};

const namedConditions = (rules: string) =>
  foundIn("condition-always-false", {
    ...controlPlane,
    "Inventory/shop": `identities:
  one: { type: workload, spiffeId: "spiffe://prod.example/ns/shop/sa/one" }
resources:
  orders: { type: service, protocol: http, operations: ["GET /orders"] }`,
    "Policy/p": `conditions:
  never: "false"
  reads: request.method == "GET"
rules:
${rules.replaceAll("ON", "effect: allow, subjects: [one], on: [{ resource: orders }]").replace(/^ {6}/gm, "  ")}`,
  });
