import type { EnforcementPointType } from "../access/attribute.ts";
import type { Interaction, Json } from "../access/interaction.ts";
import type { Place } from "../text/place.ts";

/** What the policy says of one interaction, and why. */
export interface Decision {
  readonly decision: "allow" | "deny" | "unknown";
  /** Why in one sentence: the deciding rule, default deny, an ambiguous path, a delegation that is not declared. */
  readonly reason: string;
  /** The rules that decided: every applicable deny, else every applicable allow. */
  readonly rules: readonly RuleTrace[];
  /**
   * Every rule of the policy set: those that apply, those that would in audit mode, then the near misses, those first
   * that could have changed the decision (an allow rule for a denial), the closest first.
   */
  readonly trace: readonly RuleTrace[];
  /** The union over all applicable allows. */
  readonly obligations: Readonly<Record<string, Json>>;
  readonly interaction: Interaction;
  /** The identities that the caller's credentials prove. */
  readonly callers: readonly string[];
  /** Those of `callers` for whom somebody else acts: the subject of a token with an `act` claim. */
  readonly delegators: readonly string[];
  /** For `tools/list`: the tools that the caller may see. */
  readonly listed?: readonly string[];
}

/** `rule`: the rule itself has an error. */
export type Part = "rule" | "subject" | "onBehalfOf" | "target" | "condition" | "requires";

/** One rule against the interaction. */
export interface RuleTrace {
  readonly rule: string;
  readonly effect: "allow" | "deny";
  readonly place: Place;
  /** `would-allow`, `would-deny`: it applies, but its policy is in audit mode. */
  readonly outcome: "applies" | "does-not-apply" | "would-allow" | "would-deny";
  /** How many parts held before the first that failed: the near-miss order. */
  readonly closeness: number;
  /** The first part that failed, and the facts: "amount was 250, needed <= 200". */
  readonly failed?: { readonly part: Part; readonly detail: string };
  /** What the condition says of this request, whatever else failed; absent for rules on other resources. */
  readonly condition?: { readonly value: "true" | "false" | "error"; readonly detail?: string };
}

/** One hop of the walk through the deployed config. */
export interface HopTrace {
  readonly enforcementPoint: string;
  /** Undefined where the environment does not define the enforcement point. */
  readonly type: EnforcementPointType | undefined;
  readonly decision: "allow" | "deny" | "unknown";
  readonly rule?: { readonly label: string; readonly place: Place };
  readonly reason: string;
  /** Attributes that the policy's rules for this resource speak of and this hop cannot see. */
  readonly blindTo: readonly string[];
  /** The interaction as this hop sees it. */
  readonly view: Interaction;
}
