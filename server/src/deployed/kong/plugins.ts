import { opaqueAttribute } from "../../access/attribute.ts";
import type { OpaqueAtom } from "../../access/predicate.ts";
import { setText } from "./config.ts";
import type { KongModel, KongPlugin, KongRoute } from "./model.ts";

/** Plugins that never decide whether a request goes on. CORS answers preflight requests only. */
const harmless: ReadonlySet<string> = new Set(
  (
    "app-dynamics correlation-id cors datadog exit-transformer file-log grpc-web http-log kafka-log loggly " +
    "opentelemetry prometheus proxy-cache proxy-cache-advanced request-transformer " +
    "request-transformer-advanced response-transformer response-transformer-advanced statsd statsd-advanced " +
    "syslog tcp-log tls-metadata-headers udp-log upstream-timeout zipkin"
  ).split(" "),
);

/** Plugins that may end a request, but never say who the caller is. */
const neverAuthenticates: ReadonlySet<string> = new Set(
  (
    "ai-azure-content-safety ai-mcp-proxy ai-prompt-guard ai-proxy ai-proxy-advanced ai-rate-limiting-advanced " +
    "ai-request-transformer ai-semantic-prompt-guard bot-detection json-threat-protection mocking " +
    "oas-validation opa rate-limiting rate-limiting-advanced request-size-limiting request-termination " +
    "request-validator response-ratelimiting route-by-header service-protection websocket-validator " +
    "injection-protection xml-threat-protection"
  ).split(" "),
);

/** Kong runs them by priority: jwt 1450 before key-auth 1250. Source: `PRIORITY` in each plugin's handler. */
const authenticating = ["jwt", "key-auth"] as const;

export type AuthName = (typeof authenticating)[number];

/** What is read of one plugin name on one route. */
export type PluginKind = "authentication" | "acl" | "ip-restriction" | "terminates" | "harmless" | "opaque";

export function kindOf(plugin: KongPlugin): PluginKind {
  switch (plugin.name) {
    case "key-auth":
      return "authentication";
    case "jwt":
      // A list claim as the key is not looked up by its members, and nobody relies on what happens instead.
      return setText(plugin.config, "key_claim_name") === "aud" ? "opaque" : "authentication";
    case "acl":
      return hasAclExpressions(plugin) ? "opaque" : "acl";
    case "ip-restriction":
      return "ip-restriction";
    case "request-termination":
      return setText(plugin.config, "trigger") === undefined ? "terminates" : "opaque";
    default:
      return harmless.has(plugin.name) ? "harmless" : "opaque";
  }
}

/** Kong Gateway's newer `allow_when` and `deny_when` take the place of the lists. */
function hasAclExpressions({ config }: KongPlugin): boolean {
  return [config.allow_when, config.deny_when].some((one) => one !== undefined && one !== null);
}

/** Whether an opaque plugin may make the caller a consumer, so that what depends on the consumer is open too. */
export function mayAuthenticate(plugin: KongPlugin): boolean {
  return kindOf(plugin) === "opaque" && !neverAuthenticates.has(plugin.name) && plugin.name !== "acl";
}

/** Whether it ends requests at all: an authentication with `anonymous` lets everybody on. */
export function mayDeny(plugin: KongPlugin): boolean {
  return setText(plugin.config, "anonymous") === undefined;
}

/**
 * The one instance of a plugin that runs for a consumer on a route: the most specific one.
 * Source: Kong `kong/runloop/plugins_iterator.lua` and the documented order of precedence.
 */
export function effective(
  model: KongModel,
  route: KongRoute,
  name: string,
  consumer?: string,
): KongPlugin | undefined {
  let best: KongPlugin | undefined;
  let bestRank = -1;
  for (const plugin of model.plugins) {
    if (plugin.name !== name || plugin.scope.consumerGroup !== undefined) continue;
    const rank = specificity(plugin, route, consumer);
    if (rank > bestRank) {
      best = plugin;
      bestRank = rank;
    }
  }
  return best;
}

/** How specific an instance is for the route and consumer; -1 where it does not apply. */
function specificity({ scope, protocols }: KongPlugin, route: KongRoute, consumer?: string): number {
  if (protocols !== undefined && !protocols.some((one) => route.protocols.includes(one))) return -1;
  if (scope.route !== undefined && scope.route !== route.key) return -1;
  if (scope.service !== undefined && scope.service !== route.service?.key) return -1;
  if (scope.consumer !== undefined && scope.consumer !== consumer) return -1;
  const bits = `${Number(scope.route !== undefined)}${Number(scope.service !== undefined)}${Number(scope.consumer !== undefined)}`;
  // From the global instance up to one for route, service and consumer.
  return ["000", "010", "100", "001", "110", "011", "101", "111"].indexOf(bits);
}

/** The plugins that run whoever the consumer is, one of each name, in the order of the file. */
export function routePlugins(model: KongModel, route: KongRoute): readonly KongPlugin[] {
  const names = new Set(model.plugins.map((plugin) => plugin.name));
  return [...names].flatMap((name) => effective(model, route, name) ?? []);
}

/** The authentications of a route in the order in which they run. */
export function authentications(model: KongModel, route: KongRoute): readonly KongPlugin[] {
  return authenticating.flatMap((name) => {
    const plugin = effective(model, route, name);
    return plugin !== undefined && kindOf(plugin) === "authentication" ? [plugin] : [];
  });
}

/** Names of plugins with instances for single consumers that apply on the route. */
export function perConsumerNames(model: KongModel, route: KongRoute): readonly string[] {
  const names = model.plugins
    .filter(
      (plugin) =>
        plugin.scope.consumer !== undefined &&
        kindOf(plugin) !== "authentication" &&
        kindOf(plugin) !== "acl" &&
        specificity(plugin, route, plugin.scope.consumer) >= 0,
    )
    .map((plugin) => plugin.name);
  return [...new Set(names)];
}

/** Deciding plugins of consumer groups (Kong Gateway Enterprise), which take part for the group's members only. */
export function groupPlugins(model: KongModel, route: KongRoute): readonly KongPlugin[] {
  return model.plugins.filter(
    (plugin) =>
      plugin.scope.consumerGroup !== undefined &&
      kindOf(plugin) !== "harmless" &&
      specificity(plugin, route) >= 0,
  );
}

/** As its users know it: `acl of route payments-read`, `global acl`. */
export function pluginLabel({ name, scope }: KongPlugin, route: KongRoute): string {
  const of: string[] = [];
  if (scope.route !== undefined) of.push(route.label);
  else if (scope.service !== undefined) of.push(`service ${scope.service}`);
  if (scope.consumer !== undefined) of.push(`consumer ${scope.consumer}`);
  if (scope.consumerGroup !== undefined) of.push(`consumer group ${scope.consumerGroup}`);
  return of.length === 0 ? `global ${name}` : `${name} of ${of.join(" and ")}`;
}

/** The plugin as an atom: `true` where it ends the request. The same plugin with the same config is the same atom. */
export function pluginAtom(plugin: KongPlugin, route: KongRoute): OpaqueAtom {
  return {
    // Configs may hold secrets, hence a digest: an atom's id can be shown.
    attribute: opaqueAttribute(`kong plugin ${plugin.name} ${digest(JSON.stringify(plugin.config))}`),
    text: `${pluginLabel(plugin, route)} ends the request`,
    reason: `what the plugin "${plugin.name}" decides is not modelled`,
    place: plugin.place,
  };
}

/** FNV-1a, 64 bits: tells configs apart; it is no cryptographic digest and needs to be none. */
export function digest(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < text.length; at++) {
    hash ^= BigInt(text.charCodeAt(at));
    hash = (hash * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, "0");
}
