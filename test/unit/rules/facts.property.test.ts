/**
 * What the logic rules claim is asked of the reference evaluator, on random control planes whose rules are often copies
 * of each other; and what they do not claim is asked of the comparison, rule by rule.
 */
import { expect, test, vi } from "vitest";
import { attribute } from "../../../server/src/access/catalogue.ts";
import { compare } from "../../../server/src/access/compare.ts";
import { domainOf } from "../../../server/src/access/domain.ts";
import { termsHold } from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import { matchesPattern } from "../../../server/src/access/match-pattern.ts";
import { fails, type Terms } from "../../../server/src/access/predicate.ts";
import { readAttribute } from "../../../server/src/access/read-attribute.ts";
import { buildPolicySet } from "../../../server/src/policy/build/policy-set.ts";
import { policySetIn } from "../../../server/src/policy/in-environment.ts";
import { assumptions, lowerResource } from "../../../server/src/policy/lower/resource.ts";
import type { Environment, PolicySet, Resource, Rule } from "../../../server/src/policy/model.ts";
import { checkSchema } from "../../../server/src/policy/schema-check.ts";
import { allowsOnlyRetired } from "../../../server/src/rules/analysis/credentials.ts";
import { type LogicFacts, logicFacts } from "../../../server/src/rules/analysis/facts.ts";
import type { DeadEntry, Verdict } from "../../../server/src/rules/analysis/verdict.ts";
import { lintContext } from "../../../server/src/rules/lint.ts";
import { decide } from "../../../server/src/simulate/decide.ts";
import { resolveResource } from "../../../server/src/simulate/targets.ts";
import { brokenResources, isBroken } from "../../../server/src/workspace/broken-parts.ts";
import { policyFile, sourceOf } from "../policy/support.ts";
import { Random } from "../simulate/random.ts";
import { request } from "../simulate/random-request.ts";
import { crowded } from "./crowded-world.ts";

const isDeep = process.env.PLUMBLINE_DEEP !== undefined;
vi.setConfig({ testTimeout: isDeep ? 1_800_000 : 120_000 });
const worlds = isDeep ? 4_000 : 150;
const requestsEach = 40;

interface World {
  readonly text: string;
  readonly set: PolicySet;
  readonly facts: LogicFacts;
  readonly broken: (resource: string) => boolean;
}

function worldOf(seed: number): World {
  const files = crowded(new Random(seed));
  const parsed = [policyFile(files["all.plumb.yaml"], "all.plumb.yaml")];
  const built = buildPolicySet(parsed, sourceOf(files));
  const errors = [
    ...parsed.flatMap((file) => file.problems),
    ...parsed.flatMap(checkSchema),
    ...built.problems,
  ];
  const broken = brokenResources(built.set, parsed, errors);
  const isOut = (resource: string): boolean => isBroken(broken, resource);
  return {
    text: files["all.plumb.yaml"],
    set: built.set,
    facts: logicFacts(lintContext(built.set, isOut)),
    broken: isOut,
  };
}

/** The set as if these rules did not stand in it, or others in their place. */
function changed(set: PolicySet, change: (rule: Rule) => Rule | undefined): PolicySet {
  return {
    ...set,
    policies: set.policies.map((policy) => ({
      ...policy,
      rules: policy.rules.flatMap((rule) => change(rule) ?? []),
    })),
  };
}

const time = attribute("context.time");

/** The regions that comparison leaves out, of one resource in one environment. */
function impossible(set: PolicySet, resource: Resource, environment: Environment): Terms {
  return [
    ...assumptions(policySetIn(set, environment), resource, environment).map(({ literals }) => ({
      literals,
      origins: [],
    })),
    { literals: [fails(time, { test: "present" })], origins: [] },
  ];
}

function isInDomain(
  set: PolicySet,
  resource: Resource,
  environment: Environment,
  asked: Interaction,
): boolean {
  if (termsHold(impossible(set, resource, environment), asked) !== false) return false;
  return ["request.method", "request.host", "request.path", "source.principal"].every((id) => {
    const { kinds, text } = domainOf(attribute(id));
    const value = readAttribute(asked, attribute(id));
    if (value.kind !== "text") return kinds.includes(value.kind);
    return text.pattern === undefined || matchesPattern(text.pattern, value.value);
  });
}

function narrowed(rule: Rule, { part, name, place }: DeadEntry): Rule {
  const only = <T extends { readonly text: string; readonly place: unknown }>(
    names: readonly T[] | undefined,
  ) => names?.filter((one) => one.place === place);
  if (part === "subjects" || part === "onBehalfOf") return { ...rule, [part]: only(rule[part]) };
  if (part === "resource") return { ...rule, on: rule.on.filter((one) => one.resource.place === place) };
  const on = rule.on.flatMap((target) => {
    const { operations, tools, prompts, mcpResources, rpcs, events, ...rest } = target;
    const found = { operations, tools, prompts, mcpResources, rpcs, types: events?.types }[part];
    if (only(found)?.length !== 1) return [];
    return part === "types"
      ? [{ ...rest, events: { ...events, types: only(events?.types) ?? [] } }]
      : [{ ...rest, [part]: only(found) }];
  });
  if (on.length !== 1) throw new Error(`${rule.id} does not name ${part} ${name} once`);
  return { ...rule, on };
}

const seen: Record<string, number> = {};
const count = (what: string): void => {
  seen[what] = (seen[what] ?? 0) + 1;
};

function checkVerdict(
  verdict: Verdict,
  { set }: World,
  environment: Environment,
  asked: Interaction,
  told: string,
): void {
  const { rule } = verdict.judged;
  const decision = decide(set, environment, asked);
  const trace = decision.trace.find((one) => one.rule === rule.id);
  const applies = (one: Rule): boolean =>
    decision.trace.some((other) => other.rule === one.id && other.outcome === "applies");
  const why = `${verdict.kind} of ${rule.id}: ${told}`;
  switch (verdict.kind) {
    case "condition-always-false":
    case "unreachable":
      expect(trace?.outcome, why).toBe("does-not-apply");
      break;
    case "shadowed":
      if (trace?.outcome !== "applies") break;
      count("shadowed rule applies");
      expect(verdict.by.some(applies), why).toBe(true);
      expect(decision.decision, why).toBe("deny");
      break;
    case "redundant":
      if (trace?.outcome !== "applies") break;
      count("redundant rule applies");
      expect([...verdict.by, ...verdict.deniedBy].some(applies), why).toBe(true);
      break;
    case "condition-always-true":
      if (trace?.outcome === "applies") count("always true applies");
      expect(trace?.failed?.part, why).not.toBe("condition");
      break;
    case "conflicting":
      for (const entry of verdict.entries) {
        const only = narrowed(rule, entry);
        const here = decide(
          changed(set, (one) => (one === rule ? only : one)),
          environment,
          asked,
        );
        if (!here.trace.some((one) => one.rule === rule.id && one.outcome === "applies")) continue;
        count("dead entry applies");
        expect(
          here.rules.some((one) => entry.by.some((by) => by.id === one.rule)),
          why,
        ).toBe(true);
        expect(here.decision, why).toBe("deny");
      }
      break;
  }
}

/** What changes no decision, by its verdict. */
const idle: ReadonlySet<Verdict["kind"]> = new Set([
  "condition-always-false",
  "unreachable",
  "shadowed",
  "redundant",
]);

test("the reference evaluator confirms every finding, on sampled requests", () => {
  for (let seed = 1; seed <= worlds; seed++) {
    const random = new Random(seed + 7_000);
    const world = worldOf(seed);
    const { set, facts } = world;
    for (const { kind } of facts.verdicts) count(kind);
    if (facts.verdicts.length === 0) continue;
    const idleRules = new Set(
      facts.verdicts.flatMap(({ kind, judged }) =>
        idle.has(kind) && judged.rule.mode === "enforce" ? [judged.rule] : [],
      ),
    );
    const without = changed(set, (rule) => (idleRules.has(rule) ? undefined : rule));
    const environments = [...set.controlPlane.environments.values()];
    for (let index = 0; index < requestsEach; index++) {
      const environment = random.pick(environments);
      const stated = request(random, set, environment);
      const decision = decide(set, environment, stated);
      if (decision.trace.length === 0 || decision.listed !== undefined) continue;
      const asked = decision.interaction;
      const resource = resolveResource(policySetIn(set, environment).resources, asked);
      const declared = resource && set.resources.get(resource.name);
      if (declared === undefined || world.broken(declared.name)) continue;
      if (!isInDomain(set, declared, environment, asked)) continue;
      const told = `seed ${seed}, ${environment.name}\n${JSON.stringify(asked)}\n${world.text}`;
      for (const verdict of facts.verdicts) {
        if (verdict.judged.rule.on.some((target) => target.resource.text === declared.name))
          checkVerdict(verdict, world, environment, stated, told);
      }
      const after = decide(without, environment, stated);
      expect(after.decision, told).toBe(decision.decision);
      expect(after.obligations, told).toEqual(decision.obligations);
      count("requests");
    }
  }
  // The property says nothing of what never comes up.
  const least: Readonly<Record<string, number>> = {
    "condition-always-false": 5,
    unreachable: 20,
    shadowed: 10,
    redundant: 40,
    "condition-always-true": 5,
    conflicting: 5,
    "shadowed rule applies": 10,
    "redundant rule applies": 60,
    "always true applies": 5,
    "dead entry applies": 5,
    requests: 1_000,
  };
  for (const [what, number] of Object.entries(least))
    expect(seen[what] ?? 0, `${what} in ${JSON.stringify(seen)}`).toBeGreaterThanOrEqual(number);
});

test("rules without a finding matter: taking one out changes decisions", () => {
  let matter = 0;
  for (let seed = 1; seed <= worlds; seed++) {
    const { set, facts, broken, text } = worldOf(seed);
    // What a condition that says nothing makes of other rules is left out on purpose.
    if (facts.verdicts.some((one) => one.kind === "condition-always-true")) continue;
    const odd = new Set(facts.verdicts.flatMap(({ kind, judged }) => (idle.has(kind) ? [judged.rule] : [])));
    if (facts.undecided.length > 0) continue;
    const rest = changed(set, (rule) => (odd.has(rule) ? undefined : rule));
    for (const rule of rest.policies.flatMap((policy) => policy.rules)) {
      if (rule.mode === "audit" || Object.keys(rule.obligations).length > 0) continue;
      // That a rule names retired identities alone is the finding of another rule.
      if (allowsOnlyRetired(rule, set)) continue;
      const resources = [...new Set(rule.on.map((target) => target.resource.text))].map((name) =>
        set.resources.get(name),
      );
      if (
        resources.some((one) => one === undefined || broken(one.name) || one.incomplete || one.ambiguousPaths)
      )
        continue;
      const others = changed(rest, (one) => (one === rule ? undefined : one));
      const differs = [...set.controlPlane.environments.values()].some((environment) =>
        resources.some((resource) => {
          if (resource === undefined) return false;
          // A deny matters where no other deny does the same, allowed or not.
          const side = (of: PolicySet) => {
            const fn = lowerResource(of, resource, environment);
            return rule.effect === "allow" ? fn : { allow: fn.deny, deny: [], opaque: fn.opaque };
          };
          const { verdict } = compare(side(rest), side(others), {
            impossible: impossible(set, resource, environment),
          });
          return verdict !== "equal";
        }),
      );
      expect(differs, `seed ${seed}: ${rule.id} says nothing that others do not\n${text}`).toBe(true);
      matter++;
    }
  }
  expect(matter).toBeGreaterThan(100);
});
