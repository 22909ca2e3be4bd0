import type { KongModel, KongRoute } from "./model.ts";

/** Where a route's requests go, and which host they name there. */
export interface Upstream {
  /** Undefined where several targets share the load, so that it is not one place. */
  readonly to: { readonly host: string; readonly port: number } | undefined;
  /** The port that every target has; undefined where they differ. */
  readonly port: number | undefined;
  /** The host that Kong sends without `preserve_host`; undefined where it depends on the chosen target. */
  readonly host: string | undefined;
  readonly tls: boolean;
}

/** Undefined for a route without a service, whose requests Kong answers itself. */
export function upstreamOf(model: KongModel, { service }: KongRoute): Upstream | undefined {
  if (service === undefined) return undefined;
  const tls = ["https", "grpcs", "tls", "wss"].includes(service.protocol);
  const balanced = model.upstreams.get(service.host);
  if (balanced === undefined) {
    const to = { host: service.host, port: service.port };
    return { to, port: service.port, host: service.host, tls };
  }
  const [first, ...others] = balanced.targets;
  const ports = new Set(balanced.targets.map((target) => target.port));
  const only = others.length === 0 ? first : undefined;
  return {
    to: only,
    port: ports.size === 1 ? first?.port : undefined,
    host: balanced.hostHeader?.toLowerCase() ?? only?.host,
    tls,
  };
}
