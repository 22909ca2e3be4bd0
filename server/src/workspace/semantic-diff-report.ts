/**
 * What a change of the policy newly allows and newly denies. Places, not lines: those of `base` parts are of the base
 * snapshot's layouts, those of `current` parts of the current one's, even where both have the same URI.
 */
import type { Answer, Verdict } from "../access/compare.ts";
import type { Lost } from "../access/hop.ts";
import type { Json } from "../access/interaction.ts";
import type { Place } from "../text/place.ts";
import type { SideWitness } from "./compare-report.ts";

/** Which of the two versions a part is of. */
export type DiffSide = "base" | "current";

/** Whether it is there before and after, after only, or before only. */
export type Presence = "both" | "added" | "removed";

export interface SemanticDiff {
  /** Over everything compared, read as "current is ... than base". */
  readonly verdict: Verdict;
  readonly newlyAllows: Answer["answer"];
  readonly newlyDenies: Answer["answer"];
  readonly environments: readonly EnvironmentDiff[];
  /**
   * Each responsible rule its own. The same change in several environments is one change that names them. Changes of
   * the first environment come first, those that allow before those that deny.
   */
  readonly changes: readonly DecisionChange[];
  /** Rules that still decide, with other obligations. They are no decisions, and take no part in `verdict`. */
  readonly obligations: readonly ObligationChange[];
  /** What keeps an answer from being certain, with its place. */
  readonly unknown: readonly DiffUnknown[];
  /** Resources that have errors on one side, so that nothing certain can be said of them. */
  readonly notCompared: readonly NotCompared[];
  /** Everything named whose meaning changed, whether a decision changes with it or not. */
  readonly definitions: readonly DefinitionChange[];
  /** Policy files, and documents that they refer to, of which the text differs; paths from the control plane's folder. */
  readonly files: readonly { readonly path: string; readonly presence: Presence }[];
  /** Of the world, in words. */
  readonly assumptions: readonly string[];
}

export interface EnvironmentDiff {
  readonly name: string;
  readonly presence: Presence;
  readonly verdict: Verdict;
  readonly newlyAllows: Answer["answer"];
  readonly newlyDenies: Answer["answer"];
  readonly resources: readonly ResourceDiff[];
}

export interface ResourceDiff {
  readonly name: string;
  readonly presence: Presence;
  readonly verdict: Verdict;
  readonly newlyAllows: Answer["answer"];
  readonly newlyDenies: Answer["answer"];
  /** Whether every rule responsible is in `changes`; false where it was too complex to find them all. */
  readonly complete: boolean;
}

export interface DecisionChange {
  /** Stable over runs, for lists and links: kind, resource, rules and region. */
  readonly id: string;
  readonly kind: "newly-allows" | "newly-denies";
  readonly resource: string;
  /** At least one; the witness is of the first. */
  readonly environments: readonly string[];
  /**
   * The requests concerned, in words, callers by the names of the files where they have one: `GET /entries by checkout`.
   * At most three phrases, separated by `; `.
   */
  readonly region: string;
  /** Confirmed by both ordinary evaluators; `left` is the base. */
  readonly witness: SideWitness;
  /** The rules responsible as they were, and as they are. At least one of the two lists has one. */
  readonly baseRules: readonly DiffRule[];
  readonly currentRules: readonly DiffRule[];
  /** The changed identities, variables, operations, ... that the rules responsible use. */
  readonly because: readonly DefinitionChange[];
  /** Which change of the files does it: `rule ledger/reports-read changed its subjects`. */
  readonly cause: string;
  /** One sentence for people, without lines: what changes, where, and the cause. */
  readonly message: string;
}

/**
 * `edited`: its own text says something else. `mode`: its policy went from enforce to audit, or back. `reinterpreted`:
 * the same text, of which a name means something else now (`because` of the change says which). `unchanged`: it takes
 * part in the difference, but the difference is not its doing (an allow rule from under a deny rule that went away).
 */
export type RuleChange = "added" | "removed" | "edited" | "mode" | "reinterpreted" | "unchanged";

export interface DiffRule {
  /** `policy/rule`. */
  readonly id: string;
  readonly side: DiffSide;
  readonly effect: "allow" | "deny";
  /** Of its name. */
  readonly place: Place;
  readonly change: RuleChange;
  /** The parts of its own text that say something else, by their keys: `subjects`, `on`, `condition`. */
  readonly parts: readonly string[];
  /** Its id on the other side, where it has another one there: the rule was renamed or moved. */
  readonly otherId?: string;
}

/** Something with a name that says something else than before. */
export interface DefinitionChange {
  readonly kind:
    | "identity"
    | "issuer"
    | "condition"
    | "variable"
    | "resource"
    | "operation"
    | "tool"
    | "event-type"
    | "environment"
    | "limit";
  readonly name: string;
  /** The resource of an operation, a tool or an event type; the environment of a variable. */
  readonly container?: string;
  readonly presence: Presence;
  /** The parts that changed, by their keys in the files: `claims`, `spiffeId`. Empty where it was added or removed. */
  readonly parts: readonly string[];
  readonly basePlace?: Place;
  readonly currentPlace?: Place;
  /** `identity support-staff changed its claims`. */
  readonly text: string;
}

export interface ObligationChange {
  readonly rule: string;
  readonly basePlace: Place;
  readonly currentPlace: Place;
  readonly base: Readonly<Record<string, Json>>;
  readonly current: Readonly<Record<string, Json>>;
  /** Whether the rule applies to the same requests as before, so that only its obligations changed. */
  readonly sameRequests: boolean;
  /** `payments/read: the same requests, but audit: full is gone`. */
  readonly message: string;
}

export interface DiffUnknown extends Lost {
  readonly resource: string;
  readonly environments: readonly string[];
  /** The side that `place` is of; undefined without a place. */
  readonly side?: DiffSide;
}

export interface NotCompared {
  readonly resource: string;
  readonly environments: readonly string[];
  readonly sides: readonly DiffSide[];
  /** One sentence. */
  readonly reason: string;
}

export interface SemanticDiffOptions {
  /** Only this environment; all of both sides by default. */
  readonly environment?: string;
  /** The sides of which not all could be read, so that anything may be missing: an unreadable file, no ControlPlane. */
  readonly unread?: readonly DiffSide[];
}
