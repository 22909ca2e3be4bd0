/** The answers of a comparison by going through every request and, for each, every value of the opaque atoms. */
import { testHolds } from "../../../../server/src/access/evaluate-terms.ts";
import { impossibleByShape } from "../../../../server/src/access/possible.ts";
import type { AccessFunction, Term, Terms } from "../../../../server/src/access/predicate.ts";
import { type FiniteSubject, finiteAtoms } from "./finite.ts";

export type EnumeratedAnswer = "yes" | "no" | "unknown";

export interface Enumerated {
  readonly newlyAllows: EnumeratedAnswer;
  readonly newlyDenies: EnumeratedAnswer;
  readonly requests: number;
}

/** Of each literal of a term: the subject that it is about, and whether it holds for each of its values. */
type Row = readonly { readonly subject: number; readonly holds: readonly boolean[] }[];

export function enumerated(
  left: AccessFunction,
  right: AccessFunction,
  plainSubjects: readonly FiniteSubject[],
): Enumerated {
  const terms = [left.allow, left.deny, right.allow, right.deny].flat();
  const mentioned = new Set(terms.flatMap((term) => term.literals.map((one) => one.attribute.key)));
  const from = [...plainSubjects, ...finiteAtoms.filter((one) => mentioned.has(one.attribute.key))];
  const rowsOf = (terms: Terms): readonly Row[] => terms.map((term) => rowOf(term, from));
  const lists = [left.allow, left.deny, right.allow, right.deny].map(rowsOf);
  const [leftAllow = [], leftDeny = [], rightAllow = [], rightDeny = []] = lists;
  const impossible = rowsOf(impossibleByShape(from.map((one) => one.attribute)));
  const chosen = from.map(() => 0);
  const some = (rows: readonly Row[]): boolean =>
    rows.some((row) => row.every(({ subject, holds }) => holds[chosen[subject] ?? 0] === true));
  const plain = from.flatMap((one, index) => (one.attribute.sort === "opaque" ? [] : [index]));
  const opaque = from.flatMap((one, index) => (one.attribute.sort === "opaque" ? [index] : []));

  let requests = 0;
  const allows = { some: false, every: false };
  const denies = { some: false, every: false };
  for (const _ of combinations(from, chosen, plain)) {
    if (some(impossible)) continue;
    requests++;
    const here = { allows: 0, denies: 0, all: 0 };
    for (const _ of combinations(from, chosen, opaque)) {
      const before = !some(leftDeny) && some(leftAllow);
      const after = !some(rightDeny) && some(rightAllow);
      here.all++;
      if (after && !before) here.allows++;
      if (before && !after) here.denies++;
    }
    allows.some ||= here.allows > 0;
    denies.some ||= here.denies > 0;
    allows.every ||= here.allows === here.all;
    denies.every ||= here.denies === here.all;
  }
  const answer = (one: typeof allows) => (one.every ? "yes" : one.some ? "unknown" : "no");
  return { newlyAllows: answer(allows), newlyDenies: answer(denies), requests };
}

function rowOf(term: Term, from: readonly FiniteSubject[]): Row {
  return term.literals.map(({ attribute, test, negated }) => {
    const subject = from.findIndex((one) => one.attribute.key === attribute.key);
    const values = from[subject]?.values;
    if (values === undefined) throw new Error(`${attribute.key} is not among the attributes`);
    return { subject, holds: values.map((value) => testHolds(value, test) !== negated) };
  });
}

/** Writes every combination of values of these subjects into `chosen`, one after the other. */
function* combinations(
  from: readonly FiniteSubject[],
  chosen: number[],
  subjects: readonly number[],
): Generator<void> {
  for (const subject of subjects) chosen[subject] = 0;
  for (;;) {
    yield;
    let at = 0;
    for (; at < subjects.length; at++) {
      const subject = subjects[at] as number;
      const next = (chosen[subject] ?? 0) + 1;
      chosen[subject] = next === from[subject]?.values.length ? 0 : next;
      if (chosen[subject] !== 0) break;
    }
    if (at === subjects.length) return;
  }
}
