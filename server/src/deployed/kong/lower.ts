import { opaqueAttribute } from "../../access/attribute.ts";
import type { HopBranch, Lost, LoweredHop } from "../../access/hop.ts";
import { holds, type OpaqueAtom, type Terms } from "../../access/predicate.ts";
import { subtract, termsDisjoint } from "../../access/term-algebra.ts";
import type { Destination, HopContext } from "../adapter.ts";
import { plainlyDisjoint } from "../plainly-disjoint.ts";
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
  const entries = guardedEntries(model);
  const branches: HopBranch[] = [];
  const lost: Lost[] = [];
  for (const [index, one] of entries.entries()) {
    if (!servesDestination(one.entry, destination)) continue;
    one.first ??= firstMatch(one, entries.slice(0, index));
    lost.push(...one.first.lost);
    branches.push(...lowerEntry(model, one.entry, one.first, context, lost));
  }
  return { branches, lost };
}

/** An entry with what it matches, and what it matches first, which is found when a destination needs it. */
interface Entry {
  readonly entry: RouterEntry;
  readonly guard: Guard;
  first?: First;
}

const guardedByModel = new WeakMap<KongModel, readonly Entry[]>();

/** The same for every destination of a model, and with a thousand routes the most of the work. */
function guardedEntries(model: KongModel): readonly Entry[] {
  const known = guardedByModel.get(model);
  if (known !== undefined) return known;
  const entries = routerEntries(model).map((entry) => ({ entry, guard: entryGuard(entry) }));
  guardedByModel.set(model, entries);
  return entries;
}

/** Whether the route can serve a request for one of the destination's hosts. */
export function servesDestination({ route }: RouterEntry, { hosts }: Destination): boolean {
  return hosts.length === 0 || hosts.some((host) => servesHost(route, host));
}

function lowerEntry(
  model: KongModel,
  entry: RouterEntry,
  first: First,
  context: HopContext,
  lost: Lost[],
): readonly HopBranch[] {
  const { route } = entry;
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

interface First {
  readonly terms: Terms;
  readonly opaque: readonly OpaqueAtom[];
  readonly lost: readonly Lost[];
}

/** What the route matches, without what an earlier one takes. */
function firstMatch({ entry, guard }: Entry, before: readonly Entry[]): First {
  const { route } = entry;
  const overlapping = before.filter((earlier) => overlap(earlier.guard.terms, guard.terms));
  const known = [...guard.lost, ...ties(entry, overlapping)];
  const opaque = [...guard.opaque, ...overlapping.flatMap(({ guard: earlier }) => earlier.opaque)];
  const terms = subtract(
    guard.terms,
    overlapping.flatMap(({ guard: earlier }) => earlier.terms),
    guardLimit,
  );
  if (terms !== "too-many-terms") return { terms, opaque, lost: known };
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
    lost: [...known, { text: route.label, reason, place: route.place }],
  };
}

/** Two routes of the same weight that can match the same request: Kong picks by an id that the file may not have. */
function ties(entry: RouterEntry, overlapping: readonly Entry[]): readonly Lost[] {
  return overlapping
    .filter(
      (other) =>
        other.entry.route !== entry.route &&
        sameWeight(other.entry, entry) &&
        other.entry.route.createdAt === entry.route.createdAt,
    )
    .map((other) => ({
      text: `${entry.route.label} and ${other.entry.route.label}`,
      reason:
        "both can match the same request with the same priority; which one Kong takes is not in the file, and the first is assumed",
      place: entry.route.place,
    }));
}

function overlap(a: Terms, b: Terms): boolean {
  return !plainlyDisjoint(a, b) && a.some((one) => b.some((other) => !termsDisjoint(one, other)));
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
