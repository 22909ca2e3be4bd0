/** Walks one interaction through the deployed hops of a path, by the engines' own semantics. */
import { attribute, catalogue } from "../access/catalogue.ts";
import type { Interaction } from "../access/interaction.ts";
import { destinationAt, hopContext, leadsTo } from "../deployed/binding.ts";
import type { DeployedConfig } from "../deployed/config.ts";
import type { EnforcementPoint, Environment, PolicySet, Resource } from "../policy/model.ts";
import type { HopTrace } from "./decision.ts";

/** The deployed config of an environment, by the name of the enforcement point. */
export type DeployedEnvironment = ReadonlyMap<string, DeployedConfig>;

export interface Walk {
  readonly decision: "allow" | "deny" | "unknown";
  readonly hops: readonly HopTrace[];
}

export function walk(
  set: PolicySet,
  environment: Environment,
  resource: Resource,
  path: readonly string[],
  deployed: DeployedEnvironment,
  entry: Interaction,
): Walk {
  const hops: HopTrace[] = [];
  let view = entry;
  for (const [index, name] of path.entries()) {
    const point = environment.enforcementPoints.get(name);
    const config = deployed.get(name);
    if (point === undefined || config === undefined) {
      hops.push(notKnown(name, environment, point, view));
      return { decision: "unknown", hops };
    }
    const hop = config.decide(destinationAt(resource, name), hopContext(set, environment, point), view);
    const following = path[index + 1];
    const leads =
      following === undefined || hop.upstream === undefined
        ? true
        : leadsTo(hop.upstream, destinationAt(resource, following));
    const astray = hop.decision === "allow" && leads !== true;
    hops.push({
      enforcementPoint: name,
      type: point.type,
      decision: astray ? (leads === false ? "deny" : "unknown") : hop.decision,
      reason: astray
        ? `goes to ${hop.upstream?.host}, which is not known to be ${resource.name}`
        : hop.reason,
      blindTo: blindSpots(set, resource, point),
      view,
      ...(hop.rule === undefined ? {} : { rule: hop.rule }),
    });
    if (hop.decision !== "allow") return { decision: hop.decision, hops };
    if (astray) return { decision: leads === false ? "deny" : "unknown", hops };
    view = hop.next ?? view;
  }
  return { decision: "allow", hops };
}

function notKnown(
  name: string,
  environment: Environment,
  point: EnforcementPoint | undefined,
  view: Interaction,
): HopTrace {
  return {
    enforcementPoint: name,
    type: point?.type,
    decision: "unknown",
    reason:
      point === undefined
        ? `environment ${environment.name} defines no enforcement point ${name}`
        : `no deployed config of ${name} could be read`,
    blindTo: [],
    view,
  };
}

/** Attributes that rules for the resource speak of and the enforcement point cannot see when it authorises. */
export function blindSpots(set: PolicySet, resource: Resource, point: EnforcementPoint): readonly string[] {
  const spoken = new Map<string, string>();
  for (const policy of set.policies)
    for (const rule of policy.rules) {
      if (!rule.on.some((target) => target.resource.text === resource.name)) continue;
      for (const read of rule.condition?.compiled.attributes ?? [])
        spoken.set(read.attribute.key, read.attribute.id);
      if (rule.requires?.maxTtl !== undefined) spoken.set("credential.ttl", "credential.ttl");
      if (rule.requires?.maxAge !== undefined) spoken.set("credential.age", "credential.age");
      if (rule.requires?.boundTo !== undefined)
        spoken.set("credential.boundTo.kind", attribute("credential.boundTo.kind").id);
    }
  return [...spoken]
    .filter(([, id]) => catalogue.get(id)?.visible[point.type] === undefined)
    .map(([key]) => key);
}
