import type { Place } from "../text/place.ts";
import type { Problem } from "../text/problem.ts";
import { child, type TreeNode } from "../text/tree.ts";

/** Entries of `spec` (rules, identities, scenarios) that are read of one policy file; the largest known have some 10,000. */
export const maxEntries = 20_000;

/** A part of `spec`, or any list or map in brackets. */
export interface Section {
  /** As the message calls it: the key, where it has one. */
  readonly name: string;
  readonly size: number;
  readonly place: Place;
}

/** Counts the entries of a file's documents, so that a generated file ends with one finding and not with one an entry. */
export class EntryBudget {
  #left = maxEntries;

  /** What is wrong where the entries of this document are more than are left; such a document is not read. */
  take(root: TreeNode | undefined): Problem | undefined {
    const spec = child(root, "spec");
    if (spec?.kind !== "map") return undefined;
    const sections = spec.entries.map(({ key, value }) => ({
      name: key.text,
      place: key.place,
      size: value.kind === "list" ? value.items.length : value.kind === "map" ? value.entries.length : 0,
    }));
    if (this.isExceededBy(sections)) return tooManyEntries(sections);
    this.#left -= total(sections);
    return undefined;
  }

  /** The same question of sections that were only counted: nothing is taken of the budget. */
  isExceededBy(sections: readonly { readonly size: number }[]): boolean {
    return total(sections) > this.#left;
  }
}

/** Said of the largest section. `sections`: at least one. */
export function tooManyEntries(sections: readonly Section[]): Problem {
  const largest = sections.reduce((most, section) => (section.size > most.size ? section : most));
  const number = (count: number): string => count.toLocaleString("en");
  return {
    code: "yaml/too-large",
    severity: "error",
    message: `${largest.name} has ${number(largest.size)} entries, and at most ${number(maxEntries)} are read of one file, so this document was left out. Split it into several files.`,
    place: largest.place,
  };
}

function total(sections: readonly { readonly size: number }[]): number {
  return sections.reduce((sum, section) => sum + section.size, 0);
}
