import type { Destination } from "../adapter.ts";
import type {
  AgentgatewayModel,
  Backend,
  JwtPolicy,
  McpTarget,
  OpaquePolicy,
  Policies,
  RuleSet,
  Unread,
} from "./model.ts";
import { mergePolicies } from "./policies.ts";
import { hostsOverlap, type RouterEntry, routerEntries } from "./router.ts";

/** All that decides about a request of a route on its way to one backend, in the order in which it decides. */
export interface Way {
  readonly backend: Backend;
  readonly target: McpTarget | undefined;
  /** Of the listener, then of the route: a token that the first verified is no longer there for the second. */
  readonly tokens: readonly JwtPolicy[];
  /** Each must let the request pass: of the connection, the listener, the route, the backend. */
  readonly rules: readonly { readonly set: RuleSet; readonly about: "connection" | "request" }[];
  /** One lot of rules for MCP calls, wherever they are attached. */
  readonly mcpRules: RuleSet | undefined;
  readonly ends: Policies["ends"];
  readonly opaque: readonly OpaquePolicy[];
  /** All policies together, for what they do to the request that goes on. */
  readonly all: Policies;
}

/** The bind whose routes lead to the destination, with the entries and the way that each of them opens, if any. */
export interface Table {
  readonly entries: readonly { readonly entry: RouterEntry; readonly way: Way | undefined }[];
  readonly lost: readonly Unread[];
}

/**
 * The routes for a destination. A request does not say by which port it came, so that only one bind can be compared:
 * the first that has a route to the destination; the others are in `lost`.
 */
export function tableFor(model: AgentgatewayModel, destination: Destination): Table {
  const tables = model.binds.map((bind) => ({
    bind,
    entries: routerEntries(bind).map((entry) => ({ entry, way: wayOf(model, entry, destination) })),
  }));
  const leading = tables.filter(({ entries }) => entries.some(({ way }) => way !== undefined));
  const [first, ...others] = leading;
  const lost: Unread[] = [...model.unread];
  for (const { bind } of others) {
    lost.push({
      text: `the bind on port ${bind.port ?? "?"}`,
      reason: `it leads to the same destination as the one on port ${first?.bind.port ?? "?"}, and only that one is compared`,
      place: bind.place,
    });
  }
  for (const { entry, way } of first?.entries ?? []) {
    if (way === undefined || entry.route.backends.length < 2) continue;
    lost.push({
      text: `the other backends of ${entry.route.label}`,
      reason: "requests are spread over several backends by weight; the one of this destination is compared",
      place: entry.route.place,
    });
  }
  return { entries: first?.entries ?? [], lost };
}

function wayOf(model: AgentgatewayModel, entry: RouterEntry, destination: Destination): Way | undefined {
  const { listener, route, hostname } = entry;
  const hosts = destination.hosts;
  const serves = (host: string) => hostsOverlap(listener.hostname, host) && hostsOverlap(hostname, host);
  if (hosts.length > 0 && !hosts.some(serves)) return undefined;
  const found = route.backends.flatMap((backend) => {
    if (destination.target === undefined) return [{ backend, target: onlyTarget(backend) }];
    const target = targetsOf(backend).find((one) => one.name === destination.target);
    return target === undefined ? [] : [{ backend, target }];
  })[0];
  if (found === undefined) return undefined;
  const levels = [listener.policies, route.policies, found.backend.policies];
  const all = [...(found.target === undefined ? [] : [found.target.policies]), ...levels.toReversed()].reduce(
    mergePolicies,
  );
  const sets = [
    { set: model.network.authorization, about: "connection" as const },
    ...levels.map((level) => ({ set: level.authorization, about: "request" as const })),
  ];
  return {
    ...found,
    tokens: [listener.policies.jwt, route.policies.jwt].flatMap((jwt) => jwt ?? []),
    rules: sets.flatMap(({ set, about }) => (set === undefined ? [] : [{ set, about }])),
    mcpRules: all.mcpAuthorization,
    ends: all.ends,
    opaque: all.opaque,
    all,
  };
}

function targetsOf(backend: Backend): readonly McpTarget[] {
  return backend.kind === "mcp" ? backend.targets : [];
}

function onlyTarget(backend: Backend): McpTarget | undefined {
  const targets = targetsOf(backend);
  return targets.length === 1 ? targets[0] : undefined;
}
