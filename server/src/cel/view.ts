import type { Attribute } from "../access/attribute.ts";
import { readAttribute } from "../access/evaluate-terms.ts";
import type { Interaction, Json } from "../access/interaction.ts";
import { headerValues, jsonAt, requestPath } from "../access/read-attribute.ts";
import { conform } from "./conform.ts";
import { LeafError, type Scope } from "./engine.ts";
import { pathParameter } from "./path-parameter.ts";
import { actClaim, type Reference } from "./reference.ts";

/** The shape of a SPIFFE ID that has a namespace and a service account, as Istio issues them. */
const spiffeShape = /^spiffe:\/\/([^/]+)\/ns\/([^/]+)\/sa\/([^/]+)$/;
const grpcShape = /^\/([^/]+)\/([^/]+)$/;

/** One interaction as conditions see it. Reading never fails but by `LeafError`, which says why in words. */
export class InteractionView {
  constructor(readonly interaction: Interaction) {}

  /** The CEL value of a reference. Throws `LeafError` where it is missing, or is not what is declared. */
  read(reference: Reference): unknown {
    const value = this.#raw(reference);
    if (value === undefined) throw LeafError.because(this.#missing(reference));
    return conform(value, reference);
  }

  /** CEL `has()`. Throws `LeafError` where the parent is missing, or the value is not what is declared. */
  has(reference: Reference): boolean {
    const { source } = reference;
    if (source.kind === "group") return source.members.some((member) => this.has(member));
    if (source.kind === "delegators") return readAttribute(this.interaction, actClaim).kind !== "absent";
    if (source.kind === "absent") {
      if (source.inside > 0) throw LeafError.because(this.#missing(reference));
      return false;
    }
    if (source.kind === "attribute" && source.inside > 1) {
      const { attribute } = source;
      const parent: Attribute = { ...attribute, keys: attribute.keys.slice(0, -1) };
      if (this.#attribute(parent) === undefined) throw LeafError.because(this.#missing(reference));
    }
    if (source.kind === "firstHeader") return this.#attribute(source.attribute) !== undefined;
    const value = this.#raw(reference);
    if (value === undefined) return false;
    conform(value, reference);
    return true;
  }

  #raw(reference: Reference): Json | undefined {
    const { source } = reference;
    switch (source.kind) {
      case "attribute":
        if (source.delegated && this.#attribute(actClaim) === undefined) return undefined;
        return this.#attribute(source.attribute);
      case "firstHeader":
        return headerValues(this.interaction.http?.headers, source.attribute.keys[0] ?? "")?.[0];
      case "spiffe": {
        const parts = spiffeShape.exec(this.interaction.source?.principal ?? "");
        return parts?.[{ trustDomain: 1, namespace: 2, serviceAccount: 3 }[source.part]];
      }
      case "grpc": {
        const method = readAttribute(this.interaction, methodAttribute);
        if (method.kind !== "text" || method.value !== "POST") return undefined;
        const parts = grpcShape.exec(requestPath(this.interaction) ?? "");
        return parts?.[{ service: 1, method: 2 }[source.part]];
      }
      case "pathParameter":
        return pathParameter(requestPath(this.interaction), source.templates);
      case "words": {
        const claim = this.#attribute(source.attribute);
        return typeof claim === "string" ? claim.split(" ").filter((word) => word !== "") : claim;
      }
      case "delegators":
        return this.#delegators();
      case "constant":
        return source.value;
      case "fact":
        return source.read(this.interaction);
      case "group":
        return this.#group(reference);
      case "absent":
      case "local":
        return undefined;
    }
  }

  /** JSON of an attribute; times and durations stay the numbers that predicates speak of. */
  #attribute(attribute: Attribute): Json | undefined {
    switch (attribute.id) {
      case "jwt.claims":
        return jsonAt(this.interaction.jwt?.claims, attribute.keys);
      case "mcp.tool.arguments":
        return jsonAt(this.interaction.mcp?.tool?.arguments, attribute.keys);
      case "request.body":
        return jsonAt(this.interaction.http?.body, attribute.keys);
    }
    const value = readAttribute(this.interaction, attribute);
    switch (value.kind) {
      case "text":
      case "number":
      case "boolean":
        return value.value;
      case "list":
        return value.members;
      case "null":
        return null;
      case "absent":
      case "map":
      case "opaque":
        return undefined;
    }
  }

  #delegators(): Json {
    const { jwt } = this.interaction;
    if (jsonAt(jwt?.claims, ["act"]) === undefined) return [];
    const groups = jsonAt(jwt?.claims, ["groups"]);
    return [
      {
        ...(jwt?.sub !== undefined && { id: jwt.sub }),
        ...(jwt?.iss !== undefined && { issuer: jwt.iss }),
        ...(groups !== undefined && { groups }),
      },
    ];
  }

  #group(reference: Reference): Json | undefined {
    if (reference.source.kind !== "group") return undefined;
    const entries = reference.source.members.flatMap((member): [string, Json][] => {
      const value = this.#raw(member);
      return value === undefined ? [] : [[member.name, value]];
    });
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }

  #missingClaim({ id, keys }: Attribute): string {
    const claim = id === "jwt.claims" ? keys.join(".") : id.slice("jwt.".length);
    const what = `jwt has no claim "${claim}"`;
    return this.interaction.jwt === undefined ? `the request carries no token, so ${what}` : what;
  }

  #missing(reference: Reference): string {
    const { source, path, name } = reference;
    switch (source.kind) {
      case "attribute": {
        if (source.delegated && this.#attribute(actClaim) === undefined) {
          return "the request is not delegated: its token has no act claim";
        }
        if (source.attribute.id.startsWith("jwt.")) return this.#missingClaim(source.attribute);
        if (source.attribute.id === "mcp.tool.arguments") {
          return `the call has no argument "${source.attribute.keys.join(".")}"`;
        }
        if (source.attribute.id === "request.headers") return `the request has no header "${name}"`;
        if (source.attribute.id === "request.query") return `the request has no query parameter "${name}"`;
        if (source.attribute.id === "request.body")
          return `the body has no field "${source.attribute.keys.join(".")}"`;
        return `${path} is missing`;
      }
      case "firstHeader":
        return `the request has no header "${name}"`;
      case "spiffe":
        return `${path} is missing: the caller's SPIFFE ID has not the shape spiffe://.../ns/.../sa/...`;
      case "grpc":
        return `${path} is missing: the request is no gRPC call`;
      case "pathParameter":
        return `the path has no parameter "${name}"`;
      case "words":
        return this.#missingClaim(source.attribute);
      case "absent":
      case "fact":
        return `${path} is missing: ${source.reason}`;
      case "delegators":
      case "constant":
      case "group":
      case "local":
        return `${path} is missing`;
    }
  }
}

const methodAttribute: Attribute = {
  id: "request.method",
  keys: [],
  sort: "text",
  key: "request.method",
};

/** The value of a comprehension variable, or of a field of it; undefined where it has none. */
export function localValue(reference: Reference, scope: Scope): Json | undefined {
  if (reference.source.kind !== "local") return undefined;
  let current: unknown = scope.local(reference.source.name);
  for (const key of reference.source.keys) {
    if (typeof current !== "object" || current === null || Array.isArray(current)) return undefined;
    current = Object.hasOwn(current, key) ? (current as Record<string, unknown>)[key] : undefined;
  }
  return current as Json | undefined;
}
