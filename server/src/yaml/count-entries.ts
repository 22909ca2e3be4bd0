/**
 * Counts entries in the text of a document before it is parsed, which costs hundreds of times as much. A count is
 * never more than what the parser would find in a sound document, so that nothing is refused that could be read.
 */
import { CST, Lexer } from "yaml";

/** Offsets in the source, of the key or of the opening bracket. */
export interface Counted {
  readonly name: string;
  readonly size: number;
  readonly start: number;
  readonly end: number;
}

/** `spec:` and its sections, each on a line of its own: the value starts on the next line, so it is no block text. */
const bareKey = /^ *([A-Za-z_][\w-]*):[ \t]*(?:#.*)?\r?$/;

/** The sections of a block-style `spec` and how many entries each has, told by the column at which its first one starts. */
export function countBlockEntries(source: string): readonly Counted[] {
  const found: { name: string; size: number; start: number; end: number }[] = [];
  let inSpec = false;
  let sectionColumn: number | undefined;
  let section: (typeof found)[number] | undefined;
  let entry: { readonly column: number; readonly isItem: boolean } | undefined;
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
      inSpec = bareKey.exec(source.slice(start, end))?.[1] === "spec";
      continue;
    }
    if (!inSpec) continue;
    sectionColumn ??= column;
    const isItem = source[at] === "-" && " \t\r\n".includes(source.charAt(at + 1));
    if (column === sectionColumn && !isItem) {
      const name = bareKey.exec(source.slice(start, end))?.[1];
      section = name === undefined ? undefined : { name, size: 0, start: at, end: at + name.length };
      entry = undefined;
      if (section !== undefined) found.push(section);
    } else if (section !== undefined) {
      entry ??= { column, isItem };
      // What belongs to an entry is indented further, its block texts and continued lines too.
      if (column === entry.column && isItem === entry.isItem) section.size++;
    }
  }
  return found;
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
      if (current !== undefined && size > Math.max(most, largest?.size ?? 0)) {
        const name = source[current.start] === "[" ? "This list" : "This map";
        largest = { name, size, start: current.start, end: current.start + 1 };
      }
      open.pop();
    } else if (current !== undefined && type !== null && !blank.has(type)) current.isEmpty = false;
    if (type === "flow-map-start" || type === "flow-seq-start")
      open.push({ start: offset, commas: 0, isEmpty: true });
    offset += lexeme.length;
  }
  return largest;
}

function hasCommas(source: string, atLeast: number): boolean {
  let count = 0;
  for (let at = source.indexOf(","); at >= 0 && count < atLeast; at = source.indexOf(",", at + 1)) count++;
  return count >= atLeast;
}
