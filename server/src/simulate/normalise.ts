/** Brings an interaction into the one form that decisions, lowering and comparison read. */
import type { Interaction, Json, Principal } from "../access/interaction.ts";

/** Why an interaction cannot be decided: it contradicts itself. Invalid input is denied, with this as the reason. */
export interface InvalidInteraction {
  readonly invalid: string;
}

export function isInvalid(value: Interaction | InvalidInteraction): value is InvalidInteraction {
  return "invalid" in value;
}

const unreserved = /%([0-9A-Fa-f]{2})/g;

/**
 * Decodes percent-encoded unreserved characters and writes the other encodings in upper case (RFC 3986, 6.2.2),
 * which changes no meaning. What else makes a path ambiguous is left for the decision to refuse.
 */
export function normalisePath(path: string): string {
  const query = path.search(/[?#]/);
  const end = query < 0 ? path.length : query;
  const decoded = path.slice(0, end).replace(unreserved, (whole, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : whole.toUpperCase();
  });
  return decoded + path.slice(end);
}

export function normalise(interaction: Interaction): Interaction | InvalidInteraction {
  const withHttp = httpOf(interaction);
  const derived = delegators(withHttp);
  const stated = withHttp.onBehalfOf;
  if (derived === undefined) {
    if (stated === undefined || stated.length === 0) return withHttp;
    return { invalid: "onBehalfOf is stated, but no token with an act claim proves it" };
  }
  if (stated !== undefined && !samePrincipals(stated, derived))
    return { invalid: "onBehalfOf contradicts the subject of the token" };
  return { ...withHttp, onBehalfOf: derived };
}

/** gRPC is HTTP: POST to `/service/method`. The host has no case and no port. */
function httpOf(interaction: Interaction): Interaction {
  const { grpc } = interaction;
  const http =
    grpc === undefined
      ? interaction.http
      : { method: "POST", path: `/${grpc.service}/${grpc.method}`, ...interaction.http };
  if (http === undefined) return interaction;
  const host = http.host?.toLowerCase().replace(/:\d+$/, "");
  return {
    ...interaction,
    http: {
      ...http,
      ...(host === undefined ? {} : { host }),
      ...(http.path === undefined ? {} : { path: normalisePath(http.path) }),
    },
  };
}

/** The delegator of an exchanged token: its top-level subject (RFC 8693). Undefined without an `act` claim. */
function delegators(interaction: Interaction): readonly Principal[] | undefined {
  const { jwt } = interaction;
  if (jwt?.claims?.act === undefined) return undefined;
  const groups = textList(jwt.claims.groups);
  return [{ id: jwt.sub ?? "", issuer: jwt.iss ?? "", ...(groups === undefined ? {} : { groups }) }];
}

function textList(value: Json | undefined): readonly string[] | undefined {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : undefined;
}

function samePrincipals(left: readonly Principal[], right: readonly Principal[]): boolean {
  return (
    left.length === right.length &&
    left.every((one, index) => {
      const other = right[index];
      if (other === undefined || one.id !== other.id || one.issuer !== other.issuer) return false;
      const groups = one.groups ?? other.groups ?? [];
      return groups.length === (other.groups ?? []).length && groups.every((g) => other.groups?.includes(g));
    })
  );
}
