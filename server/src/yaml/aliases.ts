import type { TreeNode } from "../text/tree.ts";
import type { RawProblem } from "./raw-problem.ts";
import { maxDepth } from "./tokens.ts";

/** How many nodes aliases may add to a document when written out. Far more than any deployed file needs. */
export const maxExpandedNodes = 200_000;

/** Thrown inside the reader when a document's aliases pass the bound; never leaves it. */
export class AliasBomb extends Error {
  constructor(readonly problem: RawProblem) {
    super(problem.message);
    this.name = "AliasBomb";
  }
}

/** A node that an alias can stand for, with its size and height once its own aliases are written out. */
export interface Anchored {
  readonly node: TreeNode;
  readonly nodes: number;
  readonly height: number;
}

/**
 * Counts nodes and depth of a document as its readers will walk it. Aliases share the node they stand for, so that
 * memory stays small; the bound protects whoever walks the tree, since each use counts there.
 */
export class Expansion {
  readonly anchors = new Map<string, Anchored>();
  #nodes = 0;
  #added = 0;
  #depth = 0;
  #deepest = 0;

  /** Call before converting a node; give the result to `leave`. */
  enter(): { readonly nodes: number; readonly deepest: number } {
    const before = { nodes: this.#nodes, deepest: this.#deepest };
    this.#nodes++;
    this.#depth++;
    this.#deepest = this.#depth;
    return before;
  }

  leave(
    before: { readonly nodes: number; readonly deepest: number },
    node: TreeNode,
    anchor: string | undefined,
  ): void {
    this.#depth--;
    if (anchor !== undefined && anchor !== "")
      this.anchors.set(anchor, {
        node,
        nodes: this.#nodes - before.nodes,
        height: this.#deepest - this.#depth,
      });
    this.#deepest = Math.max(this.#deepest, before.deepest);
  }

  /** Counts one use of an anchor. False when that passes a bound. */
  expand(target: Anchored): boolean {
    this.#nodes += target.nodes;
    this.#added += target.nodes;
    this.#deepest = Math.max(this.#deepest, this.#depth + target.height);
    return this.#added <= maxExpandedNodes && this.#deepest <= 2 * maxDepth;
  }
}
