/** One simulation: what the policy says, and what each hop on the way would say as deployed. */

import type { Interaction } from "../access/interaction.ts";
import { hopContext } from "../deployed/binding.ts";
import { policySetIn } from "../policy/in-environment.ts";
import type { Environment, PolicySet, Resource } from "../policy/model.ts";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { isInvalid, normalise } from "./normalise.ts";
import { providerSideServers } from "./provider-tools.ts";
import { resolveResource } from "./targets.ts";
import { type DeployedEnvironment, type Walk, walk } from "./walk.ts";

export interface Simulation {
  readonly environment: string;
  readonly resource: string | undefined;
  readonly decision: Decision;
  /** One for each declared path of the resource; empty where it has none. */
  readonly walks: readonly (Walk & { readonly path: readonly string[] })[];
  /** Servers that the model's provider would call itself, around every enforcement point. */
  readonly bypasses: readonly string[];
}

export function simulate(
  set: PolicySet,
  environment: Environment,
  interaction: Interaction,
  deployed: DeployedEnvironment,
): Simulation {
  const decision = decide(set, environment, interaction);
  const normal = normalise({ ...interaction, environment: environment.name });
  const here = policySetIn(set, environment);
  const resource = isInvalid(normal) ? undefined : resolveResource(here.resources, normal);
  const walks =
    resource === undefined || isInvalid(normal) || environment.enforcementPoints.size === 0
      ? []
      : pathsOf(resource).map((path) => ({
          path,
          ...walk(
            set,
            environment,
            resource,
            path,
            deployed,
            atEntry(set, environment, resource, path, normal),
          ),
        }));
  return {
    environment: environment.name,
    resource: resource?.name,
    decision,
    walks,
    bypasses: providerSideServers(decision.interaction),
  };
}

export function pathsOf(resource: Resource): readonly (readonly string[])[] {
  return resource.paths.map((path) => path.map((hop) => hop.text));
}

/** The request as it meets the first hop: where the resource says which port that is, on that port. */
export function atEntry(
  set: PolicySet,
  environment: Environment,
  resource: Resource,
  path: readonly string[],
  interaction: Interaction,
): Interaction {
  const [first] = path;
  const point = first === undefined ? undefined : environment.enforcementPoints.get(first);
  const port = first === undefined ? undefined : resource.at.get(first)?.port;
  if (point === undefined || port === undefined || interaction.destination?.port !== undefined)
    return interaction;
  const transparent = hopContext(set, environment, point).transparent;
  return transparent ? { ...interaction, destination: { ...interaction.destination, port } } : interaction;
}
