/**
 * What to do about a finding, as changes of the tree instead of the text: whoever applies them (`yaml/edit.ts`) knows
 * how the file is written (flow or block, indentation, quotes, comments) and keeps it so.
 */
import type { Place } from "./place.ts";
import type { Problem } from "./problem.ts";
import type { ListNode, MapNode, ScalarNode } from "./tree.ts";

export interface FixableProblem extends Problem {
  /** What to do about it; the one that fits best first. `data.replaceWith` is one more, for the problem's own place. */
  readonly fixes?: readonly Fix[];
}

export interface Fix {
  /** What it does, as a command: `Set maxTtl to 1h`. */
  readonly title: string;
  /**
   * `plumbline check --fix` applies it without asking: it can only be right, changes no decision but where the finding
   * says that this is what is wrong, and leaves the file valid.
   */
  readonly isSafe: boolean;
  /** All or nothing. They do not overlap. */
  readonly edits: readonly FixEdit[];
}

/** A plain JSON value; whoever applies it writes it as YAML, quoted where it has to be. */
export type FixValue = string | number | boolean | readonly FixValue[] | { readonly [key: string]: FixValue };

export type FixEdit =
  /** The text at the place becomes another. */
  | { readonly edit: "replace"; readonly place: Place; readonly text: string }
  /** The value of a scalar becomes another, quoted as it was or as it has to be. */
  | { readonly edit: "set-scalar"; readonly node: ScalarNode; readonly value: string | number | boolean }
  /**
   * A property of a map: replaced where it is there, else added behind the last one. `blockDepth`: how many levels of an
   * added value stand on lines of their own however short they are (1: its own properties); without it, none.
   */
  | {
      readonly edit: "set-property";
      readonly map: MapNode;
      readonly key: string;
      readonly value: FixValue;
      readonly blockDepth?: number;
    }
  | { readonly edit: "rename-property"; readonly map: MapNode; readonly key: string; readonly to: string }
  /** With its value and the comment behind it. The last one of a map leaves `{}`. */
  | { readonly edit: "remove-property"; readonly map: MapNode; readonly key: string }
  | { readonly edit: "add-item"; readonly list: ListNode; readonly value: FixValue }
  /** With the comments that stand directly above it. The last one of a list leaves `[]`. */
  | { readonly edit: "remove-item"; readonly list: ListNode; readonly index: number };
