/** Later hops that admit callers who go around the hop before: the gateway's checks then protect nothing. */
import { attributesOfFunctions } from "../access/attributes-of.ts";
import { attribute } from "../access/catalogue.ts";
import { type CompareOptions, type Witness as Difference, newlyAllowed } from "../access/compare.ts";
import type { Lost } from "../access/hop.ts";
import { fails, holds, type Origin, type Term } from "../access/predicate.ts";
import { type ToldDifference, tellDifference } from "../access/region-lists.ts";
import { allowsNothing } from "../access/terms.ts";
import { exactly, oneOf } from "../access/text-pattern.ts";
import { toInteraction } from "../access/witness.ts";
import { identityAt } from "../deployed/binding.ts";
import { pathsOf } from "../simulate/simulation.ts";
import type { Allowance } from "./allowance.ts";
import { composePath } from "./deployed-path.ts";
import { hintsFor } from "./hints.ts";
import { lostIn } from "./lost.ts";
import { meshPrincipals } from "./principals.ts";
import { invalidTokens, type PathInput, type ReadyHop } from "./side.ts";
import { baseInteraction, witnessAlong } from "./witnesses.ts";

export interface Bypass {
  readonly hop: ReadyHop;
  /** The hop that is gone around, and the identity that it would have shown. */
  readonly around: string;
  readonly about: readonly Origin[];
  /** Requests that are admitted; none where it is not known whether there are any, and then `unknown` says why. */
  readonly witnesses: readonly Difference[];
  /** Where there are some. */
  readonly told?: ToldDifference;
  readonly unknown: readonly Lost[];
  /** Witnesses that an evaluator contradicts. */
  readonly refuted: number;
  /** The rest of the path, from the bypassed hop's successor on. */
  readonly path: readonly string[];
}

export function findBypasses(
  input: PathInput,
  hops: readonly ReadyHop[],
  allowance: Allowance,
): readonly Bypass[] {
  return hops.flatMap((hop, index) => {
    const before = hops[index - 1];
    const admitted = identitiesBefore(input, hop.enforcementPoint);
    if (before === undefined || admitted === undefined) return [];
    const direct: PathInput = { ...input, path: input.path.slice(index) };
    return findBypass(direct, hops.slice(index), before.enforcementPoint, admitted, allowance);
  });
}

/** `direct` is the rest of the path, `hops` are its hops; `admitted` are those who may stand before it. */
function findBypass(
  direct: PathInput,
  hops: readonly ReadyHop[],
  around: string,
  admitted: readonly string[],
  allowance: Allowance,
): readonly Bypass[] {
  const [hop] = hops;
  if (hop === undefined) return [];
  const base = { hop, around, path: direct.path, about: [], witnesses: [], refuted: 0 };
  const access = composePath(hops);
  if (access === "too-many-terms") {
    const reason = "too complex to compare: the hops together have too many combinations of rules";
    return [{ ...base, unknown: [{ text: hop.enforcementPoint, reason }] }];
  }
  const options: CompareOptions = {
    impossible: [
      ...otherCallers(admitted, hop),
      ...meshPrincipals(direct.set, direct.environment, hop.point, access).map(({ literals }) =>
        region(literals),
      ),
    ],
    hints: hintsFor(direct.set, direct.resource, direct.environment, access),
    confirm: (values) => {
      const witness = witnessAlong(direct, toInteraction(values, baseInteraction(direct)));
      const isUnknown = witness.hops.some((one) => one.decision === "unknown");
      return { left: "deny", right: isUnknown ? "unknown" : witness.deployed };
    },
  };
  const { answer, refuted } = allowance.spend((budget) =>
    newlyAllowed(allowsNothing, access, { ...options, budget }),
  );
  const found = { ...base, refuted: refuted.length };
  switch (answer.answer) {
    case "no":
      return [];
    case "unknown":
      return [{ ...found, unknown: lostIn(answer) }];
    case "yes": {
      const unspoken = invalidTokens(direct.set, direct.resource, attributesOfFunctions(access));
      const told = allowance.spend((budget) =>
        tellDifference(access, allowsNothing, { ...options, unspoken, budget, allowingIs: "right" }),
      );
      return [{ ...found, about: told.allowOrigins, witnesses: answer.witnesses, told, unknown: [] }];
    }
  }
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
