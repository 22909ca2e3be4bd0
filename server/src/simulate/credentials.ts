/** The credentials that prove a declared identity, for scenarios that say `as` instead of showing them. */
import type { Interaction, Json } from "../access/interaction.ts";
import type { Environment, Identity, Issuer, PolicySet, Scenario } from "../policy/model.ts";
import { substitute } from "../policy/variables.ts";
import { given } from "./requests/reading.ts";

type Credentials = Pick<Interaction, "source" | "client" | "jwt" | "credential">;

/** The first proof that the identity declares: certificate, gateway client, token. */
export function credentialsOf(
  identity: Identity,
  onBehalfOf: Scenario["onBehalfOf"],
  set: PolicySet,
  environment: Environment,
): Credentials {
  const principal = identity.spiffeId && substitute(identity.spiffeId.text, environment);
  const clientId = identity.clientId && substitute(identity.clientId.text, environment);
  const known = [...identity.deployedAs.values()][0];
  const issuer = identity.issuer && set.controlPlane.issuers.get(identity.issuer.text);
  const delegated = delegatedToken(onBehalfOf, principal ?? clientId ?? identity.name, set);
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

/** A token as an issuer exchanges it: the delegator on top, the actor in `act`; nested for longer chains (RFC 8693). */
function delegatedToken(
  onBehalfOf: Scenario["onBehalfOf"],
  actor: string,
  set: PolicySet,
): Interaction["jwt"] {
  const [delegator, ...others] = onBehalfOf;
  if (delegator === undefined) return undefined;
  const issuer = set.controlPlane.issuers.get(delegator.issuer);
  const prior = others.reduceRight<Json | undefined>(
    (act, one) => ({ sub: one.id, ...given({ act }) }),
    undefined,
  );
  return {
    iss: issuer?.url ?? delegator.issuer,
    sub: delegator.id,
    ...audience(issuer),
    claims: { groups: delegator.groups, act: { sub: actor, ...given({ act: prior }) } },
  };
}

function ownToken(identity: Identity, clientId: string | undefined, issuer: Issuer): Interaction["jwt"] {
  const claims: Record<string, Json> = {};
  for (const [name, [value]] of identity.claims) {
    if (value === undefined) continue;
    const shape = issuer.claims.get(name) ?? (name === "groups" || name === "roles" ? "list" : "string");
    setClaim(claims, name.split("."), shape === "list" ? [value] : value);
  }
  if (clientId !== undefined) claims.azp = clientId;
  return { iss: issuer.url, sub: `a-member-of-${identity.name}`, ...audience(issuer), claims };
}

function setClaim(claims: Record<string, Json>, [head, ...rest]: readonly string[], value: Json): void {
  if (head === undefined) return;
  if (rest.length === 0) {
    claims[head] = value;
    return;
  }
  const inner: Record<string, Json> = {};
  setClaim(inner, rest, value);
  claims[head] = inner;
}

function audience(issuer: Issuer | undefined): { readonly aud?: readonly string[] } {
  const [first] = issuer?.audiences ?? [];
  return first === undefined ? {} : { aud: [first] };
}
