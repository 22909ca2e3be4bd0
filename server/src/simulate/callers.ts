/** Who is calling: the set of declared identities that the verified credentials prove (design, section 3). */
import type { Interaction, Json } from "../access/interaction.ts";
import type { Environment, Identity, Issuer, PolicySet } from "../policy/model.ts";
import { substitute } from "../policy/variables.ts";

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
}

export function resolveCallers(set: PolicySet, environment: Environment, interaction: Interaction): Callers {
  const delegationDepth = actDepth(interaction);
  const proofs: Proof[] = [];
  for (const identity of set.identities.values()) {
    const peer = peerProof(identity, environment, interaction);
    if (peer !== undefined) proofs.push({ identity, role: "self", by: peer });
    if (tokenProves(identity, set, environment, interaction))
      proofs.push({
        identity,
        role: delegationDepth > 0 ? "delegator" : "self",
        by: `token of ${identity.issuer?.text}`,
      });
    if (isActor(identity, set, environment, interaction))
      proofs.push({ identity, role: "actor", by: "act claim of the token" });
  }
  return { proofs, delegationDepth };
}

function peerProof(
  identity: Identity,
  environment: Environment,
  interaction: Interaction,
): string | undefined {
  const spiffeId = identity.spiffeId && substitute(identity.spiffeId.text, environment);
  if (spiffeId !== undefined && interaction.source?.principal === spiffeId) return "peer certificate";
  for (const [gateway, known] of identity.deployedAs) {
    const { client } = interaction;
    if (known.consumer !== undefined && client?.id === known.consumer) return `client of ${gateway}`;
    if (known.groups?.some((group) => client?.groups?.includes(group))) return `group of ${gateway}`;
  }
  return undefined;
}

function tokenProves(
  identity: Identity,
  set: PolicySet,
  environment: Environment,
  interaction: Interaction,
): boolean {
  const issuer = identity.issuer && set.controlPlane.issuers.get(identity.issuer.text);
  const claims = interaction.jwt?.claims ?? {};
  if (issuer === undefined || !isTokenOf(issuer, interaction)) return false;
  const clientId = identity.clientId && substitute(identity.clientId.text, environment);
  if (clientId !== undefined && claims.azp !== clientId && claims.client_id !== clientId) return false;
  if (clientId === undefined && identity.claims.size === 0) return false;
  return [...identity.claims].every(([name, values]) => {
    const claim = claimNamed(name, interaction);
    const members = Array.isArray(claim) ? claim : [claim];
    return members.some((member) => typeof member === "string" && values.includes(member));
  });
}

/** A token of a declared issuer names the identity as its current actor. */
function isActor(
  identity: Identity,
  set: PolicySet,
  environment: Environment,
  interaction: Interaction,
): boolean {
  const actor = field(interaction.jwt?.claims?.act, "sub");
  if (typeof actor !== "string") return false;
  const names = [identity.spiffeId, identity.clientId].map(
    (name) => name && substitute(name.text, environment),
  );
  return (
    names.includes(actor) && [...set.controlPlane.issuers.values()].some((one) => isTokenOf(one, interaction))
  );
}

function isTokenOf(issuer: Issuer, { jwt }: Interaction): boolean {
  if (jwt?.iss !== issuer.url) return false;
  return issuer.audiences.length === 0 || issuer.audiences.some((audience) => jwt.aud?.includes(audience));
}

function claimNamed(name: string, { jwt }: Interaction): Json | undefined {
  if (name === "iss" || name === "sub") return jwt?.[name];
  if (name === "aud") return jwt?.aud;
  return name.split(".").reduce<Json | undefined>(field, jwt?.claims);
}

function field(value: Json | undefined, name: string): Json | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? (value as { readonly [key: string]: Json })[name] : undefined;
}

function actDepth(interaction: Interaction): number {
  let depth = 0;
  for (let act = interaction.jwt?.claims?.act; act !== undefined; act = field(act, "act")) depth++;
  return depth;
}
