import { isHttpRoute, type KongModel, type KongRoute } from "./model.ts";

/** A route with one of its paths: what the router really orders and matches. */
export interface RouterEntry {
  readonly route: KongRoute;
  /** Undefined for a route without paths. */
  readonly path: string | undefined;
  readonly regex: boolean;
}

/**
 * The entries in the order in which the `traditional_compatible` router (the default since 3.0) tries them; the first
 * that matches serves the request. Routes are split by path, as Kong does for paths of different lengths.
 * The weights, high to low: how many of methods, hosts, headers, snis and paths are given; only plain hosts; how many
 * headers; a regular expression as path; its `regex_priority`; the length of a plain path. Ties go by an internal id
 * there; here the older route comes first, then the order of the file, and `sameWeight` tells of ties.
 * Source: Kong `kong/router/transform.lua`, `get_priority`.
 */
export function routerEntries(model: KongModel): readonly RouterEntry[] {
  const known = ordered.get(model);
  if (known !== undefined) return known;
  const weighed = model.routes
    .filter(isHttpRoute)
    .flatMap(entriesOf)
    .map((entry) => ({ entry, weights: weights(entry) }));
  weighed.sort(
    (a, b) => compareWeights(b.weights, a.weights) || a.entry.route.createdAt - b.entry.route.createdAt,
  );
  const entries = weighed.map(({ entry }) => entry);
  ordered.set(model, entries);
  return entries;
}

/** Models never change, so that their order is found once. */
const ordered = new WeakMap<KongModel, readonly RouterEntry[]>();

export function sameWeight(a: RouterEntry, b: RouterEntry): boolean {
  return compareWeights(weights(a), weights(b)) === 0;
}

function entriesOf(route: KongRoute): readonly RouterEntry[] {
  if (route.paths.length === 0 || route.expression !== undefined) {
    return [{ route, path: undefined, regex: false }];
  }
  return route.paths.map(({ text }) =>
    text.startsWith("~") ? { route, path: text.slice(1), regex: true } : { route, path: text, regex: false },
  );
}

function weights({ route, path, regex }: RouterEntry): readonly number[] {
  // An expressions router orders by `priority` alone; files never mix the two kinds, so it may stand first.
  if (route.expression !== undefined) return [route.expression.priority, 0, 0, 0, 0, 0];
  const { methods, hosts, headers, snis, paths } = route;
  const given = [methods, hosts, headers, snis, paths].filter((dimension) => dimension.length > 0).length;
  const onlyPlainHosts = hosts.length > 0 && !hosts.some((host) => host.includes("*"));
  return [
    given,
    onlyPlainHosts ? 1 : 0,
    Math.min(headers.length, 255),
    regex ? 1 : 0,
    regex ? route.regexPriority : 0,
    regex ? 0 : (path?.length ?? 0),
  ];
}

function compareWeights(a: readonly number[], b: readonly number[]): number {
  for (const [index, weight] of a.entries()) {
    const difference = weight - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether the route can serve a request for this host, which may itself be a wildcard. */
export function servesHost(route: KongRoute, host: string): boolean {
  const wanted = host.toLowerCase();
  return route.hosts.length === 0 || route.hosts.some((one) => hostsOverlap(withoutPort(one), wanted));
}

export function withoutPort(host: string): string {
  return host.replace(/:\d+$/, "");
}

function hostsOverlap(routeHost: string, wanted: string): boolean {
  if (routeHost.startsWith("*")) {
    const suffix = routeHost.slice(1);
    return wanted.startsWith("*")
      ? suffix.endsWith(wanted.slice(1)) || wanted.slice(1).endsWith(suffix)
      : wanted.endsWith(suffix);
  }
  if (routeHost.endsWith("*")) {
    return wanted.startsWith("*") || wanted.startsWith(routeHost.slice(0, -1));
  }
  return wanted.startsWith("*") ? routeHost.endsWith(wanted.slice(1)) : routeHost === wanted;
}
