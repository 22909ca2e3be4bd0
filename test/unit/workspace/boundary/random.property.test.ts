/**
 * On random control planes every generated scenario passes when the ordinary runner runs it, kills what it claims as the
 * reference evaluator says it of the mutated policy, and no request tells a mutation that is said to change nothing.
 */
import { expect, test, vi } from "vitest";
import { termsHold } from "../../../../server/src/access/evaluate-terms.ts";
import { assumptions } from "../../../../server/src/policy/lower/resource.ts";
import type { Environment, PolicySet, Scenario } from "../../../../server/src/policy/model.ts";
import { checkSchema } from "../../../../server/src/policy/schema-check.ts";
import { MutatedPolicy } from "../../../../server/src/simulate/boundary/mutated-policy.ts";
import type { Mutation } from "../../../../server/src/simulate/boundary/mutation.ts";
import { mutationsOf } from "../../../../server/src/simulate/boundary/mutations-of.ts";
import { decide } from "../../../../server/src/simulate/decide.ts";
import { scenarioInteraction } from "../../../../server/src/simulate/scenario.ts";
import { allowance } from "../../../../server/src/workspace/boundary/distinguish.ts";
import { generateScenarios } from "../../../../server/src/workspace/boundary/generate.ts";
import { runScenarios } from "../../../../server/src/workspace/scenario-runs.ts";
import { build, policyFile, short, sourceOf } from "../../policy/support.ts";
import { Random } from "../../simulate/random.ts";
import { request } from "../../simulate/random-request.ts";
import { world } from "../../simulate/random-world.ts";

const isDeep = process.env.PLUMBLINE_DEEP !== undefined;
vi.setConfig({ testTimeout: isDeep ? 1_800_000 : 120_000 });
const worlds = isDeep ? 600 : 10;

/** The policy set as it would be if its author had written the mutation; undefined where no rule can say it. */
function written(set: PolicySet, { change, rules }: Mutation): PolicySet | undefined {
  if (change.by !== "rule") return undefined;
  const [changed] = rules;
  return {
    ...set,
    policies: set.policies.map((policy) => ({
      ...policy,
      rules: policy.rules.flatMap((rule) => (rule.id === changed?.id ? (change.rule ?? []) : rule)),
    })),
  };
}

/** What the ordinary evaluators say under the mutation; undefined where an opaque atom decides. */
function decided(
  set: PolicySet,
  environment: Environment,
  mutation: Mutation,
  policy: MutatedPolicy,
  asked: Parameters<typeof decide>[2],
): { readonly decision: string; readonly rules: readonly string[] | undefined } | undefined {
  const mutated = written(set, mutation);
  if (mutated !== undefined) {
    const { decision, rules } = decide(mutated, environment, asked);
    return { decision, rules: rules.map((one) => one.rule) };
  }
  const { interaction } = decide(set, environment, asked);
  const resource = policy.situation(asked).request?.resource;
  if (resource === undefined) return { decision: "deny", rules: undefined };
  const { allow, deny } = policy.mutatedAccess(mutation, resource);
  const [allows, denies] = [allow, deny].map((terms) => termsHold(terms, interaction));
  if (denies === true || allows === false) return { decision: "deny", rules: undefined };
  return denies === false && allows === true ? { decision: "allow", rules: undefined } : undefined;
}

function fails(scenario: Scenario, outcome: NonNullable<ReturnType<typeof decided>>): boolean {
  if (outcome.decision !== scenario.expect.decision) return true;
  const { rule } = scenario.expect;
  return rule !== undefined && outcome.rules !== undefined && !outcome.rules.includes(rule.text);
}

test("generated scenarios pass, kill what they claim, and nothing else could be told", () => {
  const seen = { scenarios: 0, kills: 0, equivalent: 0, undecided: 0, mutants: 0, asked: 0 };
  for (let seed = 1; seed <= worlds; seed++) {
    const random = new Random(seed);
    const files = world(random);
    const { set } = build(files);
    const environment = random.pick([...set.controlPlane.environments.values()]);
    const source = sourceOf(files);
    const generated = generateScenarios(set, environment, { source, steps: allowance(3_000_000) });
    const where = `seed ${seed}, ${environment.name}\n${files["all.plumb.yaml"]}\n${generated.text}`;
    expect(generated.survivors, where).toEqual([]);

    const file = policyFile(generated.text, "boundary.plumb.yaml");
    expect([...file.problems, ...checkSchema(file)], where).toEqual([]);
    const after = build({ ...files, "boundary.plumb.yaml": generated.text });
    const ofFile = after.problems.filter((one) => one.place.block.uri.endsWith("boundary.plumb.yaml"));
    expect(ofFile.map(short), where).toEqual([]);
    const runs = runScenarios(after.set, new Map(), source);
    expect(
      runs.map((one) => one.reason ?? "passed"),
      where,
    ).toEqual(runs.map(() => "passed"));
    expect(new Set(runs.map((one) => one.environment)).size, where).toBeLessThan(2);
    expect(
      runs.map((one) => one.scenario.name.text),
      where,
    ).toEqual(generated.scenarios.map((one) => one.fields.name));

    const policy = new MutatedPolicy(set, environment);
    const mutations = new Map(mutationsOf(policy).map((one) => [one.id, one]));
    for (const [index, { kills }] of generated.scenarios.entries()) {
      const scenario = runs[index]?.scenario;
      if (scenario === undefined) throw new Error(where);
      const read = scenarioInteraction(scenario, set, environment, source);
      if ("problem" in read) throw new Error(read.problem.message);
      for (const id of kills) {
        const mutation = mutations.get(id);
        if (mutation === undefined) throw new Error(`${id}\n${where}`);
        const outcome = decided(set, environment, mutation, policy, read.interaction);
        if (outcome === undefined) continue;
        const told = outcome.rules === undefined && outcome.decision === scenario.expect.decision;
        // Terms do not say which rule decides, so that a kill by the rule's name is not theirs to confirm.
        if (!told) expect(fails(scenario, outcome), `${scenario.name.text} / ${id}\n${where}`).toBe(true);
        seen.kills++;
      }
    }
    for (let index = 0; index < 40 && generated.equivalent.length > 0; index++) {
      const asked = request(random, set, environment);
      const { interaction, decision } = decide(set, environment, asked);
      const resource = policy.situation(asked).request?.resource;
      if (resource === undefined || policy.situation(asked).kind !== "decided") continue;
      if (
        assumptions(set, resource, environment).some(
          (one) => termsHold([{ literals: one.literals, origins: [] }], interaction) !== false,
        )
      )
        continue;
      seen.asked++;
      for (const mutation of generated.equivalent) {
        const outcome = decided(set, environment, mutation, policy, asked);
        if (outcome !== undefined)
          expect(outcome.decision, `${mutation.id}\n${JSON.stringify(asked)}\n${where}`).toBe(decision);
      }
    }
    seen.scenarios += generated.scenarios.length;
    seen.mutants += generated.mutants.total;
    seen.equivalent += generated.equivalent.length;
    seen.undecided += generated.undecided.length;
  }
  expect(seen.scenarios, JSON.stringify(seen)).toBeGreaterThan(worlds * 5);
  expect(seen.kills, JSON.stringify(seen)).toBeGreaterThan(worlds * 10);
  expect(seen.asked, JSON.stringify(seen)).toBeGreaterThan(worlds);
  expect(seen.undecided / seen.mutants, JSON.stringify(seen)).toBeLessThan(0.1);
});
