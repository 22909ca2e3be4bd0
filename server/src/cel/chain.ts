import type { CelNode } from "./engine.ts";

/** A static chain of names: `a.b["c"]`, with the range of each. */
export interface Chain {
  readonly root: Extract<CelNode, { readonly op: "id" }>;
  readonly steps: readonly { readonly key: string | 0; readonly start: number; readonly end: number }[];
}

/** The chain of names that a node is, or undefined where something else is in it. */
export function chainOf(node: CelNode): Chain | undefined {
  switch (node.op) {
    case "id":
      return { root: node, steps: [] };
    case ".": {
      const left = chainOf(node.args[0]);
      // The library keeps where the name starts as the position of the node.
      return (
        left && { ...left, steps: [...left.steps, { key: node.args[1], start: node.pos, end: node.end }] }
      );
    }
    case "[]": {
      const [inner, index] = node.args;
      if (index.op !== "value") return undefined;
      const key = typeof index.args === "string" ? index.args : index.args === 0n ? 0 : undefined;
      const left = key === undefined ? undefined : chainOf(inner);
      if (left === undefined || key === undefined) return undefined;
      return { ...left, steps: [...left.steps, { key, start: index.start, end: index.end }] };
    }
    default:
      return undefined;
  }
}

/** Where the name of a method call stands. */
export function nameStart(node: CelNode, receiver: CelNode, name: string): number {
  const at = node.input.indexOf(name, receiver.end);
  return at < 0 ? node.start : at;
}
