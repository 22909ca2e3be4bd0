/**
 * Counts entries in the text of a document before it is parsed, which costs hundreds of times as much. A count is
 * never more than what the parser would find in a sound document, so that nothing is refused that could be read.
 */
import { CST, Lexer } from "yaml";
import { maxEntries } from "./too-many.ts";

/** Offsets in the source, of the key or of the opening bracket. */
export interface Counted {
  readonly name: string;
  readonly size: number;
  readonly start: number;
  readonly end: number;
}

/** `spec:` and its sections, each on a line of its own: the value starts on the next line, so it is no block text. */
const bareKey = /^ *([A-Za-z_][\w-]*):[ \t]*(?:#.*)?\r?$/;

/** The sections of a block-style `spec` (or itself, where it has too many) and how many entries each has, told by the column at which its first one starts. */
export function countBlockEntries(source: string): readonly Counted[] {
  const found: { name: string; size: number; start: number; end: number }[] = [];
  let spec: (typeof found)[number] | undefined;
  let sectionColumn: number | undefined;
  let section: (typeof found)[number] | undefined;
  let entry: { readonly column: number; readonly isItem: boolean } | undefined;
  let crowded: typeof spec;
  let next = 0;
  for (let start = 0; start < source.length; start = next) {
    const lineEnd = source.indexOf("\n", start);
    const end = lineEnd < 0 ? source.length : lineEnd;
    next = end + 1;
    let at = start;
    while (source.charCodeAt(at) === 0x20) at++;
    if (at >= end || source[at] === "#" || source[at] === "\r") continue;
    const column = at - start;
    if (column === 0) {
      section = undefined;
      const isSpec = bareKey.exec(source.slice(start, end))?.[1] === "spec";
      spec = isSpec ? { name: "spec", size: 0, start: at, end: at + 4 } : undefined;
      continue;
    }
    if (spec === undefined) continue;
    sectionColumn ??= column;
    const isItem = source[at] === "-" && " \t\r\n".includes(source.charAt(at + 1));
    if (column === sectionColumn && !isItem) {
      const name = bareKey.exec(source.slice(start, end))?.[1];
      section = name === undefined ? undefined : { name, size: 0, start: at, end: at + name.length };
      entry = undefined;
      if (++spec.size > maxEntries) crowded = spec;
      if (section !== undefined) found.push(section);
    } else if (section !== undefined) {
      entry ??= { column, isItem };
      // What belongs to an entry is indented further, its block texts and continued lines too.
      if (column === entry.column && isItem === entry.isItem) section.size++;
    }
  }
  return crowded === undefined ? found : [crowded];
}

const blank: ReadonlySet<CST.TokenType> = new Set(["space", "newline", "comment"]);

/**
 * The largest list or map in brackets, by the commas directly in it, where it has more than `most` entries. Whether a
 * comma is one is only told by tokens, which is why the text is asked first whether there are enough at all.
 */
export function largestFlowCollection(source: string, most: number): Counted | undefined {
  if (!hasCommas(source, most)) return undefined;
  let largest: Counted | undefined;
  const open: { readonly start: number; commas: number; isEmpty: boolean }[] = [];
  let offset = 0;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(source)) {
    const type: CST.TokenType | null = isScalar ? "scalar" : CST.tokenType(lexeme);
    isScalar = !isScalar && type === "scalar";
    // Marks of the lexer itself have no characters in the text.
    if (isScalar || type === "doc-mode" || type === "flow-error-end") continue;
    const current = open.at(-1);
    if (type === "comma" && current !== undefined) {
      current.commas++;
      current.isEmpty = true;
    } else if (type === "flow-map-end" || type === "flow-seq-end") {
      const size = current === undefined ? 0 : current.commas + (current.isEmpty ? 0 : 1);
      if (current !== undefined && size > Math.max(most, largest?.size ?? 0))
        largest = collection(source, current.start, size);
      open.pop();
    } else if (current !== undefined && type !== null && !blank.has(type)) current.isEmpty = false;
    if (type === "flow-map-start" || type === "flow-seq-start")
      open.push({ start: offset, commas: 0, isEmpty: true });
    offset += lexeme.length;
  }
  // An unclosed one is as costly, and its missing bracket is found once it has a size that can be read.
  for (const { start, commas } of open)
    if (commas > Math.max(most, largest?.size ?? 0)) largest = collection(source, start, commas);
  return largest;
}

function collection(source: string, start: number, size: number): Counted {
  return { name: source[start] === "[" ? "This list" : "This map", size, start, end: start + 1 };
}

export function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at + 1 < text.length; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

function hasCommas(source: string, atLeast: number): boolean {
  let count = 0;
  for (let at = source.indexOf(","); at >= 0 && count < atLeast; at = source.indexOf(",", at + 1)) count++;
  return count >= atLeast;
}
