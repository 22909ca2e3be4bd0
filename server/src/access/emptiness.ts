import { attributesOf } from "./attributes-of.ts";
import type { Budget } from "./budget.ts";
import type { AccessFunction, Term, Terms } from "./predicate.ts";
import { ComparisonSession } from "./session.ts";

/** Asks of one function after another whether it allows anything possible, and keeps what it learns of literals. */
export class Emptiness {
  readonly #session: ComparisonSession;
  #now: Pick<AccessFunction, "allow" | "deny"> = { allow: [], deny: [] };

  /** The attributes, by key, of which something impossible speaks. */
  readonly constrained: ReadonlySet<string>;

  constructor(
    impossible: Terms,
    private readonly budget: Budget,
  ) {
    this.constrained = new Set(attributesOf(impossible).map(({ key }) => key));
    const nothing: AccessFunction = { allow: [], deny: [], opaque: [] };
    this.#session = new ComparisonSession(nothing, nothing, { impossible });
  }

  /** Whether no possible request lies in `allow` outside of `deny`, whatever opaque atoms are; false where that is too complex. */
  isEmpty(allow: Terms, deny: Terms = []): boolean {
    if (allow.length === 0) return true;
    const next = { allow, deny };
    this.#session.edit({ side: "right", removed: this.#now, added: next });
    this.#now = next;
    return this.#session.isEmpty(this.budget) === true;
  }

  /** Whether every possible request of the term lies in one of the terms. */
  covers(terms: Terms, term: Term): boolean {
    return this.isEmpty([term], terms);
  }
}
