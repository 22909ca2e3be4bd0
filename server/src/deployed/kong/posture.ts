import type { Problem } from "../../text/problem.ts";
import type { Destination } from "../adapter.ts";
import { flag, setText, strings } from "./config.ts";
import { servesDestination } from "./lower.ts";
import type { KongModel, KongPlugin, KongRoute } from "./model.ts";
import { authentications, effective, pluginLabel } from "./plugins.ts";
import { routerEntries } from "./router.ts";

/** Settings of the authentications that guard the destination that weaken them, each once, at the plugin. */
export function postureKong(model: KongModel, destination: Destination): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const entry of routerEntries(model)) {
    if (!servesDestination(entry, destination)) continue;
    for (const plugin of authentications(model, entry.route)) {
      for (const problem of weaknesses(model, entry.route, plugin)) {
        const key = `${problem.code} ${model.plugins.indexOf(plugin)}`;
        if (!problems.has(key)) problems.set(key, problem);
      }
    }
  }
  return [...problems.values()];
}

function weaknesses(model: KongModel, route: KongRoute, plugin: KongPlugin): readonly Problem[] {
  const label = pluginLabel(plugin, route);
  const found: Problem[] = [];
  if (plugin.name === "jwt" && !strings(plugin.config, "claims_to_verify").includes("exp")) {
    found.push({
      code: "drift/jwt-expiry-unchecked",
      severity: "warning",
      message: `${label} does not check when tokens expire: "claims_to_verify" lacks "exp", so that a stolen token works for ever. Set claims_to_verify: [exp].`,
      place: plugin.place,
    });
  }
  if (plugin.name === "key-auth" && flag(plugin.config, "key_in_query", true)) {
    found.push({
      code: "drift/key-in-query",
      severity: "information",
      message: `${label} takes API keys from the query too, where they end up in logs and browser histories. Set key_in_query: false unless a client needs it.`,
      place: plugin.place,
    });
  }
  const anonymous = setText(plugin.config, "anonymous");
  if (anonymous !== undefined && !keepsOut(model, route, anonymous)) {
    found.push({
      code: "drift/anonymous-fallback",
      severity: "warning",
      message: `${label} lets callers without a valid credential on as the consumer "${anonymous}", and nothing keeps them out of ${route.label}. Take "anonymous" away, add an acl plugin, or end that consumer's requests with request-termination.`,
      place: plugin.place,
    });
  }
  return found;
}

/** Kong's documentation ends the requests of the anonymous consumer to say that one of several credentials must do. */
function keepsOut(model: KongModel, route: KongRoute, anonymous: string): boolean {
  const consumer = model.consumers.find((one) => one.keys.includes(anonymous));
  const ends = effective(model, route, "request-termination", consumer?.name);
  return effective(model, route, "acl") !== undefined || ends !== undefined;
}
