/** Calls of tools that break the schemas of their tools or not: the evaluator and the lowering say the same of them. */
import { expect, test, vi } from "vitest";
import { termsHold } from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction, Json } from "../../../server/src/access/interaction.ts";
import { lowerResource } from "../../../server/src/policy/lower/resource.ts";
import { lowerRule } from "../../../server/src/policy/lower/rules.ts";
import { decide } from "../../../server/src/simulate/decide.ts";
import { build } from "../policy/support.ts";
import { Random, some } from "./random.ts";
import { inputSchema } from "./random-schema.ts";

const isDeep = process.env.PLUMBLINE_DEEP !== undefined;
const worlds = isDeep ? 5_000 : 150;
// A few seconds of work; the limit allows for machines that are busy.
vi.setConfig({ testTimeout: isDeep ? 1_800_000 : 90_000 });
const tools = ["refund", "lookup"];
const conditions = [
  "mcp.tool.arguments.amount <= 200.0",
  "mcp.tool.arguments.amount != 5.0",
  "mcp.tool.arguments.amount in [5, 6]",
  '!has(mcp.tool.arguments.note) || mcp.tool.arguments.note.startsWith("a")',
  'mcp.tool.arguments.note != "x" && mcp.tool.arguments.amount > 1.0',
  'mcp.tool.arguments.note.matches("b") || mcp.tool.arguments.amount < 6.0',
  "!(mcp.tool.arguments.count == 5)",
  "mcp.tool.arguments.urgent ? mcp.tool.arguments.amount < 300.0 : has(mcp.tool.arguments.count)",
];

function world(random: Random, seed: number): Readonly<Record<string, string>> {
  const spec = (kind: string, name: string, body: unknown) =>
    JSON.stringify({ apiVersion: "plumbline/v1", kind, metadata: { name }, spec: body });
  const rules = Array.from({ length: 3 }, (_, index) => ({
    name: `r${index}`,
    effect: random.pick(["allow", "allow", "deny"]),
    subjects: ["copilot"],
    on: [{ resource: "tools", ...(random.chance(0.7) ? { tools: some(random, tools, 1, 2) } : {}) }],
    condition: random.pick(conditions),
  }));
  return {
    "all.plumb.yaml": [
      spec("ControlPlane", "random", { environments: { production: {} } }),
      spec("Inventory", "all", {
        identities: { copilot: { type: "agent", spiffeId: "spiffe://prod.example/ns/ai/sa/copilot" } },
        resources: { tools: { type: "mcp-server", tools: "tools.json" } },
      }),
      spec("Policy", "p", { rules }),
    ].join("\n---\n"),
    "tools.json": JSON.stringify({
      tools: tools.map((name) => ({ name, inputSchema: inputSchema(`${name} ${seed}`) })),
    }),
  };
}

function call(random: Random): Interaction {
  const given: Readonly<Record<string, readonly Json[]>> = {
    amount: [5, 5, 6, 5.5, 200, 250, -1, "5", null],
    note: ["abc", "a", "ab", "x", "", null, 7],
    count: [0, 1, 5, 5, 1.5],
    urgent: [true, false, "true"],
  };
  const entries = Object.entries(given).flatMap(([name, values]) =>
    random.chance(0.85) ? [[name, random.pick(values)] as const] : [],
  );
  return {
    traffic: "ai",
    source: { principal: "spiffe://prod.example/ns/ai/sa/copilot" },
    destination: { resource: "tools" },
    http: { method: "POST", path: "/mcp" },
    mcp: {
      server: "tools",
      method: "tools/call",
      tool: { name: random.pick(tools), arguments: Object.fromEntries(entries) },
    },
  };
}

test("decide and the lowering agree on calls that break the schema of their tool", () => {
  const seen = { allow: 0, deny: 0, broken: 0, unknown: 0 };
  for (let seed = 1; seed <= worlds; seed++) {
    const random = new Random(seed);
    const files = world(random, seed);
    const { set } = build(files);
    const [resource] = set.resources.values();
    const [environment] = set.controlPlane.environments.values();
    if (resource === undefined || environment === undefined) throw new Error("nothing was built");
    const fn = lowerResource(set, resource, environment);
    const rules = set.policies.flatMap((policy) => policy.rules);
    const terms = new Map(
      rules.map((rule) => [rule.id, lowerRule(rule, resource, { set, environment }).terms]),
    );
    for (let index = 0; index < 20; index++) {
      const decision = decide(set, environment, call(random));
      const told = () =>
        `seed ${seed}\n${JSON.stringify(decision)}\n${files["all.plumb.yaml"]}\n${files["tools.json"]}`;
      expect(decision.trace, told()).toHaveLength(rules.length);
      for (const { rule, outcome, condition } of decision.trace) {
        const holds = termsHold(terms.get(rule) ?? [], decision.interaction);
        if (/schema says (?!string|number|integer|boolean)/.test(condition?.detail ?? "")) seen.broken++;
        if (holds === "unknown") seen.unknown++;
        else expect(outcome !== "does-not-apply", `${rule}: ${told()}`).toBe(holds);
      }
      const [allows, denies] = [fn.allow, fn.deny].map((side) => termsHold(side, decision.interaction));
      if (denies === true || allows === false) expect(decision.decision, told()).toBe("deny");
      else if (denies === false && allows === true) expect(decision.decision, told()).toBe("allow");
      seen[decision.decision === "allow" ? "allow" : "deny"]++;
    }
  }
  const decided = worlds * 20;
  expect(seen.allow, JSON.stringify(seen)).toBeGreaterThan(decided / 10);
  expect(seen.broken, JSON.stringify(seen)).toBeGreaterThan(decided / 5);
  expect(seen.unknown, JSON.stringify(seen)).toBeLessThan(decided / 4);
});
