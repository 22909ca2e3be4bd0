import { opaqueAttribute } from "../../access/attribute.ts";
import type { HopBranch, Lost, LoweredHop } from "../../access/hop.ts";
import { holds, type OpaqueAtom, type Terms } from "../../access/predicate.ts";
import { subtract, termsDisjoint } from "../../access/term-algebra.ts";
import type { Destination, HopContext } from "../adapter.ts";
import { plainlyDisjoint } from "../plainly-disjoint.ts";
import { wayAccess } from "./access.ts";
import { entryGuard, type Guard } from "./guard.ts";
import type { AgentgatewayModel } from "./model.ts";
import type { RouterEntry } from "./router.ts";
import { joinTerms, tokenCases } from "./tokens.ts";
import { upstreamOf, wayTransfer } from "./transfer.ts";
import { tableFor, type Way } from "./way.ts";

/** More terms than this in one guard, and what comes before it is left open. */
const guardLimit = 2_000;

/** The routes that lead to the destination as disjoint branches, one for each thing that can become of a token. */
export function lowerAgentgateway(
  model: AgentgatewayModel,
  destination: Destination,
  context: HopContext,
): LoweredHop {
  const table = tableFor(model, destination);
  const lost: Lost[] = [...table.lost];
  const entries = table.entries.map((one) => ({ ...one, guard: entryGuard(one.entry) }));
  const branches = entries.flatMap(({ entry, way, guard }, index) => {
    if (way === undefined) return [];
    lost.push(...guard.lost);
    const before = entries.slice(0, index).map((one) => one.guard);
    return lowerEntry(entry, way, firstMatch(entry, guard, before), context, lost);
  });
  return { branches, lost: unique(lost) };
}

interface First {
  readonly terms: Terms;
  readonly opaque: readonly OpaqueAtom[];
}

function lowerEntry(
  entry: RouterEntry,
  way: Way,
  first: First,
  context: HopContext,
  lost: Lost[],
): readonly HopBranch[] {
  const upstream = upstreamOf(way);
  return tokenCases(way.tokens).flatMap(({ state, terms }) => {
    const guard = joinTerms(first.terms, terms);
    if (guard.length === 0) return [];
    const { access, lost: lostAccess } = wayAccess(way, state === "verified");
    lost.push(...lostAccess);
    return [
      {
        label: entry.route.label,
        place: entry.route.place,
        guard,
        access: { ...access, opaque: [...access.opaque, ...first.opaque] },
        transfer: wayTransfer(way, state, context),
        ...(upstream === undefined ? {} : { upstream }),
      },
    ];
  });
}

const tooMany = "too many other routes come before it to say which requests are left for it";

/** What an entry matches, without what an earlier one takes. */
function firstMatch({ route }: RouterEntry, guard: Guard, before: readonly Guard[]): First {
  const overlapping = before.filter(
    (earlier) =>
      !plainlyDisjoint(earlier.terms, guard.terms) &&
      earlier.terms.some((one) => guard.terms.some((other) => !termsDisjoint(one, other))),
  );
  const terms = subtract(
    guard.terms,
    overlapping.flatMap((earlier) => earlier.terms),
    guardLimit,
  );
  if (terms !== "too-many-terms") {
    return { terms, opaque: [...guard.opaque, ...overlapping.flatMap((earlier) => earlier.opaque)] };
  }
  const atom: OpaqueAtom = {
    attribute: opaqueAttribute(`agentgateway first match ${route.key}`),
    text: `no other route comes before ${route.label}`,
    reason: tooMany,
    place: route.place,
  };
  const open = holds(atom.attribute, { test: "opaque", value: "true" });
  return {
    terms: guard.terms.map(({ literals, origins }) => ({ literals: [...literals, open], origins })),
    opaque: [...guard.opaque, atom],
  };
}

function unique(lost: readonly Lost[]): readonly Lost[] {
  const kept = new Map(lost.map((one) => [`${one.text} ${one.reason} ${one.place?.start}`, one]));
  return [...kept.values()];
}
