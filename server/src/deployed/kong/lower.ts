import { opaqueAttribute } from "../../access/attribute.ts";
import type { HopBranch, Lost, LoweredHop } from "../../access/hop.ts";
import { holds, type OpaqueAtom, type Terms } from "../../access/predicate.ts";
import { subtract, termsDisjoint } from "../../access/term-algebra.ts";
import type { Destination, HopContext } from "../adapter.ts";
import { routeAccess } from "./access.ts";
import { entryGuard, type Guard } from "./guard.ts";
import { isHttpRoute, type KongModel } from "./model.ts";
import { type RouterEntry, routerEntries, sameWeight, servesHost } from "./router.ts";
import { entryTransfer, pathCases } from "./transfer.ts";
import { upstreamOf } from "./upstream.ts";

/** More terms than this in one guard, and what comes before it is left open. */
const guardLimit = 2_000;

/**
 * The routes that can serve the destination's hosts, as disjoint branches: each is what its route matches and no
 * route before it does.
 */
export function lowerKong(model: KongModel, destination: Destination, context: HopContext): LoweredHop {
  if (destination.transport === "tcp") return { branches: [], lost: streamRoutes(model) };
  const entries = routerEntries(model).map((entry) => ({ entry, guard: entryGuard(entry) }));
  const branches: HopBranch[] = [];
  const lost: Lost[] = [];
  for (const [index, { entry, guard }] of entries.entries()) {
    if (!servesDestination(entry, destination)) continue;
    const before = entries.slice(0, index);
    lost.push(...guard.lost, ...ties(entry, guard, before));
    branches.push(...lowerEntry(model, entry, guard, before, context, lost));
  }
  return { branches, lost };
}

/** Whether the route can serve a request for one of the destination's hosts. */
export function servesDestination({ route }: RouterEntry, { hosts }: Destination): boolean {
  return hosts.length === 0 || hosts.some((host) => servesHost(route, host));
}

type Entry = { readonly entry: RouterEntry; readonly guard: Guard };

function lowerEntry(
  model: KongModel,
  entry: RouterEntry,
  guard: Guard,
  before: readonly Entry[],
  context: HopContext,
  lost: Lost[],
): readonly HopBranch[] {
  const { route } = entry;
  const first = firstMatch(entry, guard, before);
  lost.push(...first.lost);
  if (first.terms.length === 0) return [];
  const { access, lost: lostAccess } = routeAccess(model, route);
  for (const one of lostAccess) {
    if (!lost.some((known) => known.text === one.text && known.place === one.place)) lost.push(one);
  }
  const { rewrites } = entryTransfer(model, entry, context);
  const upstream = upstreamOf(model, route)?.to;
  return pathCases(model, entry).map(({ when, rewrite }) => ({
    label:
      route.paths.length > 1 && entry.path !== undefined ? `${route.label} (${entry.path})` : route.label,
    place: placeOf(entry),
    guard: first.terms.map(({ literals, origins }) => ({ literals: [...literals, ...when], origins })),
    access: { ...access, opaque: [...access.opaque, ...first.opaque] },
    transfer: { rewrites: new Map([...rewrites, ["request.path", rewrite]]) },
    ...(upstream === undefined ? {} : { upstream }),
  }));
}

/** What the route matches, without what an earlier one takes. */
function firstMatch(
  { route }: RouterEntry,
  guard: Guard,
  before: readonly Entry[],
): { readonly terms: Terms; readonly opaque: readonly OpaqueAtom[]; readonly lost: readonly Lost[] } {
  const overlapping = before.filter(({ guard: earlier }) => overlap(earlier.terms, guard.terms));
  const opaque = [...guard.opaque, ...overlapping.flatMap(({ guard: earlier }) => earlier.opaque)];
  const terms = subtract(
    guard.terms,
    overlapping.flatMap(({ guard: earlier }) => earlier.terms),
    guardLimit,
  );
  if (terms !== "too-many-terms") return { terms, opaque, lost: [] };
  const reason = "too many other routes come before it to say which requests are left for it";
  const atom: OpaqueAtom = {
    attribute: opaqueAttribute(`kong first match ${route.key}`),
    text: `no other route comes before ${route.label}`,
    reason,
    place: route.place,
  };
  const open = holds(atom.attribute, { test: "opaque", value: "true" });
  return {
    terms: guard.terms.map(({ literals, origins }) => ({ literals: [...literals, open], origins })),
    opaque: [...guard.opaque, atom],
    lost: [{ text: route.label, reason, place: route.place }],
  };
}

/** Two routes of the same weight that can match the same request: Kong picks by an id that the file may not have. */
function ties(entry: RouterEntry, guard: Guard, before: readonly Entry[]): readonly Lost[] {
  return before
    .filter(
      (other) =>
        other.entry.route !== entry.route &&
        sameWeight(other.entry, entry) &&
        other.entry.route.createdAt === entry.route.createdAt &&
        overlap(other.guard.terms, guard.terms),
    )
    .map((other) => ({
      text: `${entry.route.label} and ${other.entry.route.label}`,
      reason:
        "both can match the same request with the same priority; which one Kong takes is not in the file, and the first is assumed",
      place: entry.route.place,
    }));
}

function overlap(a: Terms, b: Terms): boolean {
  return a.some((one) => b.some((other) => !termsDisjoint(one, other)));
}

function placeOf({ route, path }: RouterEntry) {
  const written = route.paths.find(({ text }) => text.replace(/^~/, "") === path);
  return route.paths.length > 1 && written !== undefined ? written.place : route.place;
}

function streamRoutes(model: KongModel): readonly Lost[] {
  return model.routes
    .filter((route) => !isHttpRoute(route))
    .map((route) => ({
      text: route.label,
      reason: "routes of the stream router (TCP, TLS) are not read",
      place: route.place,
    }));
}
