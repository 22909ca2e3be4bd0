/**
 * The reference evaluator: design section 3, nothing more. Default deny; deny overrides; an allow applies when
 * subject, onBehalfOf, target, condition and requires all hold; a deny also where it cannot be decided.
 */
import type { Interaction, Json } from "../access/interaction.ts";
import { isCanonicalPath } from "../access/path-domain.ts";
import type { Environment, PolicySet, Rule } from "../policy/model.ts";
import { resolveCallers } from "./callers.ts";
import type { Decision, RuleTrace } from "./decision.ts";
import { isListing, listable } from "./listing.ts";
import { isInvalid, normalise } from "./normalise.ts";
import { traceRule } from "./rules.ts";
import { pathOf, resolveResource } from "./targets.ts";

export function decide(set: PolicySet, environment: Environment, stated: Interaction): Decision {
  const interaction = normalise(stated);
  if (isInvalid(interaction)) return refused(interaction.invalid, stated, []);
  const callers = resolveCallers(set, environment, interaction);
  const names = [...new Set(callers.proofs.map((proof) => proof.identity.name))];
  const path = pathOf(interaction);
  if (path !== undefined && !isCanonicalPath(path))
    return refused(
      `the path ${path} is ambiguous: enforcement points read it differently`,
      interaction,
      names,
    );
  const resource = resolveResource(set.resources, interaction);
  if (resource === undefined) return refused("the request is for no declared resource", interaction, names);
  const delegationLimit = set.controlPlane.limits.delegationDepth;
  const request = { interaction, resource, callers, delegationLimit };
  if (isListing(interaction)) return listable(set, environment, request, names);

  const rules = new Map<string, Rule>();
  for (const policy of set.policies) for (const rule of policy.rules) rules.set(rule.id, rule);
  const trace = [...rules.values()].map((rule) => traceRule(rule, request)).sort(byCloseness);
  const applying = trace.filter((one) => one.outcome === "applies");
  const denies = applying.filter((one) => one.effect === "deny");
  const allows = applying.filter((one) => one.effect === "allow");
  const base = { trace, interaction, callers: names };
  if (denies.length > 0)
    return {
      ...base,
      decision: "deny",
      rules: denies,
      reason: `denied by ${labels(denies)}`,
      obligations: {},
    };
  if (allows.length === 0)
    return {
      ...base,
      decision: "deny",
      rules: [],
      reason: "no allow rule applies (default deny)",
      obligations: {},
    };
  const obligations = union(allows.map((one) => rules.get(one.rule)?.obligations ?? {}));
  return { ...base, decision: "allow", rules: allows, reason: `allowed by ${labels(allows)}`, obligations };
}

function refused(reason: string, interaction: Interaction, callers: readonly string[]): Decision {
  return { decision: "deny", reason, rules: [], trace: [], obligations: {}, interaction, callers };
}

const rank = { applies: 0, "would-deny": 1, "would-allow": 1, "does-not-apply": 2 } as const;

function byCloseness(left: RuleTrace, right: RuleTrace): number {
  return rank[left.outcome] - rank[right.outcome] || right.closeness - left.closeness;
}

function labels(rules: readonly RuleTrace[]): string {
  return rules.map((one) => one.rule).join(", ");
}

/** What must happen is the union over all applicable allows; of two values for one key both are kept, in a list. */
function union(all: readonly Readonly<Record<string, Json>>[]): Readonly<Record<string, Json>> {
  const merged = new Map<string, Json>();
  for (const obligations of all)
    for (const [key, value] of Object.entries(obligations)) {
      const known = merged.get(key);
      if (known === undefined || JSON.stringify(known) === JSON.stringify(value)) merged.set(key, value);
      else merged.set(key, [...(Array.isArray(known) ? known : [known]), value]);
    }
  return Object.fromEntries(merged);
}
