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

/** The domain that has every text. */
const anyText = "";

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
    return this.#conflicts(domain).filter((signs) =>
      signs.every((one) => expressions.has(expressionOf(one))),
    );
  }

  /** A minimal part of the signs that no text of the domain has; undefined: some text has them all. */
  async conflict(
    z3: Z3,
    domain: string,
    signs: readonly Sign[],
  ): Promise<readonly Sign[] | undefined | "undecided"> {
    if (this.#isKnownPossible(domain, signs)) return undefined;
    const wanted = new Set(signs);
    const old = this.#conflicts(domain).find((known) => known.every((one) => wanted.has(one)));
    if (old !== undefined) return old;
    const answer = await this.#ask(z3, domain, signs);
    if (answer !== "unsat") return answer === "sat" ? undefined : "undecided";
    // Most conflicts need no domain; without it they are found sooner, and hold for every other.
    const where = domain !== anyText && (await this.#ask(z3, anyText, signs)) === "unsat" ? anyText : domain;
    const core = await this.#minimal(z3, where, signs);
    this.#of(where).conflicts.push(core);
    return core;
  }

  /** Leaves out what the rest is still impossible without: by halves first, at last one by one. */
  async #minimal(z3: Z3, domain: string, signs: readonly Sign[]): Promise<readonly Sign[]> {
    let core = signs;
    for (let size = Math.ceil(signs.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < core.length; ) {
        const rest = [...core.slice(0, at), ...core.slice(at + size)];
        if (!this.#isKnownPossible(domain, rest) && (await this.#ask(z3, domain, rest)) === "unsat")
          core = rest;
        else at += size;
      }
    }
    return core;
  }

  #conflicts(domain: string): readonly (readonly Sign[])[] {
    const own = this.#of(domain).conflicts;
    return domain === anyText ? own : [...own, ...this.#of(anyText).conflicts];
  }

  #isKnownPossible(domain: string, signs: readonly Sign[]): boolean {
    return this.#of(domain).possible.some((known) => signs.every((one) => known.has(one)));
  }

  /** As one expression: z3 decides an intersection far sooner than several memberships of one string. */
  async #ask(z3: Z3, domain: string, signs: readonly Sign[]): Promise<"sat" | "unsat" | "unknown"> {
    const expressions = signs.map((one) => {
      const expression = this.#expressions[expressionOf(one)] as string;
      return isNegative(one) ? `(re.comp ${expression})` : expression;
    });
    const all = domain === anyText ? expressions : [domain, ...expressions];
    const script = `(declare-const s String)\n(assert (str.in_re s ${smtIntersection(all)}))`;
    const { answer } = await z3.decide(script);
    if (answer === "sat") this.#of(domain).possible.push(new Set(signs));
    return answer;
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
