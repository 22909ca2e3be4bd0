import { type CharSet, codePoints, containsChar } from "./char-set.ts";
import { concat, emptyNode, type RegexNode } from "./regex-node.ts";
import { parseRegex } from "./regex-parser.ts";

export type RegexRest =
  | { readonly kind: "none" }
  /** `mayEnd`: the text may end here. `source`: an expression of what may follow, the empty text included. */
  | { readonly kind: "rest"; readonly source: string; readonly mayEnd: boolean };

/**
 * What may follow `taken` in a text that matches the whole expression (Brzozowski's derivative): the texts `rest`
 * for which `taken + rest` matches. Undefined where the expression has anchors, or cannot be parsed.
 */
export function regexAfter(source: string, taken: string, ignoreCase: boolean): RegexRest | undefined {
  const parsed = parseRegex(source, ignoreCase);
  if (!("ok" in parsed) || hasAnchor(parsed.ok)) return undefined;
  let node = parsed.ok;
  for (const char of codePoints(taken)) {
    node = after(node, char);
    if (isNever(node)) return { kind: "none" };
  }
  return { kind: "rest", source: taken === "" ? source : written(node), mayEnd: isNullable(node) };
}

const never: RegexNode = { op: "alternate", items: [] };

const isNever = (node: RegexNode): boolean => node.op === "alternate" && node.items.length === 0;

function hasAnchor(node: RegexNode): boolean {
  switch (node.op) {
    case "start":
    case "end":
      return true;
    case "concat":
    case "alternate":
      return node.items.some(hasAnchor);
    case "repeat":
      return hasAnchor(node.item);
    case "empty":
    case "chars":
      return false;
  }
}

function isNullable(node: RegexNode): boolean {
  switch (node.op) {
    case "empty":
    case "start":
    case "end":
      return true;
    case "chars":
      return false;
    case "concat":
      return node.items.every(isNullable);
    case "alternate":
      return node.items.some(isNullable);
    case "repeat":
      return node.min === 0 || isNullable(node.item);
  }
}

function after(node: RegexNode, char: number): RegexNode {
  switch (node.op) {
    case "empty":
    case "start":
    case "end":
      return never;
    case "chars":
      return containsChar(node.set, char) ? emptyNode : never;
    case "alternate":
      return either(node.items.map((item) => after(item, char)));
    case "repeat": {
      if (node.max === 0) return never;
      const rest: RegexNode = {
        op: "repeat",
        item: node.item,
        min: Math.max(0, node.min - 1),
        ...(node.max === undefined ? {} : { max: node.max - 1 }),
      };
      return both(after(node.item, char), rest);
    }
    case "concat": {
      const ways: RegexNode[] = [];
      for (const [index, item] of node.items.entries()) {
        ways.push(both(after(item, char), concat(node.items.slice(index + 1))));
        if (!isNullable(item)) break;
      }
      return either(ways);
    }
  }
}

function both(first: RegexNode, second: RegexNode): RegexNode {
  if (isNever(first) || isNever(second)) return never;
  if (first.op === "empty") return second;
  if (second.op === "empty") return first;
  return { op: "concat", items: [first, second] };
}

function either(ways: readonly RegexNode[]): RegexNode {
  const items = ways.filter((way) => !isNever(way));
  return items.length === 1 && items[0] !== undefined ? items[0] : { op: "alternate", items };
}

/** RE2 syntax of the node, whatever flags its source had. */
function written(node: RegexNode): string {
  switch (node.op) {
    case "empty":
      return "";
    case "start":
      return "\\A";
    case "end":
      return "\\z";
    case "chars":
      return writtenSet(node.set);
    case "concat":
      return node.items
        .map((item) => (item.op === "alternate" ? `(?:${written(item)})` : written(item)))
        .join("");
    case "alternate":
      return node.items.map(written).join("|");
    case "repeat": {
      const range = `{${node.min},${node.max ?? ""}}`;
      const count = node.max === undefined && node.min < 2 ? (node.min === 0 ? "*" : "+") : range;
      return `(?:${written(node.item)})${count}`;
    }
  }
}

function writtenSet(set: CharSet): string {
  if (set.length === 0) return "[^\\x{0}-\\x{10ffff}]";
  const ranges: string[] = [];
  for (let index = 0; index + 1 < set.length; index += 2) {
    const [low, high] = [set[index] ?? 0, set[index + 1] ?? 0];
    ranges.push(low === high ? writtenChar(low) : `${writtenChar(low)}-${writtenChar(high)}`);
  }
  return `[${ranges.join("")}]`;
}

function writtenChar(codePoint: number): string {
  const char = String.fromCodePoint(codePoint);
  return /[A-Za-z0-9/_]/.test(char) ? char : `\\x{${codePoint.toString(16)}}`;
}
