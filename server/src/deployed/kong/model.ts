import type { Json } from "../../access/interaction.ts";
import type { Place } from "../../text/place.ts";

/**
 * A decK file (`_format_version: "3.0"`) with Kong's own defaults applied and what the server adds left out (ids are
 * kept only where references need them). All lists are in file order.
 */
export interface KongModel {
  readonly routes: readonly KongRoute[];
  readonly consumers: readonly KongConsumer[];
  /** Those that run: plugins with `enabled: false` are left out. */
  readonly plugins: readonly KongPlugin[];
  /** Load-balanced names that a service's `host` may be, with their targets. */
  readonly upstreams: ReadonlyMap<string, KongUpstream>;
  /** The file speaks of entities with these tags only; empty: of everything. */
  readonly selectTags: readonly string[];
}

export interface KongService {
  /** What plugins refer to it by: its name, else its id, else a name that no file can write. */
  readonly key: string;
  readonly name: string;
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  /** Empty where none is set: the upstream's root. */
  readonly path: string;
  readonly place: Place;
}

export interface KongRoute {
  readonly key: string;
  /** As its users know it: `route payments-read`. */
  readonly label: string;
  readonly place: Place;
  /** Undefined for a route that leads nowhere: Kong answers such requests itself. */
  readonly service: KongService | undefined;
  readonly protocols: readonly string[];
  readonly methods: readonly string[];
  /** In lower case. */
  readonly hosts: readonly string[];
  readonly paths: readonly { readonly text: string; readonly place: Place }[];
  /** Names in lower case. */
  readonly headers: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly snis: readonly string[];
  readonly sources: readonly KongAddress[];
  readonly destinations: readonly KongAddress[];
  /** Replaces every other dimension (router flavor `expressions`). */
  readonly expression:
    | { readonly text: string; readonly priority: number; readonly place: Place }
    | undefined;
  readonly stripPath: boolean;
  readonly preserveHost: boolean;
  readonly regexPriority: number;
  /** Seconds since the epoch; 0 where the file does not say. */
  readonly createdAt: number;
  readonly pathHandling: "v0" | "v1";
}

export interface KongAddress {
  /** `address/bits`. */
  readonly network: string | undefined;
  readonly port: number | undefined;
}

export interface KongUpstream {
  readonly hostHeader: string | undefined;
  readonly targets: readonly { readonly host: string; readonly port: number }[];
}

export interface KongConsumer {
  /** `username`, else `custom_id`, else `id`: what a policy's `deployedAs` calls it. */
  readonly name: string;
  /** Every name that a reference may use. */
  readonly keys: readonly string[];
  readonly place: Place;
  /** ACL groups. */
  readonly groups: readonly string[];
  readonly consumerGroups: readonly string[];
  /** How many API keys it has. The keys themselves are secrets and are never read. */
  readonly apiKeys: number;
  /** The `key` of each of its JWT credentials: the value of the key claim, usually the issuer. */
  readonly jwtKeys: readonly string[];
}

/** Where a plugin is attached; none: global. */
export interface KongScope {
  readonly route?: string;
  readonly service?: string;
  /** The consumer's name. */
  readonly consumer?: string;
  readonly consumerGroup?: string;
}

export interface KongPlugin {
  readonly name: string;
  readonly scope: KongScope;
  /** Undefined: on every protocol. */
  readonly protocols: readonly string[] | undefined;
  readonly config: { readonly [key: string]: Json };
  readonly place: Place;
}

const httpProtocols: ReadonlySet<string> = new Set(["http", "https", "grpc", "grpcs"]);

/** Whether the route is one of the HTTP router; the others are of the stream router. */
export function isHttpRoute(route: KongRoute): boolean {
  return route.protocols.some((protocol) => httpProtocols.has(protocol));
}
