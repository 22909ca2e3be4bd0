import type { AgentgatewayModel, Policies, Rule, RuleSet } from "./model.ts";
import { mergeHeaders } from "./read-policies.ts";

/**
 * Two lots of policies of the same phase: authorisation rules add up (a deny of either denies, all requires must
 * hold, one allow of either allows), of everything else the first, more specific one wins.
 * Source: `RuleSets::merge` in `http/authorization.rs`.
 */
export function mergePolicies(a: Policies, b: Policies): Policies {
  return {
    jwt: a.jwt ?? b.jwt,
    authorization: mergeRules(a.authorization, b.authorization),
    mcpAuthorization: mergeRules(a.mcpAuthorization, b.mcpAuthorization),
    ends: a.ends ?? b.ends,
    opaque: [...a.opaque, ...b.opaque],
    backendAuth: a.backendAuth ?? b.backendAuth,
    headers: mergeHeaders(a.headers, b.headers),
    rewrites: [...a.rewrites, ...b.rewrites],
  };
}

function mergeRules(a: RuleSet | undefined, b: RuleSet | undefined): RuleSet | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { name: a.name, rules: [...a.rules, ...b.rules] };
}

/** Every rule of the file once. */
export function allRules(model: AgentgatewayModel): readonly Rule[] {
  const rules = new Map<Rule["node"], Rule>();
  for (const { authorization, mcpAuthorization } of allPolicies(model)) {
    for (const set of [authorization, mcpAuthorization]) {
      for (const rule of set?.rules ?? []) rules.set(rule.node, rule);
    }
  }
  return [...rules.values()];
}

function allPolicies({ network, binds }: AgentgatewayModel): readonly Policies[] {
  const listeners = binds.flatMap((bind) => bind.listeners);
  const routes = listeners.flatMap((listener) => listener.routes);
  const backends = routes.flatMap((route) => route.backends);
  const targets = backends.flatMap((backend) => (backend.kind === "mcp" ? backend.targets : []));
  return [network, ...[...listeners, ...routes, ...backends, ...targets].map((one) => one.policies)];
}
