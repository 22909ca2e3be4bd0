/** What drift analysis finds. Places, not lines; `workspace/` and the CLI turn them into the JSON contract. */

import type { Lost } from "../access/hop.ts";
import type { Interaction } from "../access/interaction.ts";
import type { Origin } from "../access/predicate.ts";
import type { HopTrace } from "../simulate/decision.ts";
import type { Problem } from "../text/problem.ts";

export type Verdict = "equal" | "wider" | "narrower" | "incomparable" | "unknown";

/**
 * `wider`: some request passes every hop and the policy denies it. `narrower`: the policy allows it and a hop stops it.
 * `unenforced`: wider only because no hop sees what a condition or `requires` asks for. `bypass`: a later hop admits
 * callers that go around the one before. `unknown`: not decided, `unknown` says what would decide it.
 */
export type DriftKind = "wider" | "narrower" | "unenforced" | "bypass" | "unknown";

/** A request on which policy and deployed config disagree, confirmed by both ordinary evaluators. */
export interface Witness {
  readonly request: Interaction;
  readonly policy: "allow" | "deny";
  readonly policyReason: string;
  /** The rules that came closest to applying, nearest first; those that decided, where some did. */
  readonly nearest: readonly Origin[];
  readonly deployed: "allow" | "deny";
  readonly hops: readonly HopTrace[];
}

export interface DriftFinding {
  /** Stable: environment, resource, path, kind and what it is about. */
  readonly id: string;
  readonly environment: string;
  readonly resource: string;
  readonly path: readonly string[];
  /** The hop that it is about, where it is about one. */
  readonly enforcementPoint: string | undefined;
  readonly kind: DriftKind;
  readonly verdict: Verdict;
  /** The requests concerned, in words. */
  readonly region: string;
  readonly message: string;
  readonly witnesses: readonly Witness[];
  /** The deployed lines responsible, most telling first. */
  readonly deployed: readonly Origin[];
  /** The policy rules responsible, or nearest. */
  readonly rules: readonly Origin[];
  readonly unknown: readonly Lost[];
  readonly lost: readonly Lost[];
}

/** One path of one resource, compared end to end and hop by hop. */
export interface PathComparison {
  readonly environment: string;
  readonly resource: string;
  readonly path: readonly string[];
  readonly verdict: Verdict;
  /** Information, not alarms: each hop against what it could enforce of the policy. */
  readonly hops: readonly { readonly enforcementPoint: string; readonly verdict: Verdict }[];
}

export interface DriftReport {
  readonly findings: readonly DriftFinding[];
  readonly comparisons: readonly PathComparison[];
  /** Weak settings that need no comparison: permissive mTLS, unchecked expiry. */
  readonly posture: readonly Problem[];
  /** How many witnesses an evaluator contradicted: defects of Plumbline, of which the tests want none. */
  readonly refuted: number;
  /** Resources that were not compared, because the policy has errors in what it says of them. */
  readonly notCompared: readonly string[];
  /** What the comparison takes for granted of the world, in words, each once. */
  readonly assumptions: readonly string[];
}
