/** The part of a file that starts on the next line that has one: what a comment on a line of its own is for. */
import type { SourceLayout } from "../../text/layout.ts";
import type { MapEntry, ParsedFile, TreeDocument, TreeNode } from "../../text/tree.ts";
import { lastFrom } from "./search.ts";

/** Absolute and half-open. */
export interface Offsets {
  readonly start: number;
  readonly end: number;
}

/**
 * Behind `offset`, blank lines, comments and the lines between documents are skipped. An item of a list, an entry of a
 * map, or a document where its first entry starts there. Undefined where nothing starts there: the end of the file, or
 * a bracket that closes.
 */
export function partBehind(file: ParsedFile, offset: number, seen: ContentByLine): Offsets | undefined {
  const content = nextContent(file.layout.text, offset, seen);
  return content === undefined ? undefined : partFrom(file, content);
}

/** What a comment on a line of its own directly above the line would be for. `line`: zero-based. */
export function partOnLine(file: ParsedFile, line: number): Offsets | undefined {
  const { text, lines } = file.layout;
  const start = lines[line];
  if (start === undefined) return undefined;
  const content = contentOf(text.slice(start, lines[line + 1] ?? text.length), start);
  return content === undefined ? undefined : partFrom(file, content);
}

function partFrom(file: ParsedFile, content: Content): Offsets | undefined {
  const { layout } = file;
  const document = lastFrom(file.documents, content.start, (one) => layout.offsets(one.place).start);
  if (document?.root === undefined) return undefined;
  if (isHead(document.root, content.start, layout)) return layout.offsets(document.place);
  return partAt(document, content, layout);
}

export interface Content {
  /** Behind the dashes of list items. */
  readonly start: number;
  readonly isItem: boolean;
}

/** What was found behind the start of a line. Whoever asks from the end of a file on never reads a line twice. */
export type ContentByLine = Map<number, Content | undefined>;

function nextContent(text: string, offset: number, seen: ContentByLine): Content | undefined {
  const lineBehind = (at: number): number => {
    const found = text.indexOf("\n", at);
    return found < 0 ? text.length : found + 1;
  };
  const first = lineBehind(offset);
  let found: Content | undefined;
  for (let start = first; start < text.length && found === undefined; start = lineBehind(start)) {
    if (seen.has(start)) {
      found = seen.get(start);
      break;
    }
    found = contentOf(text.slice(start, lineBehind(start)), start);
  }
  seen.set(first, found);
  return found;
}

/** What the line has besides blanks, a comment and the mark of a document, behind the dashes of list items. */
export function contentOf(line: string, start: number): Content | undefined {
  if (line.startsWith("%")) return undefined;
  const mark = /^(?:---|\.\.\.)(?=\s|$)/.exec(line)?.[0].length ?? 0;
  const match = /^[ \t]*((?:-[ \t]+)*)(?=[^\s#])/.exec(line.slice(mark));
  return match === null ? undefined : { start: start + mark + match[0].length, isItem: match[1] !== "" };
}

function isHead(root: TreeNode, offset: number, layout: SourceLayout): boolean {
  return root.kind === "map" && root.entries[0] !== undefined && startOf(root.entries[0], layout) === offset;
}

function partAt(
  { root }: TreeDocument,
  { start, isItem }: Content,
  layout: SourceLayout,
): Offsets | undefined {
  let node = root;
  while (node !== undefined && node.kind !== "scalar") {
    if (node.kind === "map") {
      const entry: MapEntry | undefined = lastFrom(node.entries, start, (one) => startOf(one, layout));
      if (entry === undefined) return undefined;
      const from = startOf(entry, layout);
      const to = Math.max(layout.offsets(entry.key.place).end, layout.offsets(entry.value.place).end);
      if (from === start) return { start: from, end: to };
      node = entry.value;
    } else {
      const item: TreeNode | undefined = lastFrom(
        node.items,
        start,
        (one) => layout.offsets(one.place).start,
      );
      if (item === undefined) return undefined;
      // In brackets an item has no dash, and a map in braces starts in front of its first key.
      const offsets = layout.offsets(item.place);
      if (offsets.start === start && (isItem || item.kind === "scalar" || !startsWith(item, start, layout)))
        return offsets;
      node = item;
    }
  }
  return undefined;
}

/** Whether the first part of a collection starts where it starts itself, as without brackets. */
function startsWith(node: TreeNode, offset: number, layout: SourceLayout): boolean {
  if (node.kind === "scalar") return false;
  const first = node.kind === "map" ? node.entries[0]?.key : node.items[0];
  return first !== undefined && layout.offsets(first.place).start === offset;
}

function startOf(entry: MapEntry, layout: SourceLayout): number {
  return layout.offsets(entry.key.place).start;
}
