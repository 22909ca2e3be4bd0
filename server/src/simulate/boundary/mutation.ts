/**
 * What a single-predicate mutation of a policy is: one thing that it says changes, in the way a slip of its author would
 * change it. A set of scenarios is good if for every mutation that changes what is allowed at least one scenario fails
 * (mutation testing: DeMillo, Lipton, Sayward 1978; for policies: Martin, Xie 2007).
 *
 * Of every rule in `mode: enforce` (`rule-mutations.ts`):
 *
 * | kind | what changes |
 * |---|---|
 * | `remove-rule` | the rule is not there |
 * | `flip-effect` | allow becomes deny, deny becomes allow; a deny of every caller becomes `anonymous` |
 * | `drop-entry` | one entry of a list is not there: a subject, a delegator, a target, an operation, tool, prompt, rpc, event type, credential type; the last entry of a list does not count, since that is the target or the rule |
 * | `drop-restriction` | one restriction is not there: the subjects, `onBehalfOf`, the parts that a target lists, an event operation, one of `requires` |
 * | `negate` | one of `requires` holds exactly where it did not |
 * | `move-bound` | `maxTtl` or `maxAge` is a second longer or shorter |
 * | `condition` | one atomic test of the condition is left out, turned around, moved by its smallest step, or widened (`cel/mutations.ts`) |
 *
 * And of what the names in the rules expand to (`predicate-mutations.ts`):
 *
 * | kind | what changes |
 * |---|---|
 * | `drop-predicate` | one predicate is not checked: the SPIFFE ID, the client, the issuer, audience or a claim of the token, who acts with it; the host, the method, the path, the model, the topic |
 * | `widen-predicate` | a SPIFFE ID became any workload beside it; a path everything below it, too; an RPC every call of its service |
 *
 * A predicate is a literal of the lowered rules (`policy/lower`). One of a caller changes in all rules at once, one of a
 * resource in all rules on it: a name means the same wherever it stands, and a slip in what it means is in all of them.
 * Mutations that say the same are one. A rule with an error in it is mutated as far as it can be read.
 */
import type { Literal } from "../../access/predicate.ts";
import type { Rule } from "../../policy/model.ts";
import type { Place } from "../../text/place.ts";

export type MutationKind =
  | "remove-rule"
  | "flip-effect"
  | "drop-entry"
  | "drop-restriction"
  | "negate"
  | "move-bound"
  | "condition"
  | "drop-predicate"
  | "widen-predicate";

export interface Mutation {
  /** `about: words`, unique among the mutations of a policy set. */
  readonly id: string;
  /** The rule by its id, the resource by its name, or `callers`. */
  readonly about: string;
  /** The rules that change; one, but for predicates. */
  readonly rules: readonly Rule[];
  readonly kind: MutationKind;
  /** What it does: `operation getPayment is dropped`. */
  readonly words: string;
  /** The smallest range that it is about. */
  readonly place: Place;
  readonly change: Change;
}

export type Change =
  /** The rule that stands instead; undefined: none. */
  | { readonly by: "rule"; readonly rule: Rule | undefined }
  | PredicateChange
  /** The text that would stand there cannot be compiled, so that nothing can be said of it. */
  | { readonly by: "nothing"; readonly reason: string };

/** One literal of the lowered rules changes wherever it stands in the part. */
export interface PredicateChange {
  readonly by: "predicate";
  readonly part: "callers" | "targets" | "required";
  /** `literalKey` of the literal. */
  readonly literal: string;
  /** Any of these holds instead; undefined: nothing is asked. */
  readonly alternatives: readonly (Literal | undefined)[];
}

/** A mutation before it has a name of its own. */
export type MutationDraft = Omit<Mutation, "id">;
