/** The interface of conditions to the rest of the engine; `compile.ts` makes them. */

import type { Attribute } from "../access/attribute.ts";
import type { Interaction } from "../access/interaction.ts";
import type { Partition } from "../access/predicate.ts";

/** A finding inside a condition, at offsets of its decoded text. */
export interface ConditionProblem {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly replaceWith?: string;
}

export type ConditionValue =
  | { readonly value: "true" | "false" }
  /** `reason` is for people: which field is missing, which types do not fit. */
  | { readonly value: "error"; readonly reason: string };

/** A name in a condition that stands for something of the request, at offsets of the decoded text. */
export interface ConditionRead {
  /** As a person would write it: `mcp.tool.arguments.amount`, `request.headers["x-team"]`. */
  readonly path: string;
  readonly type: VariableType;
  /** What it reads; several where it is derived of several, none where it is no part of a request. */
  readonly attributes: readonly Attribute[];
  readonly start: number;
  readonly end: number;
}

export interface CompiledCondition {
  readonly source: string;
  /**
   * Syntax and type errors. With most it is never evaluated, but `error` on every request. It is evaluated with those
   * of constants that fail, which may be absorbed, and of what schemas say of members of lists and nullable values.
   */
  readonly problems: readonly ConditionProblem[];
  /** Evaluates on one interaction; never throws. */
  evaluate(interaction: Interaction): ConditionValue;
  /** The condition as predicates; what cannot be expressed is opaque. */
  readonly partition: Partition;
  /** The same if schemas asked nothing beyond types: what holds of `partition` alone is so by the schemas. */
  readonly partitionByTypes: Partition;
  /** The attributes it reads, each with the range of the first place that reads it. */
  readonly attributes: readonly {
    readonly attribute: Attribute;
    readonly start: number;
    readonly end: number;
  }[];
  /** Every place that reads the request, in the order of the text. */
  readonly reads: readonly ConditionRead[];
  /** Why it is not true on this interaction, with the facts: "amount was 250, needed <= 200". */
  explain(interaction: Interaction): string;
}

/** A variable of a condition's environment, and how it is read. */
export interface Variable {
  /** As written in CEL, for example `mcp.tool.arguments.amount`; keyed ones end before their keys. */
  readonly path: string;
  readonly type: VariableType;
  readonly description: string;
  /** Where the declaration stands, in words: "Arguments come from specs/payments.tools.json". */
  readonly origin?: string;
}

export type Scalar = string | number | boolean | null;

export interface Bound {
  readonly value: number;
  readonly isOpen: boolean;
}

/**
 * What the schema of a scalar asks beyond its type. A value that breaks one of these is as wrong as one of another
 * type: to read it is an error. Keywords of numbers ask nothing of texts, nor those of texts of numbers.
 */
export interface Constraints {
  /** `enum` or `const`. */
  readonly values?: readonly Scalar[];
  readonly minimum?: Bound;
  readonly maximum?: Bound;
  readonly multipleOf?: readonly number[];
  /** In code points. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Expressions of which each matches somewhere in the text. One that is no RE2 asks nothing. */
  readonly patterns?: readonly string[];
}

/** A structural type, made from the catalogue or from a JSON Schema. */
export type VariableType =
  /** `values`: the texts that the schema allows, where it lists them, for static checks. */
  | { readonly type: "string"; readonly values?: readonly string[]; readonly constraints?: Constraints }
  | { readonly type: "int" | "double" | "bool"; readonly constraints?: Constraints }
  | { readonly type: "timestamp" | "duration" | "null" }
  /** `unlessNull`: the one type of it where it is not null. */
  | { readonly type: "dyn"; readonly unlessNull?: VariableType; readonly constraints?: Constraints }
  | { readonly type: "list"; readonly of: VariableType }
  /** A map with known fields; `open` ones may have others, of any type. */
  | {
      readonly type: "object";
      readonly fields: ReadonlyMap<string, { readonly type: VariableType; readonly required: boolean }>;
      readonly open: boolean;
      /** The type of those others, where it is known. */
      readonly others?: VariableType;
      /** Names of fields have no case; `fields` has them in lower case. */
      readonly ignoresCase?: true;
      readonly label?: string;
    }
  | { readonly type: "map"; readonly of: VariableType };

export type ObjectType = Extract<VariableType, { readonly type: "object" }>;
