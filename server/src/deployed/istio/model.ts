/** The security resources of Istio as its sidecars use them, with the places that messages point at. Immutable. */
import type { Place } from "../../text/place.ts";

export interface IstioModel {
  readonly authorizationPolicies: readonly AuthorizationPolicy[];
  readonly requestAuthentications: readonly RequestAuthentication[];
  readonly peerAuthentications: readonly PeerAuthentication[];
}

export interface Scoped {
  readonly name: string;
  readonly namespace: string;
  /** `namespace/name`. */
  readonly label: string;
  readonly place: Place;
  readonly createdAt: string | undefined;
  /** `selector.matchLabels`; empty: every workload in scope. */
  readonly selector: ReadonlyMap<string, string>;
  /** It has `targetRefs`: for gateways and waypoints, ignored by sidecars. */
  readonly targeted: boolean;
}

export type Action = "ALLOW" | "DENY" | "AUDIT" | "CUSTOM";

export interface AuthorizationPolicy extends Scoped {
  readonly action: Action;
  /** The value of the annotation `istio.io/dry-run`, where that is true: the policy is logged, not enforced. */
  readonly dryRun?: Place;
  /** CUSTOM: the extension provider of the mesh config. */
  readonly provider?: string;
  readonly rules: readonly Rule[];
}

/** any(from) and any(to) and all(when); an empty list does not constrain. */
export interface Rule {
  /** `namespace/name rule N`, N from 1. */
  readonly label: string;
  readonly place: Place;
  readonly from: readonly (readonly Constraint[])[];
  readonly to: readonly (readonly Constraint[])[];
  readonly when: readonly Constraint[];
}

export interface Value {
  readonly text: string;
  readonly place: Place;
}

/** One fact against values: one of `values` matches (where there are any), and none of `notValues`. */
export interface Constraint {
  readonly field: Field;
  readonly values: readonly Value[];
  readonly notValues: readonly Value[];
  readonly place: Place;
}

export type Field =
  | { readonly kind: "principal" }
  | { readonly kind: "namespace" }
  /** `namespace` is that of the policy: the one of a bare name. */
  | { readonly kind: "serviceAccount"; readonly namespace: string }
  | { readonly kind: "trustDomain" }
  | { readonly kind: "requestPrincipal" }
  | { readonly kind: "sourceIp" }
  | { readonly kind: "remoteIp" }
  | { readonly kind: "destinationIp" }
  | { readonly kind: "host" }
  | { readonly kind: "method" }
  | { readonly kind: "path" }
  | { readonly kind: "port" }
  | { readonly kind: "sni" }
  /** `name` in lower case. */
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "audience" }
  | { readonly kind: "presenter" }
  | { readonly kind: "claim"; readonly path: readonly string[] }
  /** What the neutral form of a request does not have, such as Envoy's own metadata. */
  | { readonly kind: "other"; readonly key: string; readonly httpOnly: boolean };

export interface JwtRule {
  /** Undefined (only with `jwksUri`): any issuer whose keys are there. */
  readonly issuer?: Value;
  /** Empty: unchecked. */
  readonly audiences: readonly string[];
  readonly forwardOriginalToken: boolean;
  /** Token locations other than the `Authorization` header and the `access_token` parameter, in words. */
  readonly locations: readonly string[];
  /** Headers that it writes claims into, in lower case. */
  readonly outputHeaders: readonly string[];
  readonly spaceDelimitedClaims: readonly string[];
  readonly place: Place;
}

export interface RequestAuthentication extends Scoped {
  readonly jwtRules: readonly JwtRule[];
}

export type MutualTlsMode = "UNSET" | "DISABLE" | "PERMISSIVE" | "STRICT";

export interface PeerAuthentication extends Scoped {
  readonly mode: MutualTlsMode;
  readonly modePlace: Place;
  readonly portLevel: ReadonlyMap<number, { readonly mode: MutualTlsMode; readonly place: Place }>;
}

/** Whether a field exists only where the proxy parses HTTP. */
export function httpOnly(field: Field): boolean {
  switch (field.kind) {
    case "requestPrincipal":
    case "host":
    case "method":
    case "path":
    case "header":
    case "audience":
    case "presenter":
    case "claim":
      return true;
    case "other":
      return field.httpOnly;
    case "principal":
    case "namespace":
    case "serviceAccount":
    case "trustDomain":
    case "sourceIp":
    case "remoteIp":
    case "destinationIp":
    case "port":
    case "sni":
      return false;
  }
}

/** Whether a field is read from the verified token. */
export function readsToken(field: Field): boolean {
  return (
    field.kind === "requestPrincipal" ||
    field.kind === "audience" ||
    field.kind === "presenter" ||
    field.kind === "claim"
  );
}

/** Whether a field is read from the certificate of the peer. */
export function readsPeer(field: Field): boolean {
  return (
    field.kind === "principal" ||
    field.kind === "namespace" ||
    field.kind === "serviceAccount" ||
    field.kind === "trustDomain"
  );
}

/** Every constraint of a rule, in the order in which they are written. */
export function constraints(rule: Rule): readonly Constraint[] {
  return [...rule.from.flat(), ...rule.to.flat(), ...rule.when];
}
