/**
 * Each hop against what it could enforce of the policy at its own destination: information, not alarms, since what one
 * hop lets through another may stop. The intent is that of every resource bound to the same destination.
 */

import { attributesOfFunctions } from "../access/attributes-of.ts";
import { newlyAllowed, newlyDenied, verdictOf } from "../access/compare.ts";
import type { AccessFunction, Term } from "../access/predicate.ts";
import { project } from "../access/project.ts";
import { anyOf } from "../access/terms.ts";
import type { Destination } from "../deployed/adapter.ts";
import { destinationAt, leadsTo } from "../deployed/binding.ts";
import { pathsOf } from "../simulate/simulation.ts";
import type { Allowance } from "./allowance.ts";
import { hopFunction } from "./deployed-path.ts";
import { pushForward } from "./push-forward.ts";
import type { PathComparison, Verdict } from "./report.ts";
import {
  impossibleRegions,
  invalidTokens,
  type PathInput,
  policyFunction,
  type ReadyHop,
  readyHops,
} from "./side.ts";
import { visibleOn } from "./visibility.ts";

export function compareHops(
  input: PathInput,
  hops: readonly ReadyHop[],
  allowance: Allowance,
): PathComparison["hops"] {
  return hops.map((hop) => ({
    enforcementPoint: hop.enforcementPoint,
    verdict: compareHop(input, hop, allowance),
  }));
}

function compareHop(input: PathInput, hop: ReadyHop, allowance: Allowance): Verdict {
  const actual = hopFunction(hop.lowered);
  if (actual === "too-many-terms") return "unknown";
  const intents: AccessFunction[] = [];
  const impossible: Term[] = [];
  for (const { member, index, memberHops } of sharing(input, hop)) {
    const intent = intentAt(member, index, memberHops, allowance);
    if (intent === undefined) return "unknown";
    intents.push(...intent);
    // What cannot be is said of entry requests; behind a transfer other regions may be possible.
    if (index === 0) impossible.push(...impossibleRegions(member, memberHops, ...intent, actual).terms);
  }
  const intent = anyOf(intents);
  if (intent === "too-many-terms") return "unknown";
  const visible = visibleOn([{ type: hop.point.type, branches: hop.lowered.branches }]);
  const seen = allowance.spend((budget) => project(intent, visible, { budget }));
  if (seen === "too-complex") return "unknown";
  // As end to end: to refuse a token that no declared issuer made is no drift.
  const refused = invalidTokens(input.set, input.resource, attributesOfFunctions(seen, actual));
  const surplus = allowance.spend((budget) =>
    newlyAllowed(seen, actual, { impossible, budget, maxWitnesses: 1 }),
  );
  const missing = allowance.spend((budget) =>
    newlyDenied(seen, actual, { impossible: [...impossible, ...refused], budget, maxWitnesses: 1 }),
  );
  return verdictOf(surplus.answer, missing.answer);
}

interface Sharing {
  readonly member: PathInput;
  readonly index: number;
  readonly memberHops: readonly ReadyHop[];
}

/** Every path of every resource that meets the hop at the same destination. */
function sharing(input: PathInput, hop: ReadyHop): readonly Sharing[] {
  const key = destinationKey(hop.destination);
  const found: Sharing[] = [];
  for (const resource of input.set.resources.values())
    for (const path of pathsOf(resource)) {
      const index = path.indexOf(hop.enforcementPoint);
      if (index < 0 || destinationKey(destinationAt(resource, hop.enforcementPoint)) !== key) continue;
      const member: PathInput = { ...input, resource, path };
      const memberHops = readyHops(member);
      if (!("missing" in memberHops)) found.push({ member, index, memberHops });
    }
  return found;
}

/** Where the hop stands guard: workload and port, else MCP target, else hosts. */
function destinationKey(destination: Destination): string {
  const { namespace, labels, port, target, hosts } = destination;
  if (namespace !== undefined) return JSON.stringify([namespace, [...labels].sort(), port]);
  return JSON.stringify(target === undefined ? [...hosts].sort() : target);
}

/** The policy pushed through the hops before; undefined where that cannot be expressed. */
function intentAt(
  member: PathInput,
  index: number,
  hops: readonly ReadyHop[],
  allowance: Allowance,
): readonly AccessFunction[] | undefined {
  let intents: readonly AccessFunction[] = [policyFunction(member)];
  for (let at = 0; at < index; at++) {
    const hop = hops[at];
    const next = hops[at + 1];
    if (hop === undefined || next === undefined) return undefined;
    const pushed: AccessFunction[] = [];
    for (const branch of hop.lowered.branches) {
      if (branch.upstream !== undefined && leadsTo(branch.upstream, next.destination) === false) continue;
      for (const intent of intents) {
        const image = allowance.spend((budget) => pushForward(intent, branch, budget));
        if (image === undefined) return undefined;
        pushed.push(image);
      }
    }
    intents = pushed;
  }
  return intents;
}
