/** What the comparison of one path may cost, so that a hostile or huge policy never holds up the editor. */
import { type Budget, budget } from "../access/budget.ts";

/** Half a second at worst. Real questions take a few thousand steps. */
export const stepsPerQuestion = 1_000_000;
export const stepsPerPath = 2_000_000;

/**
 * Steps that the questions of one path share: each gets its own budget, and what it leaves is for the others. A
 * question that comes when nothing is left is answered with `unknown`, never left out.
 */
export class Allowance {
  #left: number;

  constructor(
    private readonly perQuestion = stepsPerQuestion,
    perPath = stepsPerPath,
  ) {
    this.#left = perPath;
  }

  /** Steps that are left; below zero by what the last question took too many, which is less than one of its parts. */
  get left(): number {
    return this.#left;
  }

  spend<T>(question: (budget: Budget) => T): T {
    const given = Math.max(0, Math.min(this.perQuestion, this.#left));
    const own = budget(given);
    try {
      return question(own);
    } finally {
      this.#left -= given - own.remaining;
    }
  }
}
