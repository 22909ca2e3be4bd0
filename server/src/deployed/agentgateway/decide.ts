import type { Interaction } from "../../access/interaction.ts";
import type { Destination, HopContext, HopDecision } from "../adapter.ts";
import { forward } from "./forward.ts";
import { matchEntry } from "./match.ts";
import type { AgentgatewayModel } from "./model.ts";
import type { RouterEntry } from "./router.ts";
import { checkToken, type Outcome, runRules } from "./run-rules.ts";
import { upstreamOf } from "./transfer.ts";
import { type Table, tableFor, type Way } from "./way.ts";

/** What agentgateway does with one request: route, token, rules, backend. Independent of the lowering. */
export function decideAgentgateway(
  model: AgentgatewayModel,
  destination: Destination,
  context: HopContext,
  view: Interaction,
): HopDecision {
  return decideFrom(tableFor(model, destination).entries, 0, context, view);
}

function decideFrom(
  entries: Table["entries"],
  from: number,
  context: HopContext,
  view: Interaction,
): HopDecision {
  for (let index = from; index < entries.length; index++) {
    const one = entries[index];
    if (one === undefined) break;
    const matches = matchEntry(one.entry, view);
    if (matches === "no") continue;
    const taken = decideEntry(one.entry, one.way, context, view);
    if (matches === "yes") return taken;
    const passed = decideFrom(entries, index + 1, context, view);
    if (taken.decision === "deny" && passed.decision === "deny") return taken;
    const { label, place } = one.entry.route;
    return { decision: "unknown", rule: { label, place }, reason: `whether ${label} matches is not known` };
  }
  return { decision: "deny", reason: "no route to this destination matches the request" };
}

function decideEntry(
  { route }: RouterEntry,
  way: Way | undefined,
  context: HopContext,
  view: Interaction,
): HopDecision {
  const own = { label: route.label, place: route.place };
  if (way === undefined) {
    return {
      decision: "deny",
      rule: own,
      reason: `${route.label} takes the request, and it does not lead to this destination`,
    };
  }
  const token = checkToken(way.tokens, view);
  if ("refused" in token) return { ...rest(token.refused), reason: sentence(token.refused, own.label) };
  const outcome = runRules(way, token.state, view);
  const decided = { rule: own, ...rest(outcome), reason: sentence(outcome, own.label) };
  if (outcome.decision === "deny") return decided;
  const upstream = upstreamOf(way);
  return {
    ...decided,
    next: forward(way, token.state, context, view),
    ...(upstream === undefined ? {} : { upstream }),
  };
}

function rest({
  decision,
  rule,
}: Outcome): Pick<HopDecision, "decision"> & { rule?: NonNullable<Outcome["rule"]> } {
  return rule === undefined ? { decision } : { decision, rule };
}

/** "mcpAuthorization rule 2 of route payments-mcp allows the request". */
function sentence({ rule, reason }: Outcome, route: string): string {
  if (rule === undefined) return `${route}: ${reason}`;
  return /^(is|cannot|allows|denies) /.test(reason) ? `${rule.label} ${reason}` : `${rule.label}: ${reason}`;
}
