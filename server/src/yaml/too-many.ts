import type { Problem } from "../text/problem.ts";
import { child, type TreeNode } from "../text/tree.ts";

/** Entries of `spec` (rules, identities, scenarios) that are read of one policy file; the largest known have some 10,000. */
export const maxEntries = 20_000;

/** Counts the entries of a file's documents, so that a generated file ends with one finding and not with one an entry. */
export class EntryBudget {
  #left = maxEntries;

  /** What is wrong where the entries of this document are more than are left; such a document is not read. */
  take(root: TreeNode | undefined): Problem | undefined {
    const spec = child(root, "spec");
    if (spec?.kind !== "map") return undefined;
    const sections = spec.entries.map(({ key, value }) => ({
      key,
      size: value.kind === "list" ? value.items.length : value.kind === "map" ? value.entries.length : 0,
    }));
    const all = sections.reduce((sum, section) => sum + section.size, 0);
    if (all <= this.#left) {
      this.#left -= all;
      return undefined;
    }
    const largest = sections.reduce((most, section) => (section.size > most.size ? section : most));
    const number = (count: number): string => count.toLocaleString("en");
    return {
      code: "yaml/too-large",
      severity: "error",
      message: `${largest.key.text} has ${number(largest.size)} entries, and at most ${number(maxEntries)} are read of one file, so this document was left out. Split it into several files.`,
      place: largest.key.place,
    };
  }
}
