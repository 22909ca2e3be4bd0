/** The example: every mutation that changes anything is killed, in every environment, by scenarios that people can read. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { NodeHost } from "../../../../server/src/host/node.ts";
import { type Generated, generateScenarios } from "../../../../server/src/workspace/boundary/generate.ts";
import type { ControlPlaneSnapshot } from "../../../../server/src/workspace/snapshot.ts";
import { Workspace } from "../../../../server/src/workspace/workspace.ts";

const folder = `${pathToFileURL(path.resolve(import.meta.dirname, "../../../../examples/acme")).href}/`;

async function analysed(
  overlay?: string,
): Promise<{ plane: ControlPlaneSnapshot; findings: readonly string[] }> {
  const workspace = new Workspace(new NodeHost({ roots: () => [folder] }));
  workspace.setFolders([folder]);
  workspace.configure({ drift: false, scenarios: true });
  const uri = `${folder}scenarios/boundary.plumb.yaml`;
  if (overlay !== undefined) workspace.setOverlay(uri, overlay);
  const snapshot = await workspace.analyze();
  const [plane] = snapshot.controlPlanes;
  if (plane === undefined) throw new Error("no control plane");
  return { plane, findings: (snapshot.findings.get(uri) ?? []).map((one) => one.message) };
}

function generate(
  plane: ControlPlaneSnapshot,
  environment: string,
  options: { readonly all?: boolean; readonly rule?: string } = {},
): Generated {
  const here = plane.set.controlPlane.environments.get(environment);
  if (here === undefined) throw new Error(`no environment ${environment}`);
  const source = {
    root: plane.root,
    get: (uri: string) => plane.documents.get(uri) ?? ({ error: "not-found" } as const),
  };
  return generateScenarios(plane.set, here, { source, ...options });
}

let plane: ControlPlaneSnapshot;
beforeAll(async () => {
  ({ plane } = await analysed());
});

describe.each(["production", "staging"])("%s", (environment) => {
  it("what is missing kills every mutation that changes anything, and the file checks clean and passes", async () => {
    const generated = generate(plane, environment);
    const { total, equivalent, undecided, killedByExisting, killedWithGenerated } = generated.mutants;
    expect(undecided).toBe(0);
    expect(generated.survivors).toEqual([]);
    expect(generated.failing).toEqual([]);
    expect(killedWithGenerated).toBe(total - equivalent);
    expect(killedByExisting).toBeGreaterThan(40);
    expect(killedByExisting).toBeLessThan(killedWithGenerated);

    const after = await analysed(generated.text);
    expect(after.findings).toEqual([]);
    const runs = after.plane.runs.filter((one) => one.scenario.suite === "boundary");
    expect(runs.map((one) => one.reason ?? "passed")).toEqual(generated.scenarios.map(() => "passed"));
    expect(new Set(runs.map((one) => one.environment))).toEqual(new Set([environment]));

    // With them nothing is missing any more.
    const again = generate(after.plane, environment);
    expect(again.scenarios).toEqual([]);
    expect(again.mutants).toEqual({ ...generated.mutants, killedByExisting: killedWithGenerated });
  });
});

it("has a case inside and one outside of every rule that changes anything, where all are asked for", () => {
  const { scenarios, equivalent } = generate(plane, "production", { all: true });
  for (const rule of plane.set.policies.flatMap((policy) => policy.rules)) {
    const kills = (decision: string) =>
      scenarios
        .filter(({ fields }) => fields.expect.decision === decision)
        .some(
          ({ fields, kills: ids }) =>
            // A rule for everybody and everything has its boundary where names end.
            fields.description?.startsWith(`Just outside ${rule.id};`) === true ||
            ids.some((id) => id.startsWith(`${rule.id}: `)),
        );
    expect(kills("deny"), rule.id).toBe(true);
    const isRedundant = equivalent.some((one) => one.id === `${rule.id}: the rule is removed`);
    expect(kills("allow") || isRedundant, rule.id).toBe(true);
  }
  // Nothing that people would not write: each caller and each request has a form of its own.
  expect(scenarios.filter(({ fields }) => "interaction" in fields.request)).toEqual([]);
  const raw = scenarios.filter(({ fields }) => fields.jwt !== undefined || fields.source !== undefined);
  expect(raw.length).toBeLessThan(scenarios.length / 8);
});

it("is the same every time", () => {
  expect(generate(plane, "production").text).toBe(generate(plane, "production").text);
});

it("names what it shows", () => {
  const { text } = generate(plane, "production", { all: true, rule: "ai/copilot-refunds-small-amounts" });
  expect(
    text,
  ).toContain(`    - name: support-copilot for alice of support may not call refund with amount 200.01, just beyond the limit
      description: Just outside ai/copilot-refunds-small-amounts; fails if condition mcp.tool.arguments.amount <= 200.0 is not asked for.
      as: support-copilot
      onBehalfOf: [{ id: alice, issuer: workforce, groups: [support] }]
      request:
        mcp: { server: payments-tools, method: tools/call, params: { name: refund, arguments: { amount: 200.01 } } }
      expect: { decision: deny }
`);
});

it("says what it had no time for", () => {
  const here = plane.set.controlPlane.environments.get("production");
  if (here === undefined) throw new Error("no environment production");
  const { undecided, mutants, survivors } = generateScenarios(plane.set, here, {
    source: { root: plane.root, get: () => ({ error: "not-found" }) },
    existing: [],
    steps: { all: { remaining: 50 }, each: 50 },
  });
  expect(mutants.undecided).toBe(undecided.length);
  expect(undecided.length).toBeGreaterThan(0);
  expect(undecided[0]?.reason).toMatch(/^Too complex/);
  expect(survivors).toEqual([]);
});
