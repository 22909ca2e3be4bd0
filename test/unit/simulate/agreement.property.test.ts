/**
 * The reference evaluator and the lowering are written apart from each other, and must say the same: of every request
 * for a resource, and of every rule.
 */
import { expect, test, vi } from "vitest";
import { termsHold } from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import type { AccessFunction, Terms } from "../../../server/src/access/predicate.ts";
import { policySetIn } from "../../../server/src/policy/in-environment.ts";
import { lowerResource } from "../../../server/src/policy/lower/resource.ts";
import { lowerRule } from "../../../server/src/policy/lower/rules.ts";
import type { Environment, PolicySet, Resource, Rule } from "../../../server/src/policy/model.ts";
import { decide } from "../../../server/src/simulate/decide.ts";
import type { Decision } from "../../../server/src/simulate/decision.ts";
import { resolveResource } from "../../../server/src/simulate/targets.ts";
import { build } from "../policy/support.ts";
import { Random } from "./random.ts";
import { Drawn } from "./random-documents.ts";
import { request } from "./random-request.ts";
import { world } from "./random-world.ts";

const isDeep = process.env.PLUMBLINE_DEEP !== undefined;
// A few seconds of work; the limit allows for machines that are busy.
vi.setConfig({ testTimeout: isDeep ? 1_800_000 : 90_000 });
const worlds = isDeep ? 6_000 : 150;
const requestsEach = 25;

/** Lowered once for each resource of a world in an environment. */
class Lowered {
  readonly #functions = new Map<string, AccessFunction>();
  readonly #rules = new Map<string, Terms>();

  constructor(
    private readonly set: PolicySet,
    private readonly environment: Environment,
  ) {}

  function(resource: Resource): AccessFunction {
    const known = this.#functions.get(resource.name) ?? lowerResource(this.set, resource, this.environment);
    this.#functions.set(resource.name, known);
    return known;
  }

  rule(id: string, resource: Resource): Terms {
    const key = `${id} on ${resource.name}`;
    const known = this.#rules.get(key);
    if (known !== undefined) return known;
    const { terms } = lowerRule(ruleOf(this.set, id), resource, {
      set: this.set,
      environment: this.environment,
    });
    this.#rules.set(key, terms);
    return terms;
  }
}

function ruleOf(set: PolicySet, id: string): Rule {
  const rule = set.policies.flatMap((policy) => policy.rules).find((one) => one.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return rule;
}

test("decide and the lowering agree on random worlds, rule by rule", () => {
  const seen = { allow: 0, deny: 0, refused: 0, unknown: 0, applies: 0, listed: 0 };
  // Rules that apply, by what they are about: what is never drawn is not tested.
  const kinds = {
    delegated: 0,
    required: 0,
    bound: 0,
    tcp: 0,
    prompt: 0,
    "MCP resource": 0,
    event: 0,
    rpc: 0,
    svid: 0,
    client: 0,
  };
  // Clients who would be somebody at another gateway than those on the way.
  let elsewhere = 0;
  // Rules that would allow somebody who is retired.
  let retired = 0;
  const drawn = new Drawn();
  for (let seed = 1; seed <= worlds; seed++) {
    const random = new Random(seed);
    const files = world(random);
    const { set } = build(files);
    const environments = [...set.controlPlane.environments.values()];
    const lowered = new Map(environments.map((one) => [one.name, new Lowered(set, one)]));
    for (let index = 0; index < requestsEach; index++) {
      const environment = random.pick(environments);
      const stated = request(random, set, environment);
      const decision = decide(set, environment, stated);
      const told = () =>
        `seed ${seed}, request ${index}, ${environment.name}\n${JSON.stringify(stated)}\n${JSON.stringify(decision)}\n${files["all.plumb.yaml"]}`;
      if (decision.trace.length === 0) {
        // Refused before any rule, or a list: neither is in the domain of the terms.
        if (decision.listed === undefined) expect(decision.decision, told()).toBe("deny");
        seen.refused++;
        continue;
      }
      const resource = resolveResource(policySetIn(set, environment).resources, decision.interaction);
      const terms = lowered.get(environment.name);
      if (resource === undefined || terms === undefined) throw new Error(told());
      if (isKnownElsewhere(set, environment, decision)) elsewhere++;
      const fn = terms.function(set.resources.get(resource.name) ?? resource);
      for (const one of decision.trace) {
        const holds = termsHold(terms.rule(one.rule, resource), decision.interaction);
        if (holds === "unknown") continue;
        if (one.failed?.detail.endsWith("is retired, so that no rule allows it")) retired++;
        if (holds) {
          seen.applies++;
          count(kinds, set, one.rule, decision.interaction);
          drawn.count(resource, ruleOf(set, one.rule), decision.interaction);
        }
        expect(one.outcome !== "does-not-apply", `${one.rule}: ${told()}`).toBe(holds);
      }
      const [allows, denies] = [fn.allow, fn.deny].map((side) => termsHold(side, decision.interaction));
      if (denies === true || allows === false) expect(decision.decision, told()).toBe("deny");
      else if (denies === false && allows === true) expect(decision.decision, told()).toBe("allow");
      else seen.unknown++;
      seen[decision.decision === "allow" ? "allow" : "deny"]++;
      if (decision.decision !== "allow" || stated.mcp?.method !== "tools/call") continue;
      // What may be called is listed, at least where nothing of the call but its method was left out.
      const { tool, prompt: _prompt, ...rest } = stated.mcp;
      const list = decide(set, environment, { ...stated, mcp: { ...rest, method: "tools/list" } });
      if (resource.tools.some((one) => one.name === tool?.name)) {
        expect(list.listed, told()).toContain(tool?.name);
        seen.listed++;
      }
      expect(list.decision, told()).toBe("allow");
    }
  }
  // The property says nothing if nearly all requests are denied, or undecided.
  const decided = seen.allow + seen.deny;
  expect(seen.allow / decided, JSON.stringify(seen)).toBeGreaterThan(0.08);
  expect(seen.unknown / decided, JSON.stringify(seen)).toBeLessThan(0.05);
  expect(seen.applies, JSON.stringify(seen)).toBeGreaterThan(decided / 6);
  expect(seen.listed, JSON.stringify(seen)).toBeGreaterThan(5);
  expect(Math.min(...Object.values(kinds)), JSON.stringify(kinds)).toBeGreaterThanOrEqual(8);
  expect(Math.min(...Object.values(drawn.counts)), JSON.stringify(drawn.counts)).toBeGreaterThanOrEqual(8);
  expect(elsewhere).toBeGreaterThan(20);
  expect(retired).toBeGreaterThan(20);
});

function isKnownElsewhere(
  set: PolicySet,
  environment: Environment,
  { interaction: { client }, callers }: Decision,
): boolean {
  return [...policySetIn(set, environment).identities.values()].some(
    ({ name, deployedAs }) =>
      !callers.includes(name) && [...deployedAs.values()].some(({ consumer }) => consumer === client?.id),
  );
}

function count(
  kinds: Record<
    | "delegated"
    | "required"
    | "bound"
    | "tcp"
    | "prompt"
    | "MCP resource"
    | "event"
    | "rpc"
    | "svid"
    | "client",
    number
  >,
  set: PolicySet,
  id: string,
  { transport, mcp, event, grpc, jwt, client, source }: Interaction,
): void {
  const rule = set.policies.flatMap((policy) => policy.rules).find((one) => one.id === id);
  if (rule?.onBehalfOf !== undefined) kinds.delegated++;
  if (rule?.requires !== undefined) kinds.required++;
  if (rule?.requires?.boundTo !== undefined) kinds.bound++;
  if (transport === "tcp") kinds.tcp++;
  if (mcp?.prompt !== undefined) kinds.prompt++;
  if (mcp?.resource !== undefined) kinds["MCP resource"]++;
  if (event !== undefined) kinds.event++;
  if (grpc !== undefined) kinds.rpc++;
  if (jwt?.sub?.startsWith("spiffe://")) kinds.svid++;
  if (client !== undefined && jwt === undefined && source === undefined && rule?.subjects !== undefined)
    kinds.client++;
}
