/** The credentials that prove a declared identity, for scenarios that say `as` instead of showing them. */
import type { Interaction, Json, Principal } from "../access/interaction.ts";
import { claimKeys, claimScalar } from "../policy/claims.ts";
import { identityIn } from "../policy/in-environment.ts";
import type { Environment, Identity, Issuer, PolicySet, Resource, Scenario } from "../policy/model.ts";
import { isOnTheWay } from "./callers.ts";
import { given } from "./requests/reading.ts";

type Credentials = Pick<Interaction, "source" | "client" | "jwt" | "credential">;

/**
 * The first proof that the identity declares: certificate, gateway client, token. As a client it is called what a
 * gateway on the way to the resource calls it.
 */
export function credentialsOf(
  declared: Identity,
  onBehalfOf: Scenario["onBehalfOf"],
  set: PolicySet,
  environment: Environment,
  resource: Resource | undefined,
): Credentials {
  const identity = identityIn(declared, environment);
  const principal = identity.spiffeId?.text ?? anyLike(identity.spiffeIdPattern?.text);
  const clientId = identity.clientId?.text;
  const [known] = [...identity.deployedAs].flatMap(([gateway, as]) =>
    isOnTheWay(gateway, resource, environment) ? [as] : [],
  );
  const issuer = identity.issuer && set.controlPlane.issuers.get(identity.issuer.text);
  const delegated = exchangedToken(onBehalfOf, principal ?? clientId ?? identity.name, set);
  const own =
    issuer !== undefined && (clientId !== undefined || identity.claims.size > 0)
      ? ownToken(identity, clientId, issuer)
      : undefined;
  const client =
    known === undefined || own !== undefined
      ? undefined
      : given({
          method: identity.credential?.type === "api-key" ? "key-auth" : undefined,
          id: known.consumer,
          groups: known.groups,
        });
  return given({
    source: principal === undefined ? undefined : { principal },
    client,
    jwt: delegated ?? own,
    credential: identity.credential?.type === undefined ? undefined : { type: identity.credential.type },
  });
}

/** A workload that a pattern of SPIFFE IDs stands for; which one makes no difference. */
function anyLike(pattern: string | undefined): string | undefined {
  return pattern?.replaceAll("**", "any").replaceAll("*", "any");
}

/**
 * A token as an issuer exchanges it: the delegator on top, the actor in `act`, prior actors nested in there (RFC 8693,
 * 4.1). An issuer is named as the control plane calls it, or by its URL. Undefined where nobody is acted for.
 */
export function exchangedToken(
  onBehalfOf: readonly Principal[],
  actor: string,
  set: PolicySet,
): Interaction["jwt"] {
  const [delegator, ...others] = onBehalfOf;
  if (delegator === undefined) return undefined;
  const issuer = issuerOf(delegator.issuer, set);
  const prior = others.reduceRight<Json | undefined>(
    (act, one) => ({ sub: one.id, ...given({ act }) }),
    undefined,
  );
  return {
    iss: issuer?.url ?? delegator.issuer,
    sub: delegator.id,
    ...audience(issuer),
    claims: { ...given({ groups: delegator.groups }), act: { sub: actor, ...given({ act: prior }) } },
  };
}

export function issuerOf(name: string, set: PolicySet): Issuer | undefined {
  const { issuers } = set.controlPlane;
  return issuers.get(name) ?? [...issuers.values()].find((one) => one.url === name);
}

/** A token of a member: of each claim the first value that will do. `iss`, `sub` and `aud` are not among the claims. */
function ownToken(identity: Identity, clientId: string | undefined, issuer: Issuer): Interaction["jwt"] {
  const first = (name: string) => identity.claims.get(name)?.[0];
  let claims: { readonly [name: string]: Json } = clientId === undefined ? {} : { azp: clientId };
  for (const [name, [value]] of identity.claims) {
    if (value === undefined || registered.has(name)) continue;
    const shape = issuer.claims.get(name) ?? (name === "groups" || name === "roles" ? "list" : undefined);
    const scalar = shape === undefined ? (claimScalar(value) ?? value) : value;
    claims = withClaim(claims, claimKeys(name), shape === "list" ? [value] : scalar);
  }
  const named = first("aud");
  return {
    iss: issuer.url,
    sub: first("sub") ?? `a-member-of-${identity.name}`,
    ...(named === undefined ? audience(issuer) : { aud: audiences(issuer, named) }),
    claims,
  };
}

const registered = new Set(["iss", "sub", "aud"]);

/** As entries, since a claim may have any name, `__proto__` too. */
function withClaim(
  claims: { readonly [name: string]: Json },
  [head, ...rest]: readonly string[],
  value: Json,
): { readonly [name: string]: Json } {
  if (head === undefined) return claims;
  const before = Object.hasOwn(claims, head) ? claims[head] : undefined;
  const inner = isMap(before) ? before : {};
  const made = rest.length === 0 ? value : withClaim(inner, rest, value);
  return Object.fromEntries([...Object.entries(claims).filter(([name]) => name !== head), [head, made]]);
}

function isMap(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function audiences({ audiences: [first] }: Issuer, named: string): readonly string[] {
  return first === undefined || first === named ? [named] : [first, named];
}

function audience(issuer: Issuer | undefined): { readonly aud?: readonly string[] } {
  const [first] = issuer?.audiences ?? [];
  return first === undefined ? {} : { aud: [first] };
}
