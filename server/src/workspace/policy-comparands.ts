/** One resource of two policies, as what `compareAccess` compares: functions, evaluators, and what requests there are. */
import { attribute } from "../access/catalogue.ts";
import type { Hints } from "../access/compare.ts";
import { fails } from "../access/predicate.ts";
import { allowsNothing } from "../access/terms.ts";
import { exactly } from "../access/text-pattern.ts";
import { hintsFor } from "../drift/hints.ts";
import { type Assumption, assumptions, lowerResource } from "../policy/lower/resource.ts";
import type { Environment, PolicySet, Resource } from "../policy/model.ts";
import { decide } from "../simulate/decide.ts";
import { requestTo } from "../simulate/request-to.ts";
import type { AccessContext, Comparand } from "./compare-access.ts";

/** The policy of one control plane in one environment. */
export interface PolicySide {
  readonly set: PolicySet;
  readonly environment: Environment;
  /** Why nothing certain can be said of a resource, where its policy has errors; else undefined. */
  readonly doubt: (resource: string) => string | undefined;
}

/**
 * One resource of both sides, ready to be compared; at least one side declares it. `absent`: why an undefined side
 * denies everything.
 */
export function policyComparands(
  name: string,
  left: PolicySide | undefined,
  right: PolicySide | undefined,
  absent: string,
): { readonly left: Comparand; readonly right: Comparand; readonly context: AccessContext } {
  const known = resourceOf(right, name) ?? resourceOf(left, name);
  const declaring = resourceOf(right, name) === undefined ? left : right;
  if (known === undefined || declaring === undefined) throw new Error(`no side declares ${name}`);
  return {
    left: comparand(left, name, known, declaring, absent),
    right: comparand(right, name, known, declaring, absent),
    context: { base: requestTo(known, declaring.environment), hints: hints(name, left, right) },
  };
}

function resourceOf(side: PolicySide | undefined, name: string): Resource | undefined {
  return side?.set.resources.get(name);
}

/** A side that does not declare the resource takes the world as the other side declares it, and denies. */
function comparand(
  side: PolicySide | undefined,
  name: string,
  known: Resource,
  declaring: PolicySide,
  absent: string,
): Comparand {
  const own = resourceOf(side, name);
  const world = side ?? declaring;
  const access =
    side === undefined || own === undefined ? allowsNothing : lowerResource(side.set, own, side.environment);
  return {
    access,
    impossible: [...assumptions(world.set, own ?? known, world.environment), ...fixed(own ?? known, world)],
    lost: access.opaque.map(({ text, reason, place }) => ({
      text,
      reason,
      ...(place === undefined ? {} : { place }),
    })),
    decide: (request) => {
      if (side === undefined) return { decision: "deny", reason: absent };
      return decide(side.set, side.environment, request);
    },
  };
}

/** One environment is compared, and requests arrive by the transport that the resource declares. */
function fixed(resource: Resource, side: PolicySide): readonly Assumption[] {
  const { name } = side.environment;
  const transport = resource.protocol === "tcp" ? "tcp" : "http";
  return [
    {
      literals: [fails(attribute("context.environment"), { test: "text", pattern: exactly(name) })],
      why: `requests are made in ${name}`,
    },
    {
      literals: [fails(attribute("transport"), { test: "text", pattern: exactly(transport) })],
      why: `requests to ${resource.name} are made by ${transport}`,
    },
  ];
}

/** What either side's inventory would name in a request. */
function hints(name: string, ...sides: readonly (PolicySide | undefined)[]): Hints {
  const byAttribute = new Map<string, readonly string[]>();
  for (const side of sides) {
    const resource = resourceOf(side, name);
    if (side === undefined || resource === undefined) continue;
    for (const [key, values] of hintsFor(side.set, resource, side.environment).byAttribute)
      byAttribute.set(key, [...new Set([...(byAttribute.get(key) ?? []), ...values])]);
  }
  return { byAttribute };
}
