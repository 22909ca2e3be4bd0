/**
 * How a document of an earlier version of the file format becomes one of the next. A new version of the format comes
 * with a migration from the one before it, in a file of its own and in the list of `registry.ts`.
 */
import type { FixEdit } from "../../text/fix.ts";
import type { MapNode } from "../../text/tree.ts";

export interface Migration {
  /** The `apiVersion` that it takes. */
  readonly from: string;
  /** The one that it makes: the current one, or one from which another migration goes on. */
  readonly to: string;
  /**
   * The changes of a document besides its `apiVersion`, as changes of the tree: comments, order and quotes stay. Pure,
   * and total: what it does not understand it leaves, so that the schema of the next version says what is wrong.
   */
  edits(root: MapNode): readonly FixEdit[];
}
