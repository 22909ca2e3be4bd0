/** What a comparison of two sides says. Read it as "the right side is ... than the left". */
import { type Answer, type Verdict, verdictOf } from "../access/compare.ts";
import type { Lost } from "../access/hop.ts";
import type { Interaction } from "../access/interaction.ts";

export type Said = "allow" | "deny" | "unknown";

/** A request on which the sides differ, confirmed by the ordinary evaluators of both. */
export interface SideWitness {
  readonly request: Interaction;
  readonly left: Said;
  readonly right: Said;
  readonly leftReason: string;
  readonly rightReason: string;
}

/** One thing that both sides speak of: a resource, one of its paths, or the one workload of deployed files. */
export interface ComparedPart {
  readonly environment?: string;
  readonly resource?: string;
  /** Where deployed config takes part: the enforcement points in order. */
  readonly path?: readonly string[];
  readonly verdict: Verdict;
  readonly newlyAllows: Answer["answer"];
  readonly newlyDenies: Answer["answer"];
  readonly witnesses: readonly SideWitness[];
  /** What it depends on where an answer is unknown. */
  readonly unknown: readonly Lost[];
  readonly lost: readonly Lost[];
  /** Of the world, in words. */
  readonly assumptions: readonly string[];
  /** Between policies: what each rule responsible changes. */
  readonly changes?: readonly PartChange[];
}

/** What one rule newly allows or denies. */
export interface PartChange {
  readonly kind: "newly-allows" | "newly-denies";
  /** The requests, in words. */
  readonly region: string;
  /** `rule ledger/reports-read changed its subjects`. */
  readonly cause: string;
  readonly witness: SideWitness;
}

type Answers = Pick<ComparedPart, "newlyAllows" | "newlyDenies">;

export interface SideComparison<Part extends Answers = ComparedPart> {
  readonly verdict: Verdict;
  readonly newlyAllows: Answer["answer"];
  readonly newlyDenies: Answer["answer"];
  readonly parts: readonly Part[];
}

/** Yes where any part says yes; else unknown where any does: what is not known of one part is not known of all. */
export function joinParts<Part extends Answers>(parts: readonly Part[]): SideComparison<Part> {
  const newlyAllows = joined(parts.map((part) => part.newlyAllows));
  const newlyDenies = joined(parts.map((part) => part.newlyDenies));
  return {
    verdict: verdictOf({ answer: newlyAllows }, { answer: newlyDenies }),
    newlyAllows,
    newlyDenies,
    parts,
  };
}

function joined(answers: readonly Answer["answer"][]): Answer["answer"] {
  if (answers.includes("yes")) return "yes";
  return answers.includes("unknown") ? "unknown" : "no";
}

/** A part of which nothing can be said, and why. */
export function undecidedPart(
  about: Pick<ComparedPart, "environment" | "resource" | "path">,
  unknown: readonly Lost[],
): ComparedPart {
  return {
    ...about,
    verdict: "unknown",
    newlyAllows: "unknown",
    newlyDenies: "unknown",
    witnesses: [],
    unknown,
    lost: [],
    assumptions: [],
  };
}
