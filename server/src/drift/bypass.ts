/** Later hops that admit callers who go around the hop before: the gateway's checks then protect nothing. */
import { attribute } from "../access/catalogue.ts";
import { compare, type Witness as Difference } from "../access/compare.ts";
import { fails, holds, type Origin, type Term } from "../access/predicate.ts";
import { allowsNothing } from "../access/terms.ts";
import { exactly, oneOf } from "../access/text-pattern.ts";
import { attributesOfFunctions, tiedParts } from "../access/ties.ts";
import { toInteraction } from "../access/witness.ts";
import { identityAt } from "../deployed/binding.ts";
import { pathsOf } from "../simulate/simulation.ts";
import { composePath } from "./deployed-path.ts";
import { hintsFor } from "./hints.ts";
import type { PathInput, ReadyHop } from "./side.ts";
import { baseInteraction, witnessAlong } from "./witnesses.ts";

export interface Bypass {
  readonly hop: ReadyHop;
  /** The hop that is gone around, and the identity that it would have shown. */
  readonly around: string;
  readonly about: readonly Origin[];
  readonly witnesses: readonly Difference[];
  readonly unknown: readonly [];
  /** The rest of the path, from the bypassed hop's successor on. */
  readonly path: readonly string[];
}

export function findBypasses(input: PathInput, hops: readonly ReadyHop[]): readonly Bypass[] {
  const found: Bypass[] = [];
  for (const [index, hop] of hops.entries()) {
    const before = hops[index - 1];
    if (before === undefined) continue;
    const admitted = identitiesBefore(input, hop.enforcementPoint);
    if (admitted === undefined) continue;
    const access = composePath(hops.slice(index));
    if (access === "too-many-terms") continue;
    const path = input.path.slice(index);
    const direct: PathInput = { ...input, path };
    const answer = compare(allowsNothing, access, {
      impossible: [...otherCallers(admitted, hop), ...tiedParts(attributesOfFunctions(access)).map(region)],
      hints: hintsFor(input.set, input.resource, input.environment, access),
      confirm: (values) => {
        const witness = witnessAlong(direct, toInteraction(values, baseInteraction(direct)));
        const isUnknown = witness.hops.some((one) => one.decision === "unknown");
        return { left: "deny", right: isUnknown ? "unknown" : witness.deployed };
      },
    }).newlyAllows;
    if (answer.answer !== "yes") continue;
    const about = answer.witnesses.flatMap((witness) => witness.allowTerm.origins);
    found.push({
      hop,
      around: before.enforcementPoint,
      about,
      witnesses: answer.witnesses,
      unknown: [],
      path,
    });
  }
  return found;
}

/**
 * The identities that may stand before the hop on any path of the resource. Undefined where a path starts there, so
 * that every caller may come, or where a hop before it is transparent or declares no identity.
 */
function identitiesBefore(input: PathInput, name: string): readonly string[] | undefined {
  const identities: string[] = [];
  for (const path of pathsOf(input.resource)) {
    const index = path.indexOf(name);
    if (index === 0) return undefined;
    if (index < 0) continue;
    const point = input.environment.enforcementPoints.get(path[index - 1] ?? "");
    const identity = point && identityAt(input.set, input.environment, point);
    if (identity === undefined) return undefined;
    identities.push(identity);
  }
  return identities;
}

function otherCallers(admitted: readonly string[], hop: ReadyHop): readonly Term[] {
  const { port, transport } = hop.destination;
  return [
    region([holds(attribute("source.principal"), { test: "text", pattern: oneOf(admitted) })]),
    region([fails(attribute("transport"), { test: "text", pattern: exactly(transport) })]),
    ...(port === undefined
      ? []
      : [region([fails(attribute("destination.port"), { test: "range", min: port, max: port })])]),
  ];
}

const region = (literals: Term["literals"]): Term => ({ literals, origins: [] });
