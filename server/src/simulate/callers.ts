/** Who is calling: the set of declared identities that the verified credentials prove (design, section 3). */
import type { Interaction, Json } from "../access/interaction.ts";
import { jsonAt } from "../access/read-attribute.ts";
import { claimKeys } from "../policy/claims.ts";
import { identityIn } from "../policy/in-environment.ts";
import type { Environment, Identity, Issuer, PolicySet, Resource } from "../policy/model.ts";

/** How one identity takes part in the request. */
export interface Proof {
  readonly identity: Identity;
  /**
   * `self`: proven in its own right. `actor`: the token's `act` claim names it.
   * `delegator`: the subject of a token that someone else acts with.
   */
  readonly role: "self" | "actor" | "delegator";
  readonly by: string;
}

export interface Callers {
  readonly proofs: readonly Proof[];
  /** How many levels of `act` the token nests; 0: nobody acts for anybody. */
  readonly delegationDepth: number;
  /**
   * Names of the identities that an `act` claim speaks of, whoever issued the token: such a caller never passes for
   * one that acts for itself.
   */
  readonly namedAsActor: ReadonlySet<string>;
}

/** `resource`: what the request is for, as far as that is known. */
export function resolveCallers(
  set: PolicySet,
  environment: Environment,
  interaction: Interaction,
  resource: Resource | undefined,
): Callers {
  const delegationDepth = actDepth(interaction);
  const proofs: Proof[] = [];
  const namedAsActor = new Set<string>();
  const isTrusted = [...set.controlPlane.issuers.values()].some((one) => isTokenOf(one, interaction));
  for (const declared of set.identities.values()) {
    const identity = identityIn(declared, environment);
    const peer = peerProof(identity, interaction, (gateway) => isOnTheWay(gateway, resource, environment));
    if (peer !== undefined) proofs.push({ identity, role: "self", by: peer });
    if (tokenProves(identity, set, interaction))
      proofs.push({
        identity,
        role: delegationDepth > 0 ? "delegator" : "self",
        by: `token of ${identity.issuer?.text}`,
      });
    if (!isNamedAsActor(identity, interaction)) continue;
    namedAsActor.add(identity.name);
    // A token of an issuer that nobody declared proves nothing.
    if (isTrusted) proofs.push({ identity, role: "actor", by: "act claim of the token" });
  }
  return { proofs, delegationDepth, namedAsActor };
}

/**
 * Whether a client of `gateway` (the name or the type of an enforcement point) is known by its name where requests to
 * the resource pass. A way of which nothing is known rules nothing out, nor does a point that the environment lacks.
 */
export function isOnTheWay(
  gateway: string,
  resource: Resource | undefined,
  { enforcementPoints }: Environment,
): boolean {
  const hops = new Set(resource?.paths.flatMap((path) => path.map((hop) => hop.text)));
  if (hops.size === 0) return true;
  return [...hops].some((hop) => {
    const point = enforcementPoints.get(hop);
    return point === undefined || hop === gateway || point.type === gateway;
  });
}

function peerProof(
  identity: Identity,
  { source, client }: Interaction,
  counts: (gateway: string) => boolean,
): string | undefined {
  if (source?.principal !== undefined && hasSpiffeId(identity, source.principal)) return "peer certificate";
  for (const [gateway, known] of identity.deployedAs) {
    if (!counts(gateway)) continue;
    if (known.consumer !== undefined && client?.id === known.consumer) return `client of ${gateway}`;
    if (known.groups?.some((group) => client?.groups?.includes(group))) return `group of ${gateway}`;
  }
  return undefined;
}

function tokenProves(identity: Identity, set: PolicySet, interaction: Interaction): boolean {
  const issuer = identity.issuer && set.controlPlane.issuers.get(identity.issuer.text);
  if (issuer === undefined || !isTokenOf(issuer, interaction)) return false;
  const clientId = identity.clientId?.text;
  const claims = interaction.jwt?.claims;
  // The issuer alone proves nobody: every one of its tokens would.
  if (clientId === undefined && identity.claims.size === 0) return false;
  if (
    clientId !== undefined &&
    jsonAt(claims, ["azp"]) !== clientId &&
    jsonAt(claims, ["client_id"]) !== clientId
  )
    return false;
  return [...identity.claims].every(([name, values]) => {
    const claim = claimNamed(name, interaction);
    // `true` and 3 count like "true" and "3"; among the members of a list only texts do.
    if (typeof claim === "boolean" || typeof claim === "number") return values.includes(String(claim));
    const members = Array.isArray(claim) ? claim : [claim];
    return members.some((member) => typeof member === "string" && values.includes(member));
  });
}

function isNamedAsActor(identity: Identity, interaction: Interaction): boolean {
  const actor = jsonAt(interaction.jwt?.claims, ["act", "sub"]);
  return typeof actor === "string" && (hasSpiffeId(identity, actor) || identity.clientId?.text === actor);
}

function hasSpiffeId({ spiffeId, spiffeIdPattern }: Identity, id: string): boolean {
  return spiffeId?.text === id || (spiffeIdPattern !== undefined && isLike(id, spiffeIdPattern.text));
}

/** Segment by segment: `*` is any one, `**` at the end one or more (`policy/spiffe-id-pattern.ts`). */
function isLike(id: string, pattern: string): boolean {
  const [segments, wanted] = [id.split("/"), pattern.split("/")];
  const isOpenEnd = wanted.at(-1) === "**";
  if (isOpenEnd ? segments.length < wanted.length : segments.length !== wanted.length) return false;
  return wanted.every((one, index) => {
    const segment = segments[index] ?? "";
    return one === "*" || (one === "**" && index === wanted.length - 1) ? segment !== "" : one === segment;
  });
}

function isTokenOf(issuer: Issuer, { jwt }: Interaction): boolean {
  if (jwt?.iss !== issuer.url) return false;
  return issuer.audiences.length === 0 || issuer.audiences.some((audience) => jwt.aud?.includes(audience));
}

function claimNamed(name: string, { jwt }: Interaction): Json | undefined {
  if (name === "iss" || name === "sub" || name === "aud") return jwt?.[name];
  return jsonAt(jwt?.claims, claimKeys(name));
}

function actDepth(interaction: Interaction): number {
  let depth = 0;
  let act = jsonAt(interaction.jwt?.claims, ["act"]);
  while (act !== undefined) {
    depth++;
    act = jsonAt(act, ["act"]);
  }
  return depth;
}
