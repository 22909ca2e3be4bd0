/** What every request to a resource has, before anything more is known of it. */
import type { Interaction } from "../access/interaction.ts";
import { trafficOf } from "../deployed/binding.ts";
import type { Environment, Resource } from "../policy/model.ts";

export function requestTo(resource: Resource, environment: Environment): Interaction {
  return {
    traffic: trafficOf(resource),
    transport: resource.protocol === "tcp" ? "tcp" : "http",
    environment: environment.name,
    destination: { resource: resource.name },
    ...(resource.type === "mcp-server" ? { mcp: { server: resource.name, method: "tools/call" } } : {}),
  };
}
