/**
 * The attributes that predicates speak of: raw facts of an interaction, nothing derived. What is part of another
 * attribute (namespace and service account of the SPIFFE ID, `iss/sub`, gRPC service and method of the path) is
 * expressed as a predicate on the whole, so that parts can never contradict it.
 */
export type EnforcementPointType = "istio" | "envoy" | "kong" | "envoy-gateway" | "agentgateway" | "litellm";

/**
 * How values of an attribute look. `any` is a JSON value (a claim, an argument): any sort, or a list of strings.
 * A list attribute is absent, or a scalar, or a list with members; a scalar string is not a list.
 */
export type Sort = "text" | "path" | "number" | "boolean" | "ip" | "any" | "opaque";

export interface AttributeDefinition {
  /** Its name, which is also how CEL says it (agentgateway's name where it has the same thing). */
  readonly id: string;
  readonly sort: Sort;
  /** How many further keys follow: none, one (`headers["x"]`), or a path of one or more (`claims.a.b`). */
  readonly keys: "none" | "one" | "path";
  readonly celType: string;
  readonly description: string;
  /** What each enforcement point calls it; missing: that point cannot see it when it authorises. */
  readonly visible: Partial<Record<EnforcementPointType, string>>;
}

/** An attribute, with its keys where it has some. Made by `attribute()`; compare by `key`. */
export interface Attribute {
  readonly id: string;
  readonly keys: readonly string[];
  readonly sort: Sort;
  /** Canonical text, for maps and for people: `request.headers["x-team"]`, `mcp.tool.arguments.amount`. */
  readonly key: string;
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function attributeKey(id: string, keys: readonly string[]): string {
  return id + keys.map((key) => (identifier.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`)).join("");
}

/** The attribute of an opaque atom; `id` is its identity (see `OpaqueAtom`). */
export function opaqueAttribute(id: string): Attribute {
  return { id: "opaque", keys: [id], sort: "opaque", key: `opaque:${id}` };
}
