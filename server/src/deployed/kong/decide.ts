import type { Interaction } from "../../access/interaction.ts";
import type { Destination, HopContext, HopDecision } from "../adapter.ts";
import { forward } from "./forward.ts";
import { servesDestination } from "./lower.ts";
import { matchEntry } from "./match.ts";
import type { KongModel } from "./model.ts";
import { type RouterEntry, routerEntries } from "./router.ts";
import { runPlugins } from "./run-plugins.ts";
import { upstreamOf } from "./upstream.ts";

/** What Kong does with one request: routes it, runs the plugins, sends it on. Independent of the lowering. */
export function decideKong(
  model: KongModel,
  destination: Destination,
  context: HopContext,
  view: Interaction,
): HopDecision {
  if (destination.transport === "tcp") {
    return { decision: "unknown", reason: "routes of Kong's stream router (TCP, TLS) are not read" };
  }
  return decideFrom(routerEntries(model), 0, { model, destination, context, view });
}

interface Case {
  readonly model: KongModel;
  readonly destination: Destination;
  readonly context: HopContext;
  readonly view: Interaction;
}

function decideFrom(entries: readonly RouterEntry[], from: number, one: Case): HopDecision {
  for (let index = from; index < entries.length; index++) {
    const entry = entries[index];
    if (entry === undefined) break;
    switch (matchEntry(entry, one.view)) {
      case "no":
        continue;
      case "yes":
        return decideEntry(entry, one);
      case "unknown": {
        // Whichever way the open match goes, the answer may be the same: that nobody gets through.
        const taken = decideEntry(entry, one);
        const passed = decideFrom(entries, index + 1, one);
        if (taken.decision === "deny" && passed.decision === "deny") return taken;
        return {
          decision: "unknown",
          rule: { label: entry.route.label, place: entry.route.place },
          reason: `whether ${entry.route.label} matches is not known`,
        };
      }
    }
  }
  return { decision: "deny", reason: "no route matches the request" };
}

function decideEntry(entry: RouterEntry, { model, destination, context, view }: Case): HopDecision {
  const { route } = entry;
  if (!servesDestination(entry, destination)) {
    return {
      decision: "deny",
      rule: { label: route.label, place: route.place },
      reason: `${route.label} takes the request, and it serves none of the hosts of this resource`,
    };
  }
  const { decision, rule, reason } = runPlugins(model, route, view);
  if (decision === "deny") return { decision, rule, reason: sentence(rule.label, "denies", reason) };
  const upstream = upstreamOf(model, route)?.to;
  return {
    decision,
    rule,
    reason: sentence(rule.label, decision === "allow" ? "allows" : "is open about", reason),
    next: forward(model, entry, context, view),
    ...(upstream === undefined ? {} : { upstream }),
  };
}

function sentence(label: string, verb: string, reason: string): string {
  return `${label} ${verb} the request: ${reason}`;
}
