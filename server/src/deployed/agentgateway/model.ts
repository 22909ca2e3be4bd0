import type { Place } from "../../text/place.ts";
import type { ScalarNode } from "../../text/tree.ts";

/**
 * agentgateway's own file (`binds`, and `mcp` as the short form of one) with its defaults applied. All lists are in
 * file order. Source: github.com/agentgateway/agentgateway, `crates/agentgateway/src/types/local.rs` (mid 2026).
 */
export interface AgentgatewayModel {
  readonly binds: readonly Bind[];
  /** `frontendPolicies.networkAuthorization`: decides about connections, before any request. */
  readonly network: Policies;
  /** What the file has that is not read, with its place. */
  readonly unread: readonly Unread[];
}

export interface Unread {
  readonly text: string;
  readonly reason: string;
  readonly place: Place;
}

/** What listens on one port; the request does not say by which it came. */
export interface Bind {
  readonly port: number | undefined;
  readonly place: Place;
  readonly listeners: readonly Listener[];
}

export interface Listener {
  /** In lower case; undefined: every host. */
  readonly hostname: string | undefined;
  readonly policies: Policies;
  readonly routes: readonly Route[];
}

export interface Route {
  /** What ties of precedence are broken by: `namespace/name`. */
  readonly key: string;
  /** As its users know it: `route payments-mcp`. */
  readonly label: string;
  readonly place: Place;
  /** In lower case; empty: every host. */
  readonly hostnames: readonly string[];
  readonly matches: readonly RouteMatch[];
  readonly policies: Policies;
  readonly backends: readonly Backend[];
}

export type PathMatch =
  | { readonly kind: "exact"; readonly path: string }
  /** By whole elements: `/a` matches `/a` and `/a/b`, not `/ab`. */
  | { readonly kind: "prefix"; readonly path: string }
  | { readonly kind: "regex"; readonly path: string };

export interface RouteMatch {
  readonly path: PathMatch;
  readonly method: string | undefined;
  readonly headers: readonly ValueMatch[];
  readonly query: readonly ValueMatch[];
  readonly place: Place;
}

export interface ValueMatch {
  readonly name: string;
  readonly kind: "exact" | "regex";
  readonly value: string;
}

export type Backend =
  | {
      readonly kind: "mcp";
      readonly targets: readonly McpTarget[];
      readonly policies: Policies;
      readonly place: Place;
    }
  | {
      readonly kind: "host";
      readonly host: string;
      readonly port: number | undefined;
      readonly policies: Policies;
      readonly place: Place;
    }
  /** A model provider, a service of the mesh, a dynamic address: it serves, but where it is is not read. */
  | { readonly kind: "other"; readonly what: string; readonly policies: Policies; readonly place: Place };

export interface McpTarget {
  readonly name: string;
  readonly place: Place;
  readonly policies: Policies;
  readonly endpoint: McpEndpoint;
}

export type McpEndpoint =
  | {
      readonly kind: "http";
      readonly host: string;
      readonly port: number;
      readonly path: string;
      readonly tls: boolean;
    }
  /** `stdio`, `openapi`, `sse`: there is no streamable HTTP endpoint behind it. */
  | { readonly kind: "other"; readonly what: string };

/** The policies of one level, as far as they decide or change the request. */
export interface Policies {
  readonly jwt: JwtPolicy | undefined;
  readonly authorization: RuleSet | undefined;
  readonly mcpAuthorization: RuleSet | undefined;
  /** Ends every request here: a direct response, a redirect. */
  readonly ends: { readonly name: string; readonly place: Place } | undefined;
  /** May end requests by what is not modelled. */
  readonly opaque: readonly OpaquePolicy[];
  /** `backendAuth`: what of credentials goes upstream. `other`: a credential of the gateway's own. */
  readonly backendAuth: "passthrough" | "other" | undefined;
  readonly headers: HeaderChanges;
  /** Whether the path or the whole request may be rewritten. */
  readonly rewrites: readonly string[];
}

export interface OpaquePolicy {
  readonly name: string;
  /** Tells configs apart without showing them: they may hold keys. */
  readonly digest: string;
  readonly place: Place;
}

export interface HeaderChanges {
  /** In lower case. */
  readonly removed: readonly string[];
  readonly set: readonly string[];
}

export interface JwtPolicy {
  readonly name: "jwtAuth" | "mcpAuthentication";
  /**
   * `strict`: a valid token must be there. `optional` (what the file's `jwtAuth` defaults to): a token that is there
   * must be valid. `permissive`: nothing is refused, and the claims of a valid token are known.
   */
  readonly mode: "strict" | "optional" | "permissive";
  readonly providers: readonly JwtProvider[];
  readonly place: Place;
}

export interface JwtProvider {
  readonly issuer: string;
  /** Undefined: audiences are not looked at. */
  readonly audiences: readonly string[] | undefined;
  /** Whether a token without `aud` is refused: only `requiredClaims` says so. */
  readonly requiresAudience: boolean;
}

export interface RuleSet {
  readonly name: "authorization" | "mcpAuthorization" | "networkAuthorization";
  readonly rules: readonly Rule[];
}

export interface Rule {
  readonly effect: "allow" | "deny" | "require";
  readonly source: string;
  /** `mcpAuthorization rule 2 of route payments-mcp`. */
  readonly label: string;
  readonly place: Place;
  readonly node: ScalarNode;
}

export const noPolicies: Policies = {
  jwt: undefined,
  authorization: undefined,
  mcpAuthorization: undefined,
  ends: undefined,
  opaque: [],
  backendAuth: undefined,
  headers: { removed: [], set: [] },
  rewrites: [],
};
