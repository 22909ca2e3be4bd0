/** A policy that nobody could compare must not hold up the editor: it ends in bounded steps, as unknown, with the cause. */
import { expect, test } from "vitest";
import { Allowance } from "../../../server/src/drift/allowance.ts";
import { compareEndToEnd } from "../../../server/src/drift/end-to-end.ts";
import { compareHops } from "../../../server/src/drift/per-hop.ts";
import { readyHops } from "../../../server/src/drift/side.ts";
import { Random, some } from "../simulate/random.ts";
import { analyse, pathInputs, read } from "./support/analyse.ts";

const headers = Array.from({ length: 30 }, (_, index) => `x-h${index}`);

/** Each rule is a conjunction over three of thirty headers that are there or not: together a hard tautology problem. */
function hostile(random: Random, rules: number): Record<string, string> {
  const document = (kind: string, name: string, spec: object) =>
    JSON.stringify({ apiVersion: "plumbline/v1", kind, metadata: { name }, spec });
  const picked = () => some(random, headers, 3, 3).map((name) => ({ name, isThere: random.chance(0.5) }));
  const terms = Array.from({ length: rules }, picked);
  const others = Array.from({ length: rules }, picked);
  const present = (isThere: boolean) => (isThere ? { values: ["*"] } : { notValues: ["*"] });
  return {
    "all.plumb.yaml": [
      document("ControlPlane", "hostile", {
        owner: "owner@example.org",
        trustDomains: { "prod.example": {} },
        environments: {
          production: {
            enforcementPoints: {
              mesh: {
                type: "istio",
                transparent: true,
                settings: { trustDomain: "prod.example" },
                deployed: [{ files: "istio.json", completeFor: "all" }],
              },
            },
          },
        },
      }),
      document("Inventory", "all", {
        resources: {
          svc: {
            type: "service",
            operations: ["GET /a"],
            paths: [["mesh"]],
            at: { mesh: { namespace: "shop", labels: { app: "svc" }, port: 8080 } },
          },
        },
      }),
      document("Policy", "many", {
        owner: "owner@example.org",
        rules: terms.map((term, index) => ({
          name: `rule-${index}`,
          effect: "allow",
          anonymous: true,
          on: [{ resource: "svc" }],
          condition: term
            .map(({ name, isThere }) => `${isThere ? "" : "!"}("${name}" in request.headers)`)
            .join(" && "),
        })),
      }),
    ].join("\n---\n"),
    "istio.json": JSON.stringify({
      apiVersion: "security.istio.io/v1",
      kind: "AuthorizationPolicy",
      metadata: { name: "many", namespace: "shop" },
      spec: {
        action: "ALLOW",
        rules: others.map((term) => ({
          to: [{ operation: { methods: ["GET"], paths: ["/a"] } }],
          when: term.map(({ name, isThere }) => ({ key: `request.headers[${name}]`, ...present(isThere) })),
        })),
      },
    }),
  };
}

test("random DNF of 400 terms over 30 headers ends as unknown, in bounded steps, and says that it is too complex", async () => {
  const { plane, snapshot } = await read(hostile(new Random(3), 400), { drift: false });
  const errors = [...snapshot.findings.values()].flat().filter((one) => one.severity === "error");
  expect(errors.map((one) => one.message)).toEqual([]);
  const [input] = pathInputs(plane);
  const hops = input && readyHops(input);
  if (input === undefined || hops === undefined || "missing" in hops) throw new Error("there is no path");
  const allowance = new Allowance(100_000, 150_000);
  const result = compareEndToEnd(input, hops, allowance);
  if ("tooComplex" in result) throw new Error(result.tooComplex);
  expect(result.verdict).toBe("unknown");
  for (const answer of [result.wider, result.narrower]) {
    if (answer.answer !== "unknown") throw new Error(answer.answer);
    expect(answer.reason).toMatch(/^Too complex to decide within the budget/);
  }
  // Nothing starts on a spent budget, so that what is overdrawn is at most one step of each question.
  expect(allowance.left).toBeGreaterThan(-20_000);
  expect(compareHops(input, hops, allowance)).toEqual([{ enforcementPoint: "mesh", verdict: "unknown" }]);
  expect(allowance.left).toBeGreaterThan(-40_000);
});

test("a small policy of the same kind is compared", async () => {
  const { report } = await analyse(hostile(new Random(3), 4));
  expect(report.comparisons.map((one) => one.verdict)).toEqual(["incomparable"]);
  expect(report.refuted).toBe(0);
});

test("questions share what a path may cost", () => {
  const allowance = new Allowance();
  const given: number[] = [];
  for (let count = 0; count < 4; count++)
    allowance.spend((budget) => {
      given.push(budget.remaining);
      budget.remaining -= 800_000;
    });
  expect(given).toEqual([1_000_000, 1_000_000, 400_000, 0]);
  expect(allowance.left).toBeLessThan(0);
});
