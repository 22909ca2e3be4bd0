/** The deployed config along one path as one access function over the attributes of the entry request. */
import { opaqueAttribute } from "../access/attribute.ts";
import type { HopBranch, Lost, LoweredHop } from "../access/hop.ts";
import { type AccessFunction, holds, type OpaqueAtom } from "../access/predicate.ts";
import { allowsNothing, conjoin, guarded, type TooMany, union } from "../access/terms.ts";
import { pullBack } from "../access/transfer.ts";
import type { Destination } from "../deployed/adapter.ts";
import { leadsTo } from "../deployed/binding.ts";

export interface PlacedHop {
  readonly enforcementPoint: string;
  readonly destination: Destination;
  readonly lowered: LoweredHop;
}

/**
 * Hop by hop: what a branch lets through must also pass the hops behind it, which see what its transfer leaves.
 * Branches that lead to another workload do not reach the resource and contribute nothing.
 */
export function composePath(hops: readonly PlacedHop[]): AccessFunction | TooMany {
  const [hop, ...rest] = hops;
  if (hop === undefined) return allowsNothing;
  const behind = rest.length === 0 ? undefined : composePath(rest);
  if (behind === "too-many-terms") return behind;
  const parts: AccessFunction[] = [];
  for (const branch of hop.lowered.branches) {
    const part = throughBranch(branch, hop, rest[0], behind);
    if (part === "too-many-terms") return part;
    parts.push(part);
  }
  return union(...parts);
}

function throughBranch(
  branch: HopBranch,
  hop: PlacedHop,
  next: PlacedHop | undefined,
  behind: AccessFunction | undefined,
): AccessFunction | TooMany {
  if (next === undefined || behind === undefined) return guarded(branch.access, branch.guard);
  const leads = branch.upstream === undefined ? true : leadsTo(branch.upstream, next.destination);
  if (leads === false) return allowsNothing;
  const seen = pullBack(behind, branch.transfer, hop.enforcementPoint);
  const arriving = leads === true ? seen : conjoin(unknownRoute(branch, hop, next), seen);
  if (arriving === "too-many-terms") return arriving;
  const both = conjoin(branch.access, arriving);
  return both === "too-many-terms" ? both : guarded(both, branch.guard);
}

/** Whether the upstream is the resource cannot be told from its name: a free atom that has to hold. */
function unknownRoute(branch: HopBranch, hop: PlacedHop, next: PlacedHop): AccessFunction {
  const atom = routeAtom(branch, hop, next);
  return {
    allow: [{ literals: [holds(atom.attribute, { test: "opaque", value: "true" })], origins: [] }],
    deny: [],
    opaque: [atom],
  };
}

function routeAtom(branch: HopBranch, hop: PlacedHop, next: PlacedHop): OpaqueAtom {
  const host = branch.upstream?.host ?? "";
  return {
    attribute: opaqueAttribute(`${hop.enforcementPoint} route ${host} is ${next.destination.resource}`),
    text: `${branch.label} leads to ${host}`,
    reason: `it is not known whether ${host} is ${next.destination.resource}: name its service in \`at.${next.enforcementPoint}.service\``,
    ...(branch.place === undefined ? {} : { place: branch.place }),
  };
}

/** The function of one hop at its destination, over the attributes that this hop sees. */
export function hopFunction(hop: LoweredHop): AccessFunction | TooMany {
  const parts: AccessFunction[] = [];
  for (const branch of hop.branches) {
    const part = guarded(branch.access, branch.guard);
    if (part === "too-many-terms") return part;
    parts.push(part);
  }
  return union(...parts);
}

export function lostOf(hops: readonly PlacedHop[]): readonly Lost[] {
  return hops.flatMap((hop) => hop.lowered.lost);
}
