/** What is too complex gives no finding and no guess, and the whole is bounded. */
import { describe, expect, it } from "vitest";
import { budget } from "../../../server/src/access/budget.ts";
import { logicFacts } from "../../../server/src/rules/analysis/facts.ts";
import { lintContext } from "../../../server/src/rules/lint.ts";
import { build } from "../policy/support.ts";

const plane = (rules: readonly string[]) => {
  const { set, problems } = build({
    "all.plumb.yaml": `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: x }
spec: { trustDomains: { a.example: {} }, environments: { production: {} } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: x }
spec:
  identities: { a: { type: workload, spiffeId: "spiffe://a.example/ns/a/sa/a" } }
  resources: { r: { type: service, protocol: http, operations: ["GET /a", "GET /b"] } }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec:
  rules:
${rules.map((rule, index) => `    - { name: r${index}, on: [{ resource: r }], ${rule} }`).join("\n")}
`,
  });
  expect(problems).toEqual([]);
  return lintContext(set, () => false);
};

const equal = Array.from({ length: 60 }, () => "effect: allow, subjects: [a]");

describe("the budget", () => {
  it("that is spent leaves rules undecided, and says nothing of them", () => {
    const context = plane(equal);
    expect(logicFacts(context).verdicts).toHaveLength(59);
    for (const steps of [0, 1, 50, 200, 1_000]) {
      const { verdicts, undecided } = logicFacts(context, budget(steps));
      // A finding that is made is right whatever was left undecided.
      expect(verdicts.every((one) => one.kind === "redundant" && one.by.length === 1)).toBe(true);
      if (steps <= 50) expect(undecided.length).toBeGreaterThan(0);
    }
    expect(logicFacts(context, budget(0))).toMatchObject({ verdicts: [], undecided: { length: 60 } });
  });

  it("bounds what is hard: overlapping denies over thirty claims", () => {
    let seed = 1;
    const next = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const rules = Array.from({ length: 400 }, (_, index) => {
      const claims = Array.from({ length: 3 }, () => `${next(2) === 0 ? "!" : ""}has(jwt.c${next(30)})`);
      const who = index % 4 === 0 ? "effect: deny" : "effect: allow, subjects: [a]";
      return `${who}, condition: "${claims.join(" && ")}"`;
    });
    const steps = budget(100_000);
    const { undecided } = logicFacts(plane(rules), steps);
    expect(undecided.length).toBeGreaterThan(0);
    // What one question may go beyond, and one step for each that is not asked any more.
    expect(steps.remaining).toBeGreaterThan(-20_000);
  });
});
