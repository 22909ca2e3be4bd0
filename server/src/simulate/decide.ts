/**
 * The reference evaluator: design section 3, nothing more. Default deny; deny overrides; an allow applies when
 * subject, onBehalfOf, target, condition and requires all hold; a deny also where it cannot be decided.
 */
import type { Interaction } from "../access/interaction.ts";
import { isCanonicalPath } from "../access/path-domain.ts";
import { policySetIn } from "../policy/in-environment.ts";
import { lowerResource } from "../policy/lower/resource.ts";
import type { Environment, PolicySet, Rule } from "../policy/model.ts";
import { resolveCallers } from "./callers.ts";
import type { Decision, RuleTrace } from "./decision.ts";
import { isListing, listable } from "./listing.ts";
import { isInvalid, normalise } from "./normalise.ts";
import { union } from "./obligations.ts";
import { type Request, undeclaredDelegation } from "./request.ts";
import { traceRule } from "./rules.ts";
import { pathOf, resolveResource } from "./targets.ts";

export function decide(declared: PolicySet, environment: Environment, stated: Interaction): Decision {
  const prepared = prepare(declared, environment, stated);
  if ("refused" in prepared) return refused(prepared.refused, prepared.interaction, prepared.names);
  const { set, request, names } = prepared;
  const { interaction } = request;
  if (isListing(interaction)) {
    const policy = lowerResource(set, request.resource, environment);
    return listable(policy, request, names);
  }

  const { about, others } = rulesFor(set, request.resource.name);
  const traced = about.map((rule) => ({ rule, trace: traceRule(rule, request) }));
  const applying = traced.filter(({ trace }) => trace.outcome === "applies");
  const denies = applying.filter(({ rule }) => rule.effect === "deny").map(({ trace }) => trace);
  const allows = applying.filter(({ rule }) => rule.effect === "allow");
  const decision = denies.length === 0 && allows.length > 0 ? "allow" : "deny";
  const base = { decision, interaction, ...names } as const;
  // Rules about other resources never apply; most who ask for a decision do not read why.
  let trace: readonly RuleTrace[] | undefined;
  const whole = (rest: Omit<Decision, keyof typeof base | "trace">): Decision => ({
    ...base,
    ...rest,
    get trace() {
      trace ??= [...traced.map((one) => one.trace), ...others.map((rule) => traceRule(rule, request))].sort(
        byCloseness(decision),
      );
      return trace;
    },
  });
  if (denies.length > 0)
    return whole({
      rules: denies,
      reason: `denied by ${denies.map(deniedBy).join(", ")}`,
      obligations: {},
    });
  if (allows.length === 0) {
    const delegation = undeclaredDelegation(request);
    const why = delegation === undefined ? "" : `: ${delegation}`;
    return whole({ rules: [], reason: `no allow rule applies (default deny)${why}`, obligations: {} });
  }
  const deciding = allows.map((one) => one.trace);
  const obligations = union(allows.map(({ rule }) => rule.obligations));
  return whole({ rules: deciding, reason: `allowed by ${labels(deciding)}`, obligations });
}

interface Sorted {
  /** Rules with a target on the resource, in the order of the policies. */
  readonly about: readonly Rule[];
  readonly others: readonly Rule[];
}

const sorted = new WeakMap<PolicySet, Map<string, Sorted>>();

function rulesFor(set: PolicySet, resource: string): Sorted {
  let known = sorted.get(set);
  if (known === undefined) {
    known = new Map();
    sorted.set(set, known);
  }
  let rules = known.get(resource);
  if (rules === undefined) {
    const all = set.policies.flatMap((policy) => policy.rules);
    const isAbout = (rule: Rule) => rule.on.some((target) => target.resource.text === resource);
    rules = { about: all.filter(isAbout), others: all.filter((rule) => !isAbout(rule)) };
    known.set(resource, rules);
  }
  return rules;
}

/** Who calls and what for, before any rule is asked. */
export type Prepared =
  /** Whatever the rules say: invalid input, an ambiguous path, nothing that is declared. The reason is a sentence. */
  | { readonly refused: string; readonly interaction: Interaction; readonly names: Names }
  /** `set` is that of the environment. */
  | { readonly set: PolicySet; readonly request: Request; readonly names: Names };

type Names = Pick<Decision, "callers" | "delegators">;

export function prepare(declared: PolicySet, environment: Environment, stated: Interaction): Prepared {
  const set = policySetIn(declared, environment);
  const inEnvironment = { ...stated, environment: environment.name };
  const interaction = normalise(inEnvironment);
  if (isInvalid(interaction)) {
    const names = { callers: [], delegators: [] };
    return { refused: interaction.invalid, interaction: inEnvironment, names };
  }
  const resource = resolveResource(set.resources, interaction);
  const callers = resolveCallers(set, environment, interaction, resource);
  const names = {
    callers: [...new Set(callers.proofs.map((proof) => proof.identity.name))],
    delegators: callers.proofs.flatMap(({ role, identity }) => (role === "delegator" ? [identity.name] : [])),
  };
  const path = pathOf(interaction);
  if (path !== undefined && resource?.ambiguousPaths !== "accept" && !isCanonicalPath(path)) {
    const why = `the path ${path} is ambiguous: enforcement points read it differently`;
    return { refused: why, interaction, names };
  }
  if (resource === undefined) return { refused: noResource(interaction), interaction, names };
  const delegationLimit = set.controlPlane.limits.delegationDepth;
  return { set, request: { interaction, resource, callers, delegationLimit }, names };
}

function refused(reason: string, interaction: Interaction, names: Names): Decision {
  return { decision: "deny", reason, rules: [], trace: [], obligations: {}, interaction, ...names };
}

function noResource({ destination, mcp }: Interaction): string {
  const named = destination?.resource ?? mcp?.server;
  return named === undefined
    ? "the request is for no declared resource"
    : `the request is for ${named}, which is no declared resource`;
}

const rank = { applies: 0, "would-deny": 1, "would-allow": 1, "does-not-apply": 2 } as const;

/** Of the rules that do not apply, those first that could have changed the decision. */
function byCloseness(decision: "allow" | "deny"): (left: RuleTrace, right: RuleTrace) => number {
  const isNear = (one: RuleTrace) => (one.closeness > 0 && one.effect !== decision ? 0 : 1);
  return (left, right) =>
    rank[left.outcome] - rank[right.outcome] ||
    isNear(left) - isNear(right) ||
    right.closeness - left.closeness;
}

/** A deny applies also where its condition cannot be decided; then that is the reason. */
function deniedBy({ rule, condition }: RuleTrace): string {
  return condition?.value === "error"
    ? `${rule} (its condition cannot be decided: ${condition.detail ?? "error"})`
    : rule;
}

function labels(rules: readonly RuleTrace[]): string {
  return rules.map((one) => one.rule).join(", ");
}
