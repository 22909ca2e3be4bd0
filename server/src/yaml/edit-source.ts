/** What whoever edits a file has to know of it: its tokens, and where its nodes start and end in the text. */
import type { SourceLayout } from "../text/layout.ts";
import type { ListNode, MapEntry, MapNode, ParsedFile, ScalarNode, TreeNode } from "../text/tree.ts";
import { type Lexeme, Lexemes } from "./lexemes.ts";

/** An entry of a map or an item of a list: from its key, dash or value to the end of its value, without a comment behind. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

export interface Collection {
  readonly kind: "map" | "list";
  readonly isFlow: boolean;
  readonly start: number;
  readonly end: number;
  readonly parts: readonly Part[];
}

/** What a collection that is to be edited may not have: the nodes of an alias stand elsewhere, and a `?` is an entry's own. */
const foreign: ReadonlySet<Lexeme["type"]> = new Set(["alias", "anchor", "tag", "explicit-key-ind"]);

export class EditSource {
  readonly lexemes: Lexemes;
  readonly isJson: boolean;
  private readonly layout: SourceLayout;

  constructor(file: ParsedFile) {
    this.layout = file.layout;
    this.lexemes = new Lexemes(file.layout.text);
    this.isJson = styleOf(file.documents[0]?.root) === "json";
  }

  has(node: TreeNode): boolean {
    return this.layout.has(node.place.block);
  }

  start(node: TreeNode): number {
    return this.layout.offsets(node.place).start;
  }

  /** Of a block scalar: without the line breaks behind its last line. */
  end(node: TreeNode): number {
    const last = this.isBlock(node) ? lastOf(node) : undefined;
    if (last === undefined) return this.layout.offsets(node.place).end;
    return "key" in last ? this.#entryEnd(last) : this.#itemEnd(last);
  }

  /** Whether it is a collection without brackets. */
  isBlock(node: TreeNode): node is MapNode | ListNode {
    if (node.kind === "scalar") return false;
    const first = node.kind === "map" ? node.entries[0]?.key : node.items[0];
    const opening = node.kind === "map" ? "flow-map-start" : "flow-seq-start";
    const start = this.start(node);
    const isFlow = this.lexemes.at(start)?.type === opening;
    // A block map may have a flow collection as its first key.
    return !(isFlow && (first === undefined || node.kind === "list" || this.start(first) > start));
  }

  /** Whether nothing stands where the value should. */
  isMissing(node: TreeNode): node is ScalarNode {
    if (node.kind !== "scalar" || node.value !== null || node.text !== "") return false;
    const { start, end } = this.layout.offsets(node.place);
    return start === end;
  }

  /** The start of the line behind what ends at `end`: a block scalar has the blank lines that it keeps. */
  lineBehind(end: number): number {
    const next = this.lexemes.nextLine(end);
    // It was trimmed, so that the end is inside of its token, or in its head where all its lines are blank.
    const token = this.lexemes.covering(end);
    const head = token?.type === "comment" ? this.lexemes.previous(token.start) : token;
    const body = head?.type === "block-scalar-header" ? this.lexemes.at(next) : token;
    const isBody = body?.type === "scalar" && this.lexemes.text.charAt(body.end - 1) === "\n";
    return isBody ? body.end : next;
  }

  /** Whether what ends at `end` is a block scalar that has every blank line behind it. */
  keepsBlankLines(end: number): boolean {
    const token = this.lexemes.covering(end);
    const head = token?.type === "scalar" ? this.lexemes.previous(token.start) : token;
    if (head?.type !== "block-scalar-header") return false;
    return this.lexemes.text.slice(head.start, head.end).includes("+");
  }

  /** Undefined where it is written in a way that is left alone. */
  collection(node: MapNode | ListNode): Collection | undefined {
    const [start, end] = [this.start(node), this.end(node)];
    const isFlow = !this.isBlock(node);
    const first = this.lexemes.at(start);
    // `[a: b]` is a map within a flow list, without braces of its own.
    if (first === undefined || (!isFlow && first.depth > 0)) return undefined;
    const before = this.lexemes.previous(start);
    const near = [...(before === undefined ? [] : [before]), ...this.lexemes.within(start, end)];
    if (near.some((one) => foreign.has(one.type))) return undefined;
    const parts =
      node.kind === "map"
        ? node.entries.map((entry) => this.#entry(entry))
        : this.#items(node, isFlow, start);
    const isInOrder = parts?.every(
      (part, index) => part.start >= (parts[index - 1]?.end ?? start) && part.end <= end,
    );
    return parts !== undefined && isInOrder ? { kind: node.kind, isFlow, start, end, parts } : undefined;
  }

  #entry(entry: MapEntry): Part {
    return { start: this.start(entry.key), end: this.#entryEnd(entry) };
  }

  #items(node: ListNode, isFlow: boolean, start: number): readonly Part[] | undefined {
    if (isFlow) return node.items.map((item) => ({ start: this.start(item), end: this.end(item) }));
    const parts: Part[] = [];
    for (const item of node.items) {
      const dash = this.lexemes.next(parts.at(-1)?.end ?? start);
      if (dash?.type !== "seq-item-ind") return undefined;
      parts.push({ start: dash.start, end: this.isMissing(item) ? dash.end : this.end(item) });
    }
    return parts;
  }

  #entryEnd({ key, value }: MapEntry): number {
    if (!this.isMissing(value)) return this.end(value);
    const keyEnd = this.end(key);
    const colon = this.lexemes.next(keyEnd);
    return colon?.type === "map-value-ind" ? colon.end : keyEnd;
  }

  #itemEnd(item: TreeNode): number {
    if (!this.isMissing(item)) return this.end(item);
    return this.lexemes.previous(this.start(item))?.end ?? this.start(item);
  }
}

function lastOf(node: MapNode | ListNode): MapEntry | TreeNode | undefined {
  return node.kind === "map" ? node.entries.at(-1) : node.items.at(-1);
}

/** The style of the first scalar. */
function styleOf(node: TreeNode | undefined): ScalarNode["style"] | undefined {
  let current = node;
  while (current !== undefined && current.kind !== "scalar")
    current = current.kind === "map" ? current.entries[0]?.key : current.items[0];
  return current?.style;
}
