/** A request whose resource and callers are known, as rules see it. */
import type { Interaction } from "../access/interaction.ts";
import type { Resource } from "../policy/model.ts";
import type { Callers, Proof } from "./callers.ts";

export interface Request {
  readonly interaction: Interaction;
  readonly resource: Resource;
  readonly callers: Callers;
  readonly delegationLimit: number;
}

/** The identities by name, each once. */
export function listOf(proofs: readonly Proof[]): string {
  return [...new Set(proofs.map((proof) => proof.identity.name))].join(", ") || "nobody known";
}

export function mayActFor(actor: Proof, delegator: Proof): boolean {
  return actor.identity.actsFor.some((name) => name.text === delegator.identity.name);
}

export function tooDeep({ callers, delegationLimit }: Request): string | undefined {
  return callers.delegationDepth > delegationLimit
    ? `delegation was ${callers.delegationDepth} deep, at most ${delegationLimit} is allowed`
    : undefined;
}

/** Why a delegated request can be under no allow rule at all; undefined where the rules decide. */
export function undeclaredDelegation(request: Request): string | undefined {
  const { proofs } = request.callers;
  const actors = proofs.filter((proof) => proof.role === "actor");
  if (actors.length === 0) return undefined;
  const delegators = proofs.filter((proof) => proof.role === "delegator");
  if (delegators.length === 0)
    return tooDeep(request) ?? `whom ${listOf(actors)} acts for is no declared identity`;
  const isDeclared = actors.some((actor) => delegators.some((delegator) => mayActFor(actor, delegator)));
  return (
    tooDeep(request) ??
    (isDeclared ? undefined : `${listOf(actors)} does not declare actsFor ${listOf(delegators)}`)
  );
}
