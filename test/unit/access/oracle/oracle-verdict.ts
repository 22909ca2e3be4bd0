/**
 * The verdict of z3 on a pair, in the words of `compare`. Two ways, which a test holds against each other:
 *
 * - `z3Verdict`: z3 decides the Boolean structure, numbers and addresses with the questions about strings as free
 *   constants, and then each string of the model it finds by itself; what is impossible becomes a clause. Strings
 *   share nothing but the Boolean structure, so that this is the same question (the theories are combined lazily).
 * - `z3VerdictAtOnce`: one script for each question, strings and all. Slow, and often beyond what z3 decides.
 */
import type { AccessFunction, Terms } from "../../../../server/src/access/predicate.ts";
import type { SmtString } from "./smt-attribute.ts";
import { type SmtPair, type SmtQuestion, smtPair } from "./smt-pair.ts";
import { not, type Sign, type StringTheory } from "./string-theory.ts";
import type { Z3, Z3Answer } from "./z3.ts";

/** `undecided`: z3 gave up. `unknown`: it depends on the opaque atoms. */
export type OracleAnswer = "yes" | "no" | "unknown" | "undecided";

export interface OracleVerdict {
  readonly newlyAllows: OracleAnswer;
  readonly newlyDenies: OracleAnswer;
  /** Of z3's own time. */
  readonly milliseconds: number;
}

type Ask = (question: string, name: string) => Promise<Z3Answer["answer"]>;

async function answerTo(question: SmtQuestion, name: string, ask: Ask): Promise<OracleAnswer> {
  const possibly = await ask(question.possibly, `${name}.possibly`);
  if (possibly === "unsat") return "no";
  if (question.certainly === undefined) return possibly === "sat" ? "yes" : "undecided";
  const certainly = await ask(question.certainly, `${name}.certainly`);
  if (certainly === "sat") return "yes";
  return certainly === "unsat" && possibly === "sat" ? "unknown" : "undecided";
}

export async function z3VerdictAtOnce(
  z3: Z3,
  left: AccessFunction,
  right: AccessFunction,
  impossible: Terms = [],
): Promise<OracleVerdict> {
  const before = z3.milliseconds;
  const pair = smtPair(left, right, impossible);
  const script = [pair.declarations, ...pair.strings.flatMap(wholeString)].join("\n");
  const ask: Ask = async (question) => (await z3.decide(`${script}\n(assert ${question})`)).answer;
  const newlyAllows = await answerTo(pair.newlyAllows, "allows", ask);
  const newlyDenies = await answerTo(pair.newlyDenies, "denies", ask);
  return { newlyAllows, newlyDenies, milliseconds: z3.milliseconds - before };
}

function wholeString({ name, guard, domain, asked }: SmtString): readonly string[] {
  return [
    `(declare-const ${name} String)`,
    ...(domain === "" ? [] : [`(assert (=> ${guard} (str.in_re ${name} ${domain})))`]),
    ...[...asked].map(
      ([expression, constant]) => `(assert (= ${constant} (str.in_re ${name} ${expression})))`,
    ),
  ];
}

export async function z3Verdict(
  z3: Z3,
  theory: StringTheory,
  left: AccessFunction,
  right: AccessFunction,
  impossible: Terms = [],
): Promise<OracleVerdict> {
  const before = z3.milliseconds;
  const pair = smtPair(left, right, impossible);
  await z3.open(`${pair.declarations}\n${named(pair)}`);
  const strings = pair.strings.map((one) => numbered(one, theory));
  await z3.addClauses(strings.flatMap((one) => knownClauses(one, theory)));
  const ask: Ask = (_question, name) => decideCombined(z3, theory, strings, name);
  const newlyAllows = await answerTo(pair.newlyAllows, "allows", ask);
  const newlyDenies = await answerTo(pair.newlyDenies, "denies", ask);
  return { newlyAllows, newlyDenies, milliseconds: z3.milliseconds - before };
}

/** The questions as Boolean constants, one of which is assumed at a time. */
function named({ newlyAllows, newlyDenies }: SmtPair): string {
  const lines: string[] = [];
  for (const [name, { possibly, certainly }] of [
    ["allows", newlyAllows],
    ["denies", newlyDenies],
  ] as const) {
    lines.push(`(declare-const ${name}.possibly Bool)`, `(assert (=> ${name}.possibly ${possibly}))`);
    if (certainly === undefined) continue;
    lines.push(`(declare-const ${name}.certainly Bool)`, `(assert (=> ${name}.certainly ${certainly}))`);
  }
  return lines.join("\n");
}

interface Numbered {
  readonly string: SmtString;
  /** Number of an expression to its Boolean constant. */
  readonly constants: ReadonlyMap<number, string>;
}

function numbered(string: SmtString, theory: StringTheory): Numbered {
  const constants = [...string.asked].map(
    ([expression, name]) => [theory.numberOf(expression), name] as const,
  );
  return { string, constants: new Map(constants) };
}

/** Not all of these at once, where there is the string. */
function clauseOf({ string, constants }: Numbered, conflict: readonly Sign[]): readonly string[] {
  const literals = conflict.map((sign) =>
    sign < 0 ? (constants.get(~sign) ?? "") : `!${constants.get(sign) ?? ""}`,
  );
  return [`!${string.guard}`, ...literals];
}

function knownClauses(one: Numbered, theory: StringTheory): readonly (readonly string[])[] {
  const conflicts = theory.conflictsAmong(one.string.domain, new Set(one.constants.keys()));
  return conflicts.map((conflict) => clauseOf(one, conflict));
}

async function decideCombined(
  z3: Z3,
  theory: StringTheory,
  strings: readonly Numbered[],
  assumed: string,
): Promise<Z3Answer["answer"]> {
  const asked = strings.flatMap(({ string, constants }) => [string.guard, ...constants.values()]);
  for (;;) {
    const { answer, trues } = await z3.check(assumed, asked);
    if (answer !== "sat") return answer;
    const isTrue = new Set(trues);
    const clauses: (readonly string[])[] = [];
    for (const one of strings) {
      if (!isTrue.has(one.string.guard)) continue;
      const signs = [...one.constants].map(([number, name]) => (isTrue.has(name) ? number : not(number)));
      const conflict = await theory.conflict(z3, one.string.domain, signs);
      if (conflict === "undecided") return "unknown";
      if (conflict !== undefined) clauses.push(clauseOf(one, conflict));
    }
    if (clauses.length === 0) return "sat";
    await z3.addClauses(clauses);
  }
}
