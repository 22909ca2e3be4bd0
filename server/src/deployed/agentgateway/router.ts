import type { Bind, Listener, PathMatch, Route, RouteMatch } from "./model.ts";

/** A route by one of its hostnames and matches: what the router really orders and tries. */
export interface RouterEntry {
  readonly listener: Listener;
  readonly route: Route;
  /** Undefined: every host. */
  readonly hostname: string | undefined;
  readonly match: RouteMatch;
  /** Hostnames of listeners of the same bind that are more specific: their requests are theirs alone. */
  readonly otherListeners: readonly string[];
}

/**
 * The entries of a bind in the order in which they are tried; the first that matches serves the request. The listener
 * is the one with the most specific hostname, and no other is asked; in it, the most specific hostname of a route,
 * an exact path, the longest path, a method, the number of headers, of query parameters, the route's name.
 * Source: `select_best_route` in `http/route.rs`, `RouteSet::insert` in `types/agent.rs`.
 */
export function routerEntries(bind: Bind): readonly RouterEntry[] {
  const entries = bind.listeners.flatMap((listener) => {
    const otherListeners = bind.listeners.flatMap(({ hostname }) =>
      hostname !== undefined && isMoreSpecific(hostname, listener.hostname) ? [hostname] : [],
    );
    return listener.routes.flatMap((route) => {
      const hostnames = route.hostnames.length === 0 ? [undefined] : route.hostnames;
      return hostnames.flatMap((hostname) =>
        route.matches.map((match) => ({ listener, route, hostname, match, otherListeners })),
      );
    });
  });
  return [...entries].sort(compare);
}

function compare(a: RouterEntry, b: RouterEntry): number {
  const left = weights(a);
  const right = weights(b);
  for (const [index, weight] of left.entries()) {
    const difference = (right[index] ?? 0) - weight;
    if (difference !== 0) return difference;
  }
  return a.route.key < b.route.key ? -1 : a.route.key > b.route.key ? 1 : 0;
}

function weights({ listener, hostname, match }: RouterEntry): readonly number[] {
  return [
    specificity(listener.hostname),
    specificity(hostname),
    rank(match.path),
    match.path.path.length,
    match.method === undefined ? 0 : 1,
    match.headers.length,
    match.query.length,
  ];
}

/** Prefixes and expressions compete by their length. */
function rank(path: PathMatch): number {
  return path.kind === "exact" ? 1 : 0;
}

/** An exact name before the longest wildcard before none. */
function specificity(hostname: string | undefined): number {
  if (hostname === undefined) return 0;
  return hostname.startsWith("*") ? hostname.length : 1_000_000;
}

function isMoreSpecific(one: string, than: string | undefined): boolean {
  return one !== than && specificity(one) > specificity(than);
}

/** Whether a host, which may itself be a wildcard, can be one of a hostname's. */
export function hostsOverlap(hostname: string | undefined, host: string): boolean {
  if (hostname === undefined) return true;
  const wanted = host.toLowerCase();
  const suffixes = [hostname, wanted].map((one) => (one.startsWith("*") ? one.slice(1) : undefined));
  const [own, others] = suffixes;
  if (own !== undefined && others !== undefined) return own.endsWith(others) || others.endsWith(own);
  if (own !== undefined) return wanted.endsWith(own);
  return others === undefined ? hostname === wanted : hostname.endsWith(others);
}
