import type { Rule } from "../../policy/model.ts";
import type { Place } from "../../text/place.ts";
import type { Judged, Part } from "./judged.ts";

/**
 * What is odd about a rule, each time with what shows it. A rule has at most one of the first four verdicts, the first
 * that holds; only a rule with none of them can have the last two.
 */
export type Verdict =
  | {
      readonly kind: "condition-always-false";
      readonly judged: Judged;
      /** `on`: on the requests that the rule is about; otherwise on any request. */
      readonly within: "any" | "on";
      /** It is not false either: it can be decided on no such request. */
      readonly isError: boolean;
      /** Values that break the schema of what it reads would fulfil it. */
      readonly bySchema: boolean;
    }
  | {
      readonly kind: "unreachable";
      readonly judged: Judged;
      /** The fewest parts that no request fulfils at once. */
      readonly parts: readonly Part[];
    }
  | {
      readonly kind: "shadowed";
      readonly judged: Judged;
      /** The fewest deny rules that deny all of it together. */
      readonly by: readonly Rule[];
    }
  | {
      readonly kind: "redundant";
      readonly judged: Judged;
      /** The fewest rules that cover all of it together; of the same effect. */
      readonly by: readonly Rule[];
      /** Of an allow: the deny rules that deny what `by` does not allow. */
      readonly deniedBy: readonly Rule[];
      /** `by` is one rule that applies to the very same requests. */
      readonly isSame: boolean;
    }
  | {
      readonly kind: "condition-always-true";
      readonly judged: Judged;
      /** The fewest parts that imply the condition; none: every request fulfils it. */
      readonly parts: readonly Exclude<Part, "condition">[];
      /** Only values that break the schema of what it reads do not fulfil it. */
      readonly bySchema: boolean;
    }
  | { readonly kind: "conflicting"; readonly judged: Judged; readonly entries: readonly DeadEntry[] };

/** A name in an allow rule that deny rules leave nothing of. */
export interface DeadEntry {
  readonly place: Place;
  /** As the rule names it. */
  readonly name: string;
  readonly part:
    | "subjects"
    | "onBehalfOf"
    | "resource"
    | "operations"
    | "tools"
    | "prompts"
    | "mcpResources"
    | "rpcs"
    | "types";
  /** The fewest deny rules that deny all of it together. */
  readonly by: readonly Rule[];
}

export type VerdictOf<K extends Verdict["kind"]> = Extract<Verdict, { readonly kind: K }>;
