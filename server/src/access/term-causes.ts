import type { AccessFunction, Origin, Term, Terms } from "./predicate.ts";
import { type Cause, type DifferenceOptions, differenceCauses } from "./responsible.ts";

/** A cause with the terms that take part in it, as the functions have them. */
export interface TermCause extends Omit<Cause, "allowOrigins" | "denyOrigins" | "region"> {
  /** What lets the requests in; of `not-allowed` one. */
  readonly allows: Terms;
  /** What denies them; of `denied` one. */
  readonly denies: Terms;
}

/** As `differenceCauses`, each term a rule of its own: of a rule with several targets, which of them differ. */
export function termCauses(
  allowing: AccessFunction,
  denying: AccessFunction,
  options: DifferenceOptions,
): { readonly causes: readonly TermCause[]; readonly complete: boolean } {
  const terms = new Map<string, Term>();
  const { causes, complete } = differenceCauses(byTerm(allowing, terms), byTerm(denying, terms), options);
  const named = (origins: readonly Origin[]) => origins.flatMap(({ label }) => terms.get(label) ?? []);
  const own = (term: Term): Term => named(term.origins)[0] ?? term;
  return {
    causes: causes.map(({ kind, allowOrigins, denyOrigins, witness }) => ({
      kind,
      allows: named(allowOrigins),
      denies: named(denyOrigins),
      witness: {
        ...witness,
        allowTerm: own(witness.allowTerm),
        deniedBy: witness.deniedBy && own(witness.deniedBy),
      },
    })),
    complete,
  };
}

function byTerm(fn: AccessFunction, terms: Map<string, Term>): AccessFunction {
  const labelled = (some: Terms): Terms =>
    some.map((term) => {
      const origin: Origin = { label: String(terms.size) };
      terms.set(origin.label, term);
      return { literals: term.literals, origins: [origin] };
    });
  return { ...fn, allow: labelled(fn.allow), deny: labelled(fn.deny) };
}
