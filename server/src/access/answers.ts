/** What comparisons are asked, and what they answer. */
import type { Assignment } from "./assignment.ts";
import type { Budget } from "./budget.ts";
import type { Hints } from "./oracle.ts";
import type { OpaqueAtom, Term, Terms } from "./predicate.ts";

/** What the ordinary evaluators of both sides say of one interaction. */
export interface Confirmation {
  readonly left: "allow" | "deny" | "unknown";
  readonly right: "allow" | "deny" | "unknown";
}

export interface AnswerOptions {
  /** What it may cost; by default a few seconds. */
  readonly budget?: Budget;
  /** Runs both ordinary evaluators on a witness. Without it a witness counts as the terms say. */
  readonly confirm?: (values: Assignment) => Confirmation;
  /** At most so many witnesses an answer; 3 by default. */
  readonly maxWitnesses?: number;
}

export interface CompareOptions extends AnswerOptions {
  /** Regions in which no request can lie (ARCHITECTURE, "Comparison domain"). */
  readonly impossible?: Terms;
  readonly hints?: Hints;
}

export interface Witness {
  /** A value for every attribute that a term of either side speaks of. */
  readonly assignment: Assignment;
  /** The term of the allowing side that lets the request in. */
  readonly allowTerm: Term;
  /** The term of the denying side that stops it; undefined: no allow-term of that side holds (default deny). */
  readonly deniedBy: Term | undefined;
  /** `every`: whatever the opaque atoms are. `confirmed`: the evaluators decided them on this request. */
  readonly holds: "every" | "confirmed";
}

export type Answer =
  | { readonly answer: "yes"; readonly witnesses: readonly Witness[] }
  | { readonly answer: "no" }
  | {
      readonly answer: "unknown";
      /** The opaque atoms on which it depends; none where it was too complex. */
      readonly atoms: readonly OpaqueAtom[];
      /** One sentence. */
      readonly reason: string;
      /** The term whose region could not be decided. */
      readonly part?: Term;
    };

/** The answer to one of the questions alone. */
export interface OneAnswer {
  readonly answer: Answer;
  /** As in `Comparison`. */
  readonly refuted: readonly Witness[];
}

export type Verdict = "equal" | "wider" | "narrower" | "incomparable" | "unknown";

export interface Comparison {
  /** Is there a request that the right side allows and the left denies? */
  readonly newlyAllows: Answer;
  /** Is there a request that the right side denies and the left allows? */
  readonly newlyDenies: Answer;
  readonly verdict: Verdict;
  /** Witnesses that the evaluators contradict: defects, of a lowering or of an evaluator. They never count. */
  readonly refuted: readonly Witness[];
}

/**
 * yes and no: wider. no and yes: narrower. yes and yes: incomparable. no and no: equal. An unknown answer beside a
 * `no`, or two of them: unknown. Beside a `yes` the label says what is certain, wider or narrower, and the other
 * answer itself tells that it is unknown: "incomparable" would claim a witness that nobody has.
 */
export function verdictOf(newlyAllows: Pick<Answer, "answer">, newlyDenies: Pick<Answer, "answer">): Verdict {
  const allows = newlyAllows.answer === "yes";
  const denies = newlyDenies.answer === "yes";
  if (allows && denies) return "incomparable";
  if (allows) return "wider";
  if (denies) return "narrower";
  return newlyAllows.answer === "no" && newlyDenies.answer === "no" ? "equal" : "unknown";
}
