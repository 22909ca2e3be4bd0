/**
 * Which resources apply to one workload, and the settings of the mesh: the part that lowering and deciding share.
 * Rules of scope: pilot/pkg/model/authorization.go and authentication.go, policy_applier.go (ComposePeerAuthentication).
 */
import type { Json } from "../../access/interaction.ts";
import type { Place } from "../../text/place.ts";
import type { Destination, HopContext } from "../adapter.ts";
import { selects } from "../kubernetes.ts";
import type {
  AuthorizationPolicy,
  IstioModel,
  JwtRule,
  MutualTlsMode,
  PeerAuthentication,
  RequestAuthentication,
  Scoped,
} from "./model.ts";

export type EffectiveMode = Exclude<MutualTlsMode, "UNSET">;

export interface Mode {
  readonly mode: EffectiveMode;
  /** The resource that set it; undefined for Istio's default. */
  readonly setBy?: { readonly label: string; readonly place: Place };
}

export interface Workload {
  readonly transport: "http" | "tcp";
  readonly port: number | undefined;
  /** Only enforced ones: without AUDIT and dry-run. */
  readonly custom: readonly AuthorizationPolicy[];
  readonly deny: readonly AuthorizationPolicy[];
  readonly allow: readonly AuthorizationPolicy[];
  /** Several CUSTOM providers for one workload: Istio cannot choose, and denies what their rules match. */
  readonly customConflict: boolean;
  readonly notEnforced: readonly AuthorizationPolicy[];
  /** Undefined where no token is verified. */
  readonly jwt: JwtSettings | undefined;
  readonly mode: Mode;
  /** Modes of ports of the workload that differ from `mode`; empty where the port is known. */
  readonly portModes: ReadonlyMap<number, Mode>;
  readonly mesh: MeshSettings;
  /** Namespaces whose resources apply here but may not all be in the files. */
  readonly notExported: readonly string[];
}

export interface JwtSettings {
  readonly rules: readonly JwtRule[];
  /** Claims that Envoy splits at spaces before authorization. */
  readonly spaceDelimited: ReadonlySet<string>;
  /** Headers that the JWT filter writes or removes, so that authorization does not see what the client sent. */
  readonly rewrittenHeaders: ReadonlySet<string>;
  readonly forwards: "all" | "none" | "some";
}

export interface MeshSettings {
  readonly rootNamespace: string;
  /** The mesh's own trust domain first, then its aliases. */
  readonly trustDomains: readonly string[];
  readonly remoteIpIsPeer: boolean;
  readonly pathNormalization: PathNormalization;
}

export type PathNormalization = "NONE" | "BASE" | "MERGE_SLASHES" | "DECODE_AND_MERGE_SLASHES";

/**
 * Mesh config that its resources do not tell, from the enforcement point's `settings`: `rootNamespace` (default
 * istio-system), `trustDomain` (cluster.local), `trustDomainAliases`, `numTrustedProxies`, `pathNormalization` (BASE).
 */
export function meshSettings(settings: Readonly<Record<string, Json>>): MeshSettings {
  const { rootNamespace, trustDomain, trustDomainAliases, numTrustedProxies, pathNormalization } = settings;
  const aliases: readonly Json[] = Array.isArray(trustDomainAliases) ? trustDomainAliases : [];
  return {
    rootNamespace: typeof rootNamespace === "string" ? rootNamespace : "istio-system",
    trustDomains: [
      typeof trustDomain === "string" ? trustDomain : "cluster.local",
      ...aliases.filter((alias) => typeof alias === "string"),
    ],
    remoteIpIsPeer: numTrustedProxies === 0,
    pathNormalization:
      pathNormalization === "NONE" ||
      pathNormalization === "MERGE_SLASHES" ||
      pathNormalization === "DECODE_AND_MERGE_SLASHES"
        ? pathNormalization
        : "BASE",
  };
}

export function workloadOf(model: IstioModel, destination: Destination, context: HopContext): Workload {
  const mesh = meshSettings(context.settings);
  const applies = (one: Scoped): boolean => !one.targeted && inScope(one, destination, mesh.rootNamespace);
  const policies = model.authorizationPolicies.filter(applies);
  const enforced = policies.filter((policy) => policy.dryRun === undefined);
  const custom = policies.filter((policy) => policy.action === "CUSTOM");
  return {
    transport: destination.transport,
    port: destination.port,
    custom: custom.filter((policy) => policy.dryRun === undefined),
    deny: enforced.filter((policy) => policy.action === "DENY"),
    allow: enforced.filter((policy) => policy.action === "ALLOW"),
    customConflict: new Set(custom.map((policy) => policy.provider)).size > 1,
    notEnforced: policies.filter((policy) => policy.dryRun !== undefined),
    jwt:
      destination.transport === "tcp" ? undefined : jwtSettings(model.requestAuthentications.filter(applies)),
    ...modes(model.peerAuthentications.filter(applies), destination.port, mesh.rootNamespace),
    mesh,
    notExported: notExported(destination.namespace, mesh.rootNamespace, context.completeFor),
  };
}

/**
 * The workload's namespace and the root namespace, by labels. Without a namespace (no inventory) everything applies
 * to one workload; so do selectors, unless there are labels to narrow by.
 */
function inScope(one: Scoped, destination: Destination, rootNamespace: string): boolean {
  const { namespace, labels } = destination;
  if (namespace === undefined) return labels.size === 0 || selects(one.selector, labels);
  return (one.namespace === namespace || one.namespace === rootNamespace) && selects(one.selector, labels);
}

function jwtSettings(authentications: readonly RequestAuthentication[]): JwtSettings | undefined {
  const rules = authentications.flatMap((one) => one.jwtRules);
  if (rules.length === 0) return undefined;
  const forwarding = rules.filter((rule) => rule.forwardOriginalToken).length;
  const locations = forwarding === rules.length ? [] : ["authorization"];
  return {
    rules,
    // "scope" and "permission" always are: buildSpaceDelimitedClaims in policy_applier.go.
    spaceDelimited: new Set(["scope", "permission", ...rules.flatMap((rule) => rule.spaceDelimitedClaims)]),
    rewrittenHeaders: new Set([...rules.flatMap((rule) => rule.outputHeaders), ...locations]),
    forwards: forwarding === rules.length ? "all" : forwarding === 0 ? "none" : "some",
  };
}

function modes(
  authentications: readonly PeerAuthentication[],
  port: number | undefined,
  rootNamespace: string,
): { readonly mode: Mode; readonly portModes: ReadonlyMap<number, Mode> } {
  // The model has them oldest first, and the oldest of a scope wins. A selector in the root namespace is ignored.
  const wide = authentications.filter((one) => one.selector.size === 0);
  const mesh = wide.find((one) => one.namespace === rootNamespace);
  const namespace = wide.find((one) => one.namespace !== rootNamespace);
  const workload = authentications.find((one) => one.selector.size > 0 && one.namespace !== rootNamespace);
  let mode: Mode = { mode: "PERMISSIVE" };
  for (const one of [mesh, namespace, workload]) {
    if (one !== undefined && one.mode !== "UNSET") {
      mode = { mode: one.mode, setBy: { label: one.label, place: one.modePlace } };
    }
  }
  const portModes = new Map<number, Mode>();
  for (const [number, level] of workload?.portLevel ?? []) {
    if (level.mode === "UNSET" || workload === undefined) continue;
    portModes.set(number, { mode: level.mode, setBy: { label: workload.label, place: level.place } });
  }
  if (port === undefined) return { mode, portModes };
  return { mode: portModes.get(port) ?? mode, portModes: new Map() };
}

function notExported(
  namespace: string | undefined,
  rootNamespace: string,
  completeFor: HopContext["completeFor"],
): readonly string[] {
  if (completeFor === "all") return [];
  const known = completeFor?.namespaces ?? [];
  const needed = namespace === undefined ? [rootNamespace] : [namespace, rootNamespace];
  return [...new Set(needed)].filter((one) => !known.includes(one));
}

/** The mode at a port: that of the request where the destination does not fix it. */
export function modeAt(workload: Workload, port: number | undefined): Mode {
  return (port === undefined ? undefined : workload.portModes.get(port)) ?? workload.mode;
}

/** What would make a namespace known, for every message about it. */
export function howToExport(namespace: string): string {
  return `export AuthorizationPolicy, RequestAuthentication and PeerAuthentication of ${namespace}, or say completeFor: all`;
}
