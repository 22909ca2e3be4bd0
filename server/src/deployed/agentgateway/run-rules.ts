import { partOf } from "../../access/evaluate-terms.ts";
import type { Interaction } from "../../access/interaction.ts";
import type { Place } from "../../text/place.ts";
import { calls } from "./access.ts";
import { conditionAt, type Moment, partitionAt, unreadable, viewAt } from "./conditions.ts";
import type { JwtPolicy, Rule, RuleSet } from "./model.ts";
import type { TokenState } from "./tokens.ts";
import type { Way } from "./way.ts";

export interface Outcome {
  readonly decision: "allow" | "deny" | "unknown";
  readonly rule?: { readonly label: string; readonly place: Place };
  /** A clause: what the rule says of the request. */
  readonly reason: string;
}

/** What becomes of the token, or why the request ends there. */
export function checkToken(
  policies: readonly JwtPolicy[],
  { jwt }: Interaction,
): { readonly state: TokenState } | { readonly refused: Outcome } {
  let state: TokenState = jwt?.iss === undefined ? "none" : "ignored";
  for (const policy of policies) {
    const refuse = (reason: string) => ({
      refused: { decision: "deny" as const, rule: { label: policy.name, place: policy.place }, reason },
    });
    if (state !== "ignored") {
      if (policy.mode === "strict") return refuse("it is strict, and no token is presented");
      continue;
    }
    const fits = policy.providers.some(({ issuer, audiences, requiresAudience }) => {
      if (jwt?.iss !== issuer) return false;
      if (jwt.aud === undefined) return !requiresAudience;
      return audiences === undefined || jwt.aud.some((one) => audiences.includes(one));
    });
    if (fits) state = "verified";
    else if (policy.mode !== "permissive") {
      return refuse(`it accepts no token of ${jwt?.iss} for ${jwt?.aud?.join(", ") ?? "no audience"}`);
    }
  }
  return { state };
}

/** Runs every lot of rules of a way on one request, one after the other, as agentgateway does. */
export function runRules(way: Way, state: TokenState, view: Interaction): Outcome {
  if (way.ends !== undefined) {
    return {
      decision: "deny",
      rule: { label: way.ends.name, place: way.ends.place },
      reason: "it answers every request itself",
    };
  }
  const token = state === "verified";
  const outcomes: Outcome[] = way.rules.map(({ set, about }) =>
    runSet(set, { about, token, target: undefined }, view),
  );
  if (way.backend.kind === "mcp") outcomes.push(runMcp(way, token, view));
  for (const { name, place } of way.opaque) {
    const reason = `what the policy "${name}" decides is not modelled`;
    outcomes.push({ decision: "unknown", rule: { label: name, place }, reason });
  }
  return (
    outcomes.find((one) => one.decision === "deny") ??
    outcomes.find((one) => one.decision === "unknown") ??
    outcomes.find((one) => one.rule !== undefined && one.decision === "allow") ?? {
      decision: "allow",
      reason: "no rule decides about it",
    }
  );
}

function runMcp({ mcpRules, target }: Way, token: boolean, view: Interaction): Outcome {
  const method = view.mcp?.method;
  if (method === undefined) return { decision: "deny", reason: "the request is no MCP message" };
  const call = calls.find((one) => one.method === method);
  if (call === undefined)
    return { decision: "allow", reason: `rules decide about calls, and ${method} is none` };
  const name = {
    tool: view.mcp?.tool?.name,
    prompt: view.mcp?.prompt?.name,
    resource: view.mcp?.resource?.uri,
  }[call.about];
  if (name === undefined) return { decision: "deny", reason: `the ${method} names no ${call.about}` };
  if (mcpRules === undefined) return { decision: "allow", reason: "there are no MCP rules" };
  return runSet(mcpRules, { about: call.about, token, target: target?.name }, view);
}

type Truth = boolean | "unknown";

/** No rules: allow. A true deny denies, a require that is not true denies, a true allow allows. */
function runSet({ name, rules }: RuleSet, moment: Moment, view: Interaction): Outcome {
  const truths = rules.map((rule) => ({ rule, truth: truthOf(rule, moment, view) }));
  const of = (effect: Rule["effect"]) => truths.filter(({ rule }) => rule.effect === effect);
  const denied = of("deny").find(({ truth }) => truth === true);
  if (denied !== undefined) return outcome("deny", denied.rule, "denies the request");
  const missed = of("require").find(({ truth }) => truth === false);
  if (missed !== undefined)
    return outcome("deny", missed.rule, `is required and ${why(missed.rule, moment, view)}`);
  const allows = of("allow");
  const allowed = allows.find(({ truth }) => truth === true);
  const openAllow = allows.find(({ truth }) => truth === "unknown");
  if (allows.length > 0 && allowed === undefined && openAllow === undefined) {
    const [closest] = allows;
    if (closest === undefined) return { decision: "deny", reason: `no ${name} rule is true` };
    return {
      decision: "deny",
      rule: { label: closest.rule.label, place: closest.rule.place },
      reason:
        allows.length === 1
          ? `is the only allow, and ${why(closest.rule, moment, view)}`
          : `is one of ${allows.length} allows, of which none is true`,
    };
  }
  const open = [...of("deny"), ...of("require")].find(({ truth }) => truth === "unknown");
  const undecided = open ?? (allows.length > 0 && allowed === undefined ? openAllow : undefined);
  if (undecided !== undefined) return outcome("unknown", undecided.rule, "cannot be decided here");
  return allowed === undefined
    ? { decision: "allow", reason: `no ${name} rule denies it` }
    : outcome("allow", allowed.rule, "allows the request");
}

/** An error is not true: a deny that fails denies nothing. */
function truthOf(rule: Rule, moment: Moment, view: Interaction): Truth {
  if (unreadable(rule) !== undefined) return "unknown";
  if (moment.target === undefined && ["tool", "prompt", "resource"].includes(moment.about)) {
    // Several targets share the backend, so that what hangs on the target stays open.
    const part = partOf(partitionAt(rule, moment), view);
    return part === "unknown" ? part : part === "true";
  }
  return conditionAt(rule, moment).evaluate(viewAt(moment, view)).value === "true";
}

function why(rule: Rule, moment: Moment, view: Interaction): string {
  return `it is not true: ${conditionAt(rule, moment).explain(viewAt(moment, view))}`;
}

function outcome(decision: Outcome["decision"], rule: Rule, reason: string): Outcome {
  return { decision, rule: { label: rule.label, place: rule.place }, reason };
}
