/**
 * Who a caller is, as predicates on raw attributes: each identity expands to the proofs that ARCHITECTURE.md
 * ("Callers", "Delegation") lists, so that a changed claim behind an unchanged name is a change.
 */
import { attribute } from "../../access/catalogue.ts";
import { fails, holds, type Literal, type Origin, type Term } from "../../access/predicate.ts";
import { exactly, oneOf, type TextPattern } from "../../access/text-pattern.ts";
import { claimKeys, claimScalar } from "../claims.ts";
import { identityIn } from "../in-environment.ts";
import type { DeployedAs, Environment, Identity, Issuer, PolicySet, Resource } from "../model.ts";
import { spiffeIdTexts } from "../spiffe-id-pattern.ts";

/** The `act` claim (RFC 8693, 4.1), whose presence makes a token a delegated one, and the actor that it names. */
export const actClaim = attribute("jwt.claims", "act");
export const actorSubject = attribute("jwt.claims", "act", "sub");

export interface CallerContext {
  readonly set: PolicySet;
  readonly environment: Environment;
  /** What is asked for: only gateways on the way to it say who its clients are. Absent: any gateway does. */
  readonly resource?: Resource;
}

/** The caller proves `identity` in its own right: by certificate, gateway client, or a token that nobody acts with. */
export function provesDirectly(
  identity: Identity,
  context: CallerContext,
  origins: readonly Origin[],
): readonly Term[] {
  const notDelegated = fails(actClaim, { test: "present" });
  return [
    ...peerProofs(identity, context).map((literals) => ({ literals, origins })),
    ...tokenProofs(identity, context).map((literals) => ({ literals: [...literals, notDelegated], origins })),
  ];
}

/** The caller is `identity` and no token says that it acts for someone. */
export function actsForItself(
  identity: Identity,
  context: CallerContext,
  origins: readonly Origin[],
): readonly Term[] {
  const notAsActor = actorPatterns(identity, context).map((pattern) =>
    fails(actorSubject, { test: "text", pattern }),
  );
  return provesDirectly(identity, context, origins).map((proof) => ({
    literals: [...proof.literals, ...notAsActor.filter(() => !isTokenProof(proof))],
    origins,
  }));
}

/** A token of a declared issuer names `actor` as its current actor, for a delegator that proves `delegator`. */
export function actsFor(
  actor: Identity,
  delegator: Identity,
  context: CallerContext,
  origins: readonly Origin[],
): readonly Term[] {
  const patterns = actorPatterns(actor, context);
  const depth = context.set.controlPlane.limits.delegationDepth;
  if (patterns.length === 0 || depth < 1) return [];
  const tooDeep = attribute("jwt.claims", ...Array.from({ length: depth + 1 }, () => "act"));
  return patterns.flatMap((pattern) =>
    tokenProofs(delegator, context).map((literals) => ({
      literals: [
        holds(actorSubject, { test: "text", pattern }),
        ...literals,
        fails(tooDeep, { test: "present" }),
      ],
      origins,
    })),
  );
}

/** The request involves `identity` as actor or as delegator, in any way: what a deny rule matches. */
export function involves(
  identity: Identity,
  context: CallerContext,
  origins: readonly Origin[],
): readonly Term[] {
  const asActor = actorPatterns(identity, context).flatMap((pattern) =>
    [...context.set.controlPlane.issuers.values()].map((issuer) => ({
      literals: [holds(actorSubject, { test: "text", pattern }), ...trusts(issuer)],
      origins,
    })),
  );
  const asPeerOrToken = [...peerProofs(identity, context), ...tokenProofs(identity, context)];
  return [...asPeerOrToken.map((literals) => ({ literals, origins })), ...asActor];
}

/** What an `act` claim calls the identity, where that is one name: its SPIFFE ID, its client id. */
export function actorNames(identity: Identity, context: CallerContext): readonly string[] {
  const { spiffeId, clientId } = identityIn(identity, context.environment);
  return [spiffeId, clientId].flatMap((name) => name?.text ?? []);
}

/** The texts of an `act` claim that name the identity; none where it has no name there. */
export function actorPatterns(identity: Identity, context: CallerContext): readonly TextPattern[] {
  const names = actorNames(identity, context);
  const { spiffeIdPattern } = identityIn(identity, context.environment);
  return [
    ...(names.length === 0 ? [] : [oneOf(names)]),
    ...(spiffeIdPattern === undefined ? [] : [spiffeIdTexts(spiffeIdPattern.text)]),
  ];
}

function isTokenProof(proof: Term): boolean {
  return proof.literals.some((literal) => literal.attribute === actClaim);
}

/** Proofs that no token takes part in. */
function peerProofs(identity: Identity, context: CallerContext): readonly (readonly Literal[])[] {
  const { spiffeId, spiffeIdPattern, deployedAs } = identityIn(identity, context.environment);
  const proofs: (readonly Literal[])[] = [];
  if (spiffeId !== undefined)
    proofs.push([holds(attribute("source.principal"), { test: "text", pattern: exactly(spiffeId.text) })]);
  if (spiffeIdPattern !== undefined)
    proofs.push([
      holds(attribute("source.principal"), { test: "text", pattern: spiffeIdTexts(spiffeIdPattern.text) }),
    ]);
  for (const known of knownOnTheWay(deployedAs, context)) {
    if (known.consumer !== undefined)
      proofs.push([holds(attribute("client.id"), { test: "text", pattern: exactly(known.consumer) })]);
    if (known.groups !== undefined)
      proofs.push([
        holds(attribute("client.groups"), { test: "member", pattern: oneOf(known.groups), scalar: true }),
      ]);
  }
  return proofs;
}

/**
 * What the gateways on the way to the resource call an identity: another gateway's client of the same name is somebody
 * else. Where nothing is known of the way, or of one point on it, every name counts.
 */
function knownOnTheWay(
  deployedAs: Identity["deployedAs"],
  { resource, environment }: CallerContext,
): readonly DeployedAs[] {
  const way = resource?.paths.flat() ?? [];
  const points = way.map((hop) => environment.enforcementPoints.get(hop.text));
  if (points.length === 0 || points.includes(undefined)) return [...deployedAs.values()];
  const names = new Set<string>(points.flatMap((point) => (point ? [point.name, point.type] : [])));
  return [...deployedAs].flatMap(([gateway, known]) => (names.has(gateway) ? [known] : []));
}

/** Proofs by the token's issuer, audience and claims; whether someone acts with it is the caller's business. */
function tokenProofs(identity: Identity, context: CallerContext): readonly (readonly Literal[])[] {
  const issuer = identity.issuer && context.set.controlPlane.issuers.get(identity.issuer.text);
  if (issuer === undefined) return [];
  const { clientId, claims: wanted } = identityIn(identity, context.environment);
  if (clientId === undefined && wanted.size === 0) return [];
  const byClaims = [...wanted].reduce<readonly (readonly Literal[])[]>(
    (before, [name, values]) =>
      claimTests(name, values).flatMap((one) => before.map((others) => [...others, one])),
    [[]],
  );
  if (clientId === undefined) return byClaims.map((claims) => [...trusts(issuer), ...claims]);
  return ["azp", "client_id"].flatMap((claim) =>
    byClaims.map((claims) => [
      ...trusts(issuer),
      holds(attribute("jwt.claims", claim), { test: "text", pattern: exactly(clientId.text) }),
      ...claims,
    ]),
  );
}

/** Any one of them says that the claim has one of the values. */
function claimTests(name: string, values: readonly string[]): readonly Literal[] {
  const claim = claimAttribute(name);
  const asText = holds(claim, { test: "member", pattern: oneOf(values), scalar: true });
  if (claim.id !== "jwt.claims") return [asText];
  const asScalar = values.flatMap((value): Literal[] => {
    const scalar = claimScalar(value);
    if (scalar === undefined) return [];
    return [
      typeof scalar === "boolean"
        ? holds(claim, { test: "boolean", value: scalar })
        : holds(claim, { test: "range", min: scalar, max: scalar }),
    ];
  });
  return [asText, ...asScalar];
}

/** The attribute of a claim by its name in an identity; the registered ones have their own. */
function claimAttribute(name: string) {
  if (name === "iss" || name === "sub" || name === "aud") return attribute(`jwt.${name}`);
  return attribute("jwt.claims", ...claimKeys(name));
}

function trusts(issuer: Issuer): readonly Literal[] {
  const literals = [holds(attribute("jwt.iss"), { test: "text", pattern: exactly(issuer.url) })];
  if (issuer.audiences.length > 0)
    literals.push(
      holds(attribute("jwt.aud"), { test: "member", pattern: oneOf(issuer.audiences), scalar: true }),
    );
  return literals;
}
