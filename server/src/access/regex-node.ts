import { type CharSet, codePoints, foldAscii, oneChar } from "./char-set.ts";

/** A regular expression over code points. Assertions speak of the whole text, wherever they stand. */
export type RegexNode =
  | { readonly op: "empty" }
  | { readonly op: "chars"; readonly set: CharSet }
  | { readonly op: "concat"; readonly items: readonly RegexNode[] }
  | { readonly op: "alternate"; readonly items: readonly RegexNode[] }
  /** Without `max` any number of times from `min` on. */
  | { readonly op: "repeat"; readonly item: RegexNode; readonly min: number; readonly max?: number }
  | { readonly op: "start" }
  | { readonly op: "end" };

export const emptyNode: RegexNode = { op: "empty" };

export function concat(items: readonly RegexNode[]): RegexNode {
  if (items.length === 0) return emptyNode;
  return items.length === 1 ? (items[0] as RegexNode) : { op: "concat", items };
}

export function literalNode(text: string, ignoreCase: boolean): RegexNode {
  return concat(
    codePoints(text).map((one): RegexNode => {
      const set = oneChar(one);
      return { op: "chars", set: ignoreCase ? foldAscii(set) : set };
    }),
  );
}

/** How many automaton instructions the node needs: repeats with bounds are written out. */
export function size(node: RegexNode): number {
  switch (node.op) {
    case "empty":
    case "chars":
    case "start":
    case "end":
      return 1;
    case "concat":
    case "alternate":
      return node.items.reduce((sum, item) => sum + size(item), 1);
    case "repeat": {
      const copies = node.max === undefined ? node.min + 1 : Math.max(node.max, 1);
      return 1 + copies * (size(node.item) + 1);
    }
  }
}
