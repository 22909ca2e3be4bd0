/** Entries that come and go in a map or a list. */
import type { FixValue } from "../text/fix.ts";
import type { TextEdit } from "../text/text-edit.ts";
import type { Collection, EditSource, Part } from "./edit-source.ts";
import { flowText, inPlaceOf, withoutBreak } from "./edit-value.ts";
import { blockLines } from "./stringify.ts";

export interface Added {
  /** Of a map's entry. */
  readonly key: string;
  readonly value: FixValue;
  /** How many levels of the value are blocks, however short they are. */
  readonly blockDepth?: number;
}

export interface Change {
  /** Indexes of parts. */
  readonly removed: ReadonlySet<number>;
  /** Behind the last part, in this order. */
  readonly added: readonly Added[];
  /** Whether an added map is a block, however short it is. */
  readonly asBlocks: boolean;
}

/** Undefined where it cannot be done. */
export function collectionEdits(
  source: EditSource,
  collection: Collection,
  change: Change,
): readonly TextEdit[] | undefined {
  const { parts, isFlow } = collection;
  const last = parts.length - 1;
  const isLastRemoved = change.added.length > 0 && change.removed.has(last);
  // What is added stands in the place of a last one that goes.
  const removed = isLastRemoved
    ? new Set([...change.removed].filter((index) => index !== last))
    : change.removed;
  if (parts.length > 0 && removed.size === parts.length) return emptied(source, collection);
  const removals = isFlow
    ? flowRemovals(source, collection, removed)
    : blockRemovals(source, collection, removed);
  const additions =
    change.added.length === 0
      ? []
      : isFlow
        ? flowAdditions(source, collection, change, isLastRemoved)
        : blockAdditions(source, collection, change, isLastRemoved);
  return [...removals, ...additions];
}

/** The last one of a collection is gone. */
function emptied(source: EditSource, collection: Collection): readonly TextEdit[] | undefined {
  const { start, end, parts, kind, isFlow } = collection;
  const text = kind === "map" ? "{}" : "[]";
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined) return [];
  if (!isFlow)
    return inPlaceOf(
      source,
      start,
      end,
      ` ${text}`,
      kind === "list" ? commentAbove(source, first, 0) : start,
    );
  if (!source.lexemes.hasComment(start, end)) return [{ start, end, text }];
  const next = source.lexemes.next(last.end);
  return [{ start: first.start, end: next?.type === "comma" ? next.end : last.end, text: "" }];
}

function blockRemovals(
  source: EditSource,
  { parts, kind }: Collection,
  removed: ReadonlySet<number>,
): readonly TextEdit[] {
  const { lexemes } = source;
  const edits: TextEdit[] = [];
  const [first] = parts;
  const kept = parts.findIndex((_, index) => !removed.has(index));
  // Behind a dash the first line is that of the list above, so that the first entry that stays comes up to it.
  const isBehindDash = first !== undefined && !lexemes.startsLine(first.start);
  if (isBehindDash && kept > 0) {
    const [before, next] = [parts[kept - 1] ?? first, parts[kept] ?? first];
    const behind = source.lineBehind(before.end);
    const end = lexemes.hasComment(behind, next.start) ? behind : next.start;
    edits.push({ start: first.start, end, text: "" });
  }
  for (const [index, part] of parts.entries()) {
    if (!removed.has(index) || (isBehindDash && index < kept)) continue;
    const floor = index === 0 ? 0 : source.lineBehind(parts[index - 1]?.end ?? 0);
    const start = kind === "list" ? commentAbove(source, part, floor) : lexemes.lineStart(part.start);
    const end = source.lineBehind(part.end);
    edits.push({ ...withBlankLine(source, { start, end }, parts, index), text: "" });
  }
  return edits;
}

/** Of the blank lines around what goes, one goes too, so that there are not two in a row. */
function withBlankLine(source: EditSource, own: Part, parts: readonly Part[], index: number): Part {
  const { lexemes } = source;
  const { start, end } = own;
  const isBlank = (from: number): boolean =>
    from < lexemes.text.length && lexemes.text.slice(from, lexemes.lineEnd(from)).trim() === "";
  const before = parts[index - 1];
  if (before === undefined) return isBlank(end) ? { start, end: lexemes.nextLine(end) } : own;
  const floor = source.lineBehind(before.end);
  if (start === floor && source.keepsBlankLines(before.end)) {
    // The blank lines behind would become its own.
    let behind = end;
    while (isBlank(behind)) behind = lexemes.nextLine(behind);
    return { start, end: behind };
  }
  const above = lexemes.lineStart(start - 1);
  const goes = above >= floor && isBlank(above) && (isBlank(end) || index === parts.length - 1);
  return goes ? { start: above, end } : own;
}

/** The start of the comment lines directly above a part, in its own column; `floor`: what stands before is another's. */
function commentAbove({ lexemes }: EditSource, part: Part, floor: number): number {
  let start = lexemes.lineStart(part.start);
  for (;;) {
    const above = lexemes.lineStart(start - 1);
    if (start === 0 || above < floor || above >= start) return start;
    const line = lexemes.text.slice(above, start);
    if (line.search(/\S/) !== lexemes.column(part.start) || !line.trimStart().startsWith("#")) return start;
    start = above;
  }
}

/**
 * The end of the comment lines that stand below what ends before `behind`, deeper than `column`: who indents a comment
 * as the last part's own properties writes of that part.
 */
function commentBelow({ lexemes }: EditSource, behind: number, column: number): number {
  let end = behind;
  for (let line = behind; line < lexemes.text.length; line = lexemes.nextLine(line)) {
    const first = lexemes.text.slice(line, lexemes.lineEnd(line)).search(/\S/);
    if (first < 0) continue;
    if (first <= column || lexemes.text.charAt(line + first) !== "#") break;
    end = lexemes.nextLine(line);
  }
  return end;
}

function blockAdditions(
  source: EditSource,
  { parts, kind }: Collection,
  { added, asBlocks }: Change,
  isLastReplaced: boolean,
): readonly TextEdit[] {
  const { lexemes } = source;
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined) return [];
  const column = lexemes.column(first.start);
  const lines = added.flatMap(({ key, value, blockDepth = asBlocks ? 1 : 0 }) =>
    blockLines(kind === "map" ? { [key]: value } : [value], column, (path) => path.length <= blockDepth),
  );
  const text = lines.join(lexemes.lineBreak);
  if (isLastReplaced) {
    const end = withoutBreak(lexemes.text, source.lineBehind(last.end));
    return [{ start: last.start, end, text: text.trimStart() }];
  }
  const behind = commentBelow(source, source.lineBehind(last.end), column);
  return lexemes.text.charAt(behind - 1) === "\n"
    ? [{ start: behind, end: behind, text: text + lexemes.lineBreak }]
    : [{ start: behind, end: behind, text: lexemes.lineBreak + text }];
}

function flowRemovals(
  source: EditSource,
  { parts }: Collection,
  removed: ReadonlySet<number>,
): readonly TextEdit[] {
  const { lexemes } = source;
  const comma = (part: Part): Part | undefined => {
    const next = lexemes.next(part.end);
    return next?.type === "comma" ? next : undefined;
  };
  return parts.flatMap((part, index): readonly TextEdit[] => {
    if (!removed.has(index)) return [];
    const { start } = part;
    const own = comma(part);
    const end = own?.end ?? part.end;
    const ownLine = lexemes.startsLine(start) && lexemes.endsLine(end);
    const lines = { start: lexemes.lineStart(start), end: lexemes.nextLine(end), text: "" };
    const next = parts[index + 1];
    if (next !== undefined) {
      if (ownLine) return [lines];
      const hasBreak =
        lexemes.hasComment(end, next.start) || lexemes.text.slice(end, next.start).includes("\n");
      return [{ start, end: hasBreak ? end : next.start, text: "" }];
    }
    // The last one that stays needs no comma any more; in JSON it may not have one.
    const kept = parts.findLast((_, at) => !removed.has(at));
    const before = kept === undefined ? undefined : comma(kept);
    if (before === undefined) return [];
    const dangling = { start: before.start, end: before.end, text: "" };
    if (ownLine) return [dangling, lines];
    return lexemes.hasComment(before.end, start)
      ? [dangling, { start, end, text: "" }]
      : [{ start: before.start, end, text: "" }];
  });
}

function flowAdditions(
  source: EditSource,
  { parts, kind, start, end }: Collection,
  { added }: Change,
  isLastReplaced: boolean,
): readonly TextEdit[] {
  const { lexemes, isJson } = source;
  const texts = added.map(({ key, value }) =>
    kind === "list" ? flowText(value, isJson) : `${flowText(key, isJson)}: ${flowText(value, isJson)}`,
  );
  const last = parts.at(-1);
  if (last === undefined) return filled(source, start, end, kind, texts.join(", "));
  if (isLastReplaced) return [{ start: last.start, end: last.end, text: texts.join(", ") }];
  const next = lexemes.next(last.end);
  const comma = next?.type === "comma" ? next : undefined;
  const at = comma?.end ?? last.end;
  const isOnLines = lexemes.startsLine(last.start);
  if (!isOnLines) {
    const text = comma === undefined ? `, ${texts.join(", ")}` : ` ${texts.join(", ")},`;
    return [{ start: at, end: at, text }];
  }
  const { lineBreak } = lexemes;
  const pad = lineBreak + lexemes.text.slice(lexemes.lineStart(last.start), last.start);
  const text = pad + texts.join(`,${pad}`) + (comma === undefined ? "" : ",");
  if (!lexemes.endsLine(at)) return [{ start: at, end: at, text: (comma === undefined ? "," : "") + text }];
  const lineEnd = lexemes.lineEnd(at);
  return [
    ...(comma === undefined ? [{ start: at, end: at, text: "," }] : []),
    { start: lineEnd, end: lineEnd, text },
  ];
}

/** What an empty collection gets; comments in it stay. */
function filled(
  { lexemes, isJson }: EditSource,
  start: number,
  end: number,
  kind: Collection["kind"],
  text: string,
): readonly TextEdit[] {
  if (lexemes.hasComment(start, end))
    return [{ start: start + 1, end: start + 1, text: kind === "map" ? ` ${text}` : text }];
  const space = kind === "map" && !isJson ? " " : "";
  return [{ start: start + 1, end: end - 1, text: space + text + space }];
}
