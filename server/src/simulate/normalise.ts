/** Brings an interaction into the one form that decisions, lowering and comparison read. */
import type { Interaction, Json, Principal } from "../access/interaction.ts";
import { hostName, jsonAt, requestPath } from "../access/read-attribute.ts";

/** Why an interaction cannot be decided: it contradicts itself. Invalid input is denied, with this as the reason. */
export class InvalidInteraction {
  constructor(readonly invalid: string) {}
}

export function isInvalid(value: Interaction | InvalidInteraction): value is InvalidInteraction {
  return value instanceof InvalidInteraction;
}

const escaped = /%([0-9A-Fa-f]{2})/g;

/**
 * Decodes percent-encoded unreserved characters and writes the other encodings in upper case (RFC 3986, 6.2.2),
 * which changes no meaning. What else makes a path ambiguous is left for the decision to refuse.
 */
export function normalisePath(path: string): string {
  const query = path.indexOf("?");
  const end = query < 0 ? path.length : query;
  const decoded = path.slice(0, end).replace(escaped, (whole, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : whole.toUpperCase();
  });
  return decoded + path.slice(end);
}

export function normalise(interaction: Interaction): Interaction | InvalidInteraction {
  const contradiction = namesTwo(interaction) ?? twoCalls(interaction);
  if (contradiction !== undefined) return new InvalidInteraction(contradiction);
  const withHttp = httpOf(interaction);
  const derived = delegators(withHttp);
  const stated = withHttp.onBehalfOf;
  if (derived === undefined) {
    if (stated === undefined || stated.length === 0) return withHttp;
    return new InvalidInteraction("onBehalfOf is stated, but no token with an act claim proves it");
  }
  if (stated !== undefined && !samePrincipals(stated, derived))
    return new InvalidInteraction("onBehalfOf contradicts the subject of the token");
  return { ...withHttp, onBehalfOf: derived };
}

function namesTwo({ destination, mcp }: Interaction): string | undefined {
  const [named, server] = [destination?.resource, mcp?.server];
  return named === undefined || server === undefined || named === server
    ? undefined
    : `the request names two resources: destination.resource is ${named}, mcp.server is ${server}`;
}

/** gRPC is HTTP, so that a call and its HTTP request say the same or one of them is made up. */
function twoCalls({ grpc, http }: Interaction): string | undefined {
  if (grpc === undefined) return undefined;
  const path = `/${grpc.service}/${grpc.method}`;
  if (http?.path !== undefined && requestPath({ traffic: "service", http }) !== path)
    return `the request makes two calls: grpc is ${path}, http.path is ${http.path}`;
  if (http?.method !== undefined && http.method.toUpperCase() !== "POST")
    return `a gRPC call is a POST, and http.method is ${http.method}`;
  return undefined;
}

/** gRPC is POST to `/service/method`. Methods are in upper case; the host has no case and no port. */
function httpOf(interaction: Interaction): Interaction {
  const { grpc } = interaction;
  const http =
    grpc === undefined
      ? interaction.http
      : { method: "POST", path: `/${grpc.service}/${grpc.method}`, ...interaction.http };
  if (http === undefined) return interaction;
  return {
    ...interaction,
    http: {
      ...http,
      ...(http.method === undefined ? {} : { method: http.method.toUpperCase() }),
      ...(http.host === undefined ? {} : { host: hostName(http.host) }),
      ...(http.path === undefined ? {} : { path: normalisePath(http.path) }),
    },
  };
}

/** The delegator of an exchanged token: its top-level subject (RFC 8693). Undefined without an `act` claim. */
function delegators({ jwt }: Interaction): readonly Principal[] | undefined {
  if (jsonAt(jwt?.claims, ["act"]) === undefined) return undefined;
  const groups = textList(jsonAt(jwt?.claims, ["groups"]));
  return [{ id: jwt?.sub ?? "", issuer: jwt?.iss ?? "", ...(groups === undefined ? {} : { groups }) }];
}

function textList(value: Json | undefined): readonly string[] | undefined {
  if (typeof value === "string") return [value];
  if (!Array.isArray(value)) return undefined;
  return value.filter((one): one is string => typeof one === "string");
}

function samePrincipals(left: readonly Principal[], right: readonly Principal[]): boolean {
  return (
    left.length === right.length &&
    left.every((one, index) => {
      const other = right[index];
      if (other === undefined || one.id !== other.id || one.issuer !== other.issuer) return false;
      const [stated, proven] = [new Set(one.groups ?? other.groups), new Set(other.groups)];
      return stated.size === proven.size && [...stated].every((group) => proven.has(group));
    })
  );
}
