import { termKey } from "./literal-key.ts";
import type { Origin, Term, Terms } from "./predicate.ts";

/** All terms of one rule: those with the same origins (after hops were joined, a line of each). */
export interface RuleGroup {
  readonly origins: readonly Origin[];
  readonly terms: Terms;
}

/** The terms of a list by rule. Terms without origins are one rule. */
export class RuleGroups {
  readonly #byOrigins = new Map<string, { readonly origins: readonly Origin[]; readonly terms: Term[] }>();
  /** Several rules may have a term in common: it says the same, whichever of them is asked. */
  readonly #byTerm = new Map<string, Set<RuleGroup>>();
  readonly #blocks = new Map<object, number>();

  constructor(terms: Terms) {
    for (const term of terms) {
      const key = term.origins.map((origin) => this.#originKey(origin)).join("\n");
      let group = this.#byOrigins.get(key);
      if (group === undefined) {
        group = { origins: term.origins, terms: [] };
        this.#byOrigins.set(key, group);
      }
      group.terms.push(term);
      const groups = this.#byTerm.get(termKey(term));
      if (groups === undefined) this.#byTerm.set(termKey(term), new Set([group]));
      else groups.add(group);
    }
  }

  get all(): readonly RuleGroup[] {
    return [...this.#byOrigins.values()];
  }

  /** Every rule that has a term that says the same. */
  of(term: Term): readonly RuleGroup[] {
    return [...(this.#byTerm.get(termKey(term)) ?? [])];
  }

  #originKey({ label, place }: Origin): string {
    if (place === undefined) return JSON.stringify([label]);
    let block = this.#blocks.get(place.block);
    if (block === undefined) {
      block = this.#blocks.size;
      this.#blocks.set(place.block, block);
    }
    return JSON.stringify([label, block, place.start, place.end]);
  }
}
