import type { Place } from "../../text/place.ts";
import {
  child,
  entries,
  isNull,
  items,
  type ScalarNode,
  type TreeNode,
  text,
  texts,
  toValue,
} from "../../text/tree.ts";
import {
  type HeaderChanges,
  type JwtPolicy,
  type JwtProvider,
  noPolicies,
  type OpaquePolicy,
  type Policies,
  type Rule,
  type RuleSet,
} from "./model.ts";

/** Policies that neither decide nor change what the next hop's rules can see. */
const harmless: ReadonlySet<string> = new Set(
  (
    "responseHeaderModifier requestMirror cors a2a backendTLS backendTunnel timeout retry health http tcp " +
    "inferenceRouting accessLog tracing sessionPersistence"
  ).split(" "),
);

/**
 * Reads the policies of one level: of a listener, a route, a backend, an MCP target. What may end a request in a way
 * that is not modelled (external authorisation, rate limits, API keys, and whatever later versions add) is opaque.
 * Source: `FilterOrPolicy` and `LocalBackendPolicies` in `types/local.rs`.
 */
export function readPolicies(node: TreeNode | undefined, of: string): Policies {
  let policies = noPolicies;
  for (const { key, value } of entries(node)) {
    if (isNull(value)) continue;
    policies = readPolicy(policies, key, value, of);
  }
  return policies;
}

function readPolicy(policies: Policies, key: ScalarNode, value: TreeNode, of: string): Policies {
  const name = key.text;
  switch (name) {
    case "jwtAuth":
    case "mcpAuthentication":
      return { ...policies, jwt: readJwt(name, value, key.place) };
    case "authorization":
    case "mcpAuthorization":
      return { ...policies, [name]: readRules(name, value, of) };
    case "directResponse":
    case "requestRedirect":
      return child(value, "conditional") === undefined
        ? { ...policies, ends: { name, place: key.place } }
        : { ...policies, opaque: [...policies.opaque, opaque(name, value, key.place)] };
    case "backendAuth":
      return {
        ...policies,
        backendAuth:
          child(value, "passthrough") === undefined && text(value) !== "passthrough"
            ? "other"
            : "passthrough",
      };
    case "requestHeaderModifier":
      return { ...policies, headers: mergeHeaders(policies.headers, headerChanges(value)) };
    case "transformations":
      return {
        ...policies,
        headers: mergeHeaders(policies.headers, headerChanges(child(value, "request"))),
        rewrites:
          child(value, "conditional") === undefined ? policies.rewrites : [...policies.rewrites, name],
      };
    case "urlRewrite":
      return { ...policies, rewrites: [...policies.rewrites, name] };
    case "ai":
      return child(value, "promptGuard") === undefined
        ? policies
        : { ...policies, opaque: [...policies.opaque, opaque("ai.promptGuard", value, key.place)] };
    default:
      return harmless.has(name)
        ? policies
        : { ...policies, opaque: [...policies.opaque, opaque(name, value, key.place)] };
  }
}

/** A bare string is an allow. Source: `RuleSerde` in `http/authorization.rs`. */
export function readRules(name: RuleSet["name"], node: TreeNode, of: string): RuleSet {
  const rules = items(child(node, "rules")).flatMap((item, index): readonly Rule[] => {
    const label = `${name} rule ${index + 1}${of === "" ? "" : ` of ${of}`}`;
    if (item.kind === "scalar") return [rule("allow", item, label)];
    return entries(item).flatMap(({ key, value }) =>
      value.kind === "scalar" && isEffect(key.text) ? [rule(key.text, value, label)] : [],
    );
  });
  return { name, rules };
}

function isEffect(key: string): key is Rule["effect"] {
  return key === "allow" || key === "deny" || key === "require";
}

function rule(effect: Rule["effect"], node: ScalarNode, label: string): Rule {
  return { effect, source: node.text, label, place: node.place, node };
}

function readJwt(name: JwtPolicy["name"], node: TreeNode, place: Place): JwtPolicy {
  const several = child(node, "providers");
  const shared = child(node, "jwtValidationOptions");
  const providers = several === undefined ? [node] : items(several);
  return {
    name,
    // Source: `Mode` in `http/jwt.rs` (optional by default); MCP authentication is strict by default.
    mode: readMode(text(child(node, "mode"))) ?? (name === "mcpAuthentication" ? "strict" : "optional"),
    providers: providers.map((provider) => readProvider(provider, shared)),
    place,
  };
}

function readMode(mode: string | undefined): JwtPolicy["mode"] | undefined {
  const lower = mode?.toLowerCase();
  return lower === "strict" || lower === "optional" || lower === "permissive" ? lower : undefined;
}

/**
 * Source: `Provider::from_jwks`: without `audiences` they are not validated, and what a token must have is `exp` only
 * unless `jwtValidationOptions.requiredClaims` names more: a token without `aud` passes.
 */
function readProvider(node: TreeNode, shared: TreeNode | undefined): JwtProvider {
  const audiences = child(node, "audiences");
  const options = child(node, "jwtValidationOptions") ?? shared;
  return {
    issuer: text(child(node, "issuer")) ?? "",
    audiences: isNull(audiences) ? undefined : texts(audiences),
    requiresAudience: texts(child(options, "requiredClaims")).includes("aud"),
  };
}

function headerChanges(node: TreeNode | undefined): HeaderChanges {
  const names = (list: TreeNode | undefined): readonly string[] =>
    list?.kind === "map" ? list.entries.map((entry) => entry.key.text) : texts(list);
  const lower = (all: readonly string[]) => all.map((name) => name.toLowerCase());
  return {
    removed: lower(names(child(node, "remove"))),
    set: lower([...names(child(node, "set")), ...names(child(node, "add"))]),
  };
}

export function mergeHeaders(a: HeaderChanges, b: HeaderChanges): HeaderChanges {
  return { removed: [...a.removed, ...b.removed], set: [...a.set, ...b.set] };
}

function opaque(name: string, node: TreeNode, place: Place): OpaquePolicy {
  return { name, digest: digest(JSON.stringify(toValue(node))), place };
}

/** FNV-1a, 64 bits: tells configs apart; it is no cryptographic digest and needs to be none. */
function digest(value: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < value.length; at++) {
    hash ^= BigInt(value.charCodeAt(at));
    hash = (hash * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, "0");
}
