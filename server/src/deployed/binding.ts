/** Where a resource stands at an enforcement point, and whether an upstream leads to it. */
import type { Binding, EnforcementPoint, Environment, PolicySet, Resource } from "../policy/model.ts";
import { substitute } from "../policy/variables.ts";
import type { Destination, HopContext } from "./adapter.ts";

export function destinationAt(resource: Resource, enforcementPoint: string): Destination {
  const binding = resource.at.get(enforcementPoint);
  const service = serviceName(binding);
  return {
    resource: resource.name,
    hosts: resource.hosts.map((host) => host.text.toLowerCase()),
    labels: binding?.labels ?? new Map(),
    transport: resource.protocol === "tcp" ? "tcp" : "http",
    traffic: trafficOf(resource),
    ...(binding?.namespace === undefined ? {} : { namespace: binding.namespace }),
    ...(service === undefined ? {} : { service }),
    ...(binding?.port === undefined ? {} : { port: binding.port }),
    ...(resource.type === "mcp-server" ? { target: resource.target ?? resource.name } : {}),
  };
}

export function trafficOf(resource: Resource): Destination["traffic"] {
  switch (resource.type) {
    case "api":
      return "api";
    case "service":
      return "service";
    case "mcp-server":
    case "model":
      return "ai";
    case "event-channel":
      return "event";
  }
}

export function hopContext(set: PolicySet, environment: Environment, point: EnforcementPoint): HopContext {
  const identity = identityAt(set, environment, point);
  // Several sources of one point are complete together only as far as each says.
  const sources = point.deployed.map((source) => source.completeFor);
  const namespaces = sources.flatMap((one) => (one === undefined || one === "all" ? [] : one.namespaces));
  const completeFor = sources.includes("all")
    ? ("all" as const)
    : namespaces.length > 0
      ? { namespaces }
      : undefined;
  return {
    enforcementPoint: point.name,
    environment: environment.name,
    ...(identity === undefined ? {} : { identity }),
    transparent: point.transparent,
    forwardsJwt: point.forwards.jwt,
    completeFor,
    settings: point.settings,
  };
}

/** The SPIFFE ID that the hop after this one sees; undefined where the point is transparent or declares none. */
export function identityAt(
  set: PolicySet,
  environment: Environment,
  point: EnforcementPoint,
): string | undefined {
  if (point.transparent) return undefined;
  const spiffeId = point.identity && set.identities.get(point.identity.text)?.spiffeId;
  return spiffeId && substitute(spiffeId.text, environment);
}

function serviceName(binding: Binding | undefined): string | undefined {
  return binding?.service ?? binding?.labels.get("app");
}

/**
 * Whether an upstream host is the Kubernetes service of `destination`: `name.namespace`, `name.namespace.svc`, or the
 * same with a cluster domain. Undefined where the host has not that shape: it cannot be known where it leads.
 */
export function leadsTo(upstream: { readonly host: string }, destination: Destination): boolean | undefined {
  const [name, namespace, svc, ...domain] = upstream.host.toLowerCase().split(".");
  const isService = namespace !== undefined && (svc === undefined || svc === "svc");
  if (!isService || (svc === undefined && domain.length > 0) || destination.namespace === undefined)
    return undefined;
  if (namespace !== destination.namespace) return false;
  return destination.service === undefined ? undefined : name === destination.service;
}
