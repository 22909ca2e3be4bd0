/**
 * What z3 knows of one string: which expressions of a set can hold, and which fail, of one and the same text. A
 * question with many strings and much Boolean structure takes z3's theory of strings seconds; the same theory asked
 * of one string at a time answers in milliseconds, and its answers serve all pairs of a run (see `combination.ts`).
 */
import { smtIntersection } from "./smt-text.ts";
import type { Z3 } from "./z3.ts";

/** An expression that must hold, or fail (`!`), by number. */
export type Sign = number;
export const not = (expression: number): Sign => ~expression;
const isNegative = (sign: Sign): boolean => sign < 0;
const expressionOf = (sign: Sign): number => (isNegative(sign) ? ~sign : sign);

interface Known {
  /** Minimal sets of signs that no text has. */
  readonly conflicts: (readonly Sign[])[];
  /** Sets of signs that some text has. */
  readonly possible: ReadonlySet<Sign>[];
}

export class StringTheory {
  readonly #numbers = new Map<string, number>();
  readonly #expressions: string[] = [];
  readonly #known = new Map<string, Known>();

  numberOf(expression: string): number {
    let known = this.#numbers.get(expression);
    if (known === undefined) {
      known = this.#expressions.length;
      this.#expressions.push(expression);
      this.#numbers.set(expression, known);
    }
    return known;
  }

  /** The conflicts that are known among these expressions. */
  conflictsAmong(domain: string, expressions: ReadonlySet<number>): readonly (readonly Sign[])[] {
    return this.#of(domain).conflicts.filter((signs) =>
      signs.every((one) => expressions.has(expressionOf(one))),
    );
  }

  /** A minimal part of the signs that no text of the domain has; undefined: some text has them all. */
  async conflict(
    z3: Z3,
    domain: string,
    signs: readonly Sign[],
  ): Promise<readonly Sign[] | undefined | "undecided"> {
    const { conflicts, possible } = this.#of(domain);
    if (possible.some((known) => signs.every((one) => known.has(one)))) return undefined;
    const wanted = new Set(signs);
    const old = conflicts.find((known) => known.every((one) => wanted.has(one)));
    if (old !== undefined) return old;
    const answer = await this.#ask(z3, domain, signs);
    if (answer === "unknown") return "undecided";
    if (answer === "sat") {
      possible.push(wanted);
      return undefined;
    }
    const core = await this.#minimal(z3, domain, signs);
    conflicts.push(core);
    return core;
  }

  /** Leaves out each sign without which the rest is still impossible. */
  async #minimal(z3: Z3, domain: string, signs: readonly Sign[]): Promise<readonly Sign[]> {
    let core = signs;
    for (const one of signs) {
      const rest = core.filter((other) => other !== one);
      const isPossible = this.#of(domain).possible.some((known) => rest.every((other) => known.has(other)));
      if (isPossible) continue;
      const answer = await this.#ask(z3, domain, rest);
      if (answer === "unsat") core = rest;
      else if (answer === "sat") this.#of(domain).possible.push(new Set(rest));
    }
    return core;
  }

  /** As one expression: z3 decides an intersection far sooner than several memberships of one string. */
  async #ask(z3: Z3, domain: string, signs: readonly Sign[]): Promise<"sat" | "unsat" | "unknown"> {
    const expressions = signs.map((one) => {
      const expression = this.#expressions[expressionOf(one)] as string;
      return isNegative(one) ? `(re.comp ${expression})` : expression;
    });
    const all = domain === "" ? expressions : [domain, ...expressions];
    const script = `(declare-const s String)\n(assert (str.in_re s ${smtIntersection(all)}))`;
    return (await z3.decide(script)).answer;
  }

  #of(domain: string): Known {
    let known = this.#known.get(domain);
    if (known === undefined) {
      known = { conflicts: [], possible: [] };
      this.#known.set(domain, known);
    }
    return known;
  }
}
