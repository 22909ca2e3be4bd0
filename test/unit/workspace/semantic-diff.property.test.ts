/**
 * Random edits of random policies: every change is shown by a request that the two reference evaluators decide
 * differently and that its rules take part in, and where nothing is said to change no sampled request is decided
 * differently.
 */
import { expect, test, vi } from "vitest";
import { termHolds } from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import { isCanonicalPath } from "../../../server/src/access/path-domain.ts";
import type { Terms } from "../../../server/src/access/predicate.ts";
import type { Environment, PolicySet } from "../../../server/src/policy/model.ts";
import { decide } from "../../../server/src/simulate/decide.ts";
import { readyComparison } from "../../../server/src/workspace/compare-access.ts";
import { type PolicySide, policyComparands } from "../../../server/src/workspace/policy-comparands.ts";
import { type DecisionChange, semanticDiff } from "../../../server/src/workspace/semantic-diff.ts";
import type { ControlPlaneSnapshot } from "../../../server/src/workspace/snapshot.ts";
import { build } from "../policy/support.ts";
import { Random } from "../simulate/random.ts";
import { request } from "../simulate/random-request.ts";
import { resourceNames, world } from "../simulate/random-world.ts";
import { edited } from "./random-edit.ts";

const isDeep = process.env.PLUMBLINE_DEEP !== undefined;
vi.setConfig({ testTimeout: isDeep || process.env.PLUMBLINE_SEEDS !== undefined ? 3_600_000 : 120_000 });
const [first = 1, last = 0] = (process.env.PLUMBLINE_SEEDS ?? (isDeep ? "1-2000" : "1-15"))
  .split("-")
  .map(Number);
const requestsEach = 200;

/** Random worlds have errors on purpose; what the evaluators make of them is compared all the same. */
function planeOf(set: PolicySet): ControlPlaneSnapshot {
  return {
    root: "file:///",
    set,
    files: [],
    deployed: new Map(),
    deployedFiles: [],
    documents: new Map(),
    watched: [],
    runs: [],
    broken: new Set(),
    drift: new Map(),
    acceptedDrift: new Set(),
  };
}

test("what changes is shown, and what is not said to change does not", () => {
  const seen = { "newly-allows": 0, "newly-denies": 0, equal: 0, unknown: 0 };
  const sampled = { allowed: 0, denied: 0, outside: 0, differ: 0 };
  for (let seed = first; seed <= last; seed++) {
    const random = new Random(seed);
    const files = world(random);
    const [base, current] = [build(files).set, build(edited(random, files)).set];
    const diff = semanticDiff(planeOf(base), planeOf(current));
    const told = (more: unknown) => `seed ${seed}: ${JSON.stringify(more)}`;
    for (const change of diff.changes) {
      seen[change.kind]++;
      expectShown(change, base, current, told);
    }
    expect(new Set(diff.changes.map((one) => one.id)).size, told("ids")).toBe(diff.changes.length);
    if (seed % 5 === 0)
      expect(semanticDiff(planeOf(base), planeOf(current)), told("not stable")).toEqual(diff);
    for (const { name, resources } of diff.environments)
      for (const resource of resources) {
        if (resource.verdict === "equal") seen.equal++;
        if (resource.verdict === "unknown") seen.unknown++;
        const here = diff.changes.filter(
          (one) => one.resource === resource.name && one.environments.includes(name),
        );
        for (const [kind, answer] of [
          ["newly-allows", resource.newlyAllows],
          ["newly-denies", resource.newlyDenies],
        ] as const)
          expect(
            here.some((one) => one.kind === kind),
            told([resource, kind]),
          ).toBe(answer === "yes");
      }
    // The requests are drawn from what rules and resources speak of, and an edit may take these away.
    const isWhole = resourceNames.every((name) => current.resources.has(name)) && rulesOf(current) > 0;
    for (let index = 0; index < requestsEach; index++) {
      const before = random.pick([...base.controlPlane.environments.values()]);
      const after = current.controlPlane.environments.get(before.name);
      if (after === undefined) continue;
      const drawn = request(random, isWhole && random.chance(0.5) ? current : base, before);
      const stated: Interaction = { ...drawn, transport: "http" };
      const name = stated.destination?.resource;
      const answers = diff.environments
        .find((one) => one.name === before.name)
        ?.resources.find((one) => one.name === name);
      if (name === undefined || answers === undefined) continue;
      const [was, is] = [decide(base, before, stated), decide(current, after, stated)];
      if (!isPossible(is.interaction, impossibleTerms(name, base, current, before, after))) {
        sampled.outside++;
        continue;
      }
      sampled[is.decision === "allow" ? "allowed" : "denied"]++;
      if (was.decision === is.decision) continue;
      sampled.differ++;
      const answer = is.decision === "allow" ? answers.newlyAllows : answers.newlyDenies;
      expect(answer, told({ stated, answers, was: was.reason, is: is.reason })).not.toBe("no");
    }
  }
  const counts = JSON.stringify({ seen, sampled });
  if (process.env.PLUMBLINE_SEEDS !== undefined) console.log(counts);
  const runs = last - first + 1;
  // The properties say nothing of what never occurs.
  expect(seen["newly-allows"], counts).toBeGreaterThan(runs / 5);
  expect(seen["newly-denies"], counts).toBeGreaterThan(runs / 3);
  expect(seen.equal, counts).toBeGreaterThan(runs);
  expect(seen.unknown, counts).toBeLessThan(seen.equal / 4);
  expect(sampled.allowed, counts).toBeGreaterThan(runs);
  expect(sampled.differ, counts).toBeGreaterThan(runs / 2);
});

function rulesOf({ policies }: PolicySet): number {
  return policies.flatMap((policy) => policy.rules).length;
}

function expectShown(
  change: DecisionChange,
  base: PolicySet,
  current: PolicySet,
  told: (more: unknown) => string,
): void {
  const [name = ""] = change.environments;
  const { request: shown, left, right } = change.witness;
  const said = [base, current].map((set) => {
    const environment = set.controlPlane.environments.get(name);
    return environment === undefined ? undefined : decide(set, environment, shown);
  });
  const wanted = change.kind === "newly-allows" ? ["deny", "allow"] : ["allow", "deny"];
  expect([left, right], told(change)).toEqual(wanted);
  expect(
    said.map((one) => one?.decision ?? "deny"),
    told(change),
  ).toEqual(wanted);
  // The rules that are named as those that decide are among those that the evaluators say decided.
  const deciding = (said[change.kind === "newly-allows" ? 1 : 0]?.rules ?? []).map((one) => one.rule);
  const denying = (said[change.kind === "newly-allows" ? 0 : 1]?.rules ?? []).map((one) => one.rule);
  const rules = [...change.baseRules, ...change.currentRules].map((one) => one.id);
  expect(
    rules.some((id) => deciding.includes(id) || denying.includes(id)),
    told({ change, deciding, denying }),
  ).toBe(true);
  // A value may well be said not to be of the type null.
  const message = change.message.replaceAll(" of type null", "");
  expect(message, told(change)).not.toMatch(/undefined|\bnull\b| {2}|: \.|\(\)|, \./);
  expect(change.region, told(change)).not.toBe("");
}

const domains = new WeakMap<PolicySet, Map<string, Terms>>();

function impossibleTerms(
  resource: string,
  base: PolicySet,
  current: PolicySet,
  before: Environment,
  after: Environment,
): Terms {
  const known = domains.get(current) ?? new Map<string, Terms>();
  domains.set(current, known);
  const key = `${before.name} ${resource}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const side = (set: PolicySet, environment: Environment): PolicySide => ({
    set,
    environment,
    doubt: () => undefined,
  });
  const { left, right, context } = policyComparands(
    resource,
    side(base, before),
    side(current, after),
    "it is not there",
  );
  const { impossible } = readyComparison(left, right, context).options;
  known.set(key, impossible);
  return impossible;
}

/** The requests that are compared (ARCHITECTURE.md, "Comparison domain"). */
function isPossible(interaction: Interaction, impossible: Terms): boolean {
  const path = interaction.http?.path?.split("?")[0];
  if (path !== undefined && !isCanonicalPath(path)) return false;
  return !impossible.some((term) => termHolds(term, interaction) === true);
}
