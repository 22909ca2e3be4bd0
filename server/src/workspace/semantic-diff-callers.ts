/** Who calls, by the names of the files: the literals of a term that an identity is proven by are that identity. */
import { literalKey } from "../access/literal-key.ts";
import type { Literal, Term } from "../access/predicate.ts";
import { policySetIn } from "../policy/in-environment.ts";
import { actsFor, type CallerContext, involves, provesDirectly } from "../policy/lower/callers.ts";
import type { Environment, PolicySet } from "../policy/model.ts";

/** A term as its callers by name, and what else it says. */
export interface NamedTerm {
  readonly rest: Term;
  /** `checkout`, `copilot for support`; several: the caller is all of them at once. None: the term names nobody. */
  readonly callers: readonly string[];
}

interface Proof {
  readonly caller: string;
  readonly identities: readonly string[];
  readonly keys: ReadonlySet<string>;
}

/** One version of one environment. */
export interface NamingSide {
  readonly set: PolicySet;
  readonly environment: Environment;
}

/**
 * The identities of one environment, by how they are proven. Those that are proven otherwise in the two versions have
 * no name here: what changed about them is what the reader wants to see.
 */
export class CallerNames {
  readonly #byKey = new Map<string, Proof[]>();

  constructor(...sides: readonly (NamingSide | undefined)[]) {
    const versions = sides.flatMap((side) => (side === undefined ? [] : [proofsOf(side)]));
    const callers = new Set(versions.flatMap((version) => [...version.keys()]));
    for (const caller of callers) {
      const known = versions
        .map((version) => version.get(caller))
        .filter((proofs): proofs is readonly Proof[] => proofs !== undefined);
      if (new Set(known.map(proofsKey)).size > 1) continue;
      for (const proof of known[0] ?? [])
        for (const key of proof.keys) {
          const same = this.#byKey.get(key);
          if (same === undefined) this.#byKey.set(key, [proof]);
          else same.push(proof);
        }
    }
  }

  /** `preferred`: identities that the rules concerned name; two identities may be proven in the same way. */
  name(term: Term, preferred: ReadonlySet<string>): NamedTerm {
    const keys = term.literals.map(literalKey);
    const hits = new Map<Proof, number>();
    for (const key of new Set(keys))
      for (const proof of this.#byKey.get(key) ?? []) hits.set(proof, (hits.get(proof) ?? 0) + 1);
    const isMeant = (proof: Proof): number => Number(proof.identities.every((one) => preferred.has(one)));
    const whole = [...hits]
      .filter(([proof, count]) => count === proof.keys.size)
      .map(([proof]) => proof)
      .sort((a, b) => isMeant(b) - isMeant(a) || b.keys.size - a.keys.size);
    const said = new Set<string>();
    const callers: string[] = [];
    for (const { caller, keys: own } of whole) {
      if ([...own].every((key) => said.has(key))) continue;
      for (const key of own) said.add(key);
      callers.push(caller);
    }
    return {
      rest: { ...term, literals: term.literals.filter((literal) => !said.has(literalKey(literal))) },
      callers: [...new Set(callers)],
    };
  }
}

/** That nobody acts with a token is no news of its caller. */
export function isAboutActing({ attribute, negated }: Literal): boolean {
  return negated && attribute.keys[0] === "act";
}

function proofsOf(side: NamingSide): ReadonlyMap<string, readonly Proof[]> {
  const context: CallerContext = { ...side, set: policySetIn(side.set, side.environment) };
  const found = new Map<string, Proof[]>();
  const add = (caller: string, identities: readonly string[], terms: readonly Term[]): void => {
    const proofs = terms.map(({ literals }) => ({
      caller,
      identities,
      keys: new Set(literals.filter((one) => !isAboutActing(one)).map(literalKey)),
    }));
    found.set(caller, [...(found.get(caller) ?? []), ...proofs.filter(({ keys }) => keys.size > 0)]);
  };
  for (const identity of context.set.identities.values()) {
    add(identity.name, [identity.name], provesDirectly(identity, context, []));
    for (const { text } of identity.actsFor) {
      const delegator = context.set.identities.get(text);
      if (delegator === undefined) continue;
      const both = [identity.name, delegator.name];
      add(`${identity.name} for ${delegator.name}`, both, actsFor(identity, delegator, context, []));
    }
    const direct = new Set(provesDirectly(identity, context, []).map(plainKey));
    const asActor = involves(identity, context, []).filter((term) => !direct.has(plainKey(term)));
    add(`${identity.name} for anybody`, [identity.name], asActor);
  }
  return found;
}

function plainKey({ literals }: Term): string {
  const keys = literals.filter((one) => !isAboutActing(one)).map(literalKey);
  return keys.sort().join(" & ");
}

function proofsKey(proofs: readonly Proof[]): string {
  return proofs
    .map(({ keys }) => [...keys].sort().join(" & "))
    .sort()
    .join("\n");
}
