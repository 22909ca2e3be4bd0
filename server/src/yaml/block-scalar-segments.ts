import { SegmentBuilder } from "../text/segment-builder.ts";

interface Line {
  readonly start: number;
  /** Where the content starts: behind all leading spaces. */
  readonly content: number;
  /** The end of the content, without the line break. */
  readonly end: number;
  /** Behind the line break; `end` on the last line where that has none. */
  readonly next: number;
}

/**
 * A literal or folded scalar (YAML 1.2.2, 8.1) in `source[start, end)`, from its `|` or `>` to behind the last
 * line that belongs to it. `parentIndent` is what an explicit indentation indicator adds to.
 */
export function blockScalarSegments(
  source: string,
  start: number,
  end: number,
  parentIndent: number,
): SegmentBuilder {
  const builder = new SegmentBuilder(source);
  const header = /^([|>])([-+0-9]*)/.exec(source.slice(start, Math.min(end, start + 8)));
  const chomp = /[-+]/.exec(header?.[2] ?? "")?.[0] ?? "";
  const explicit = Number(/[1-9]/.exec(header?.[2] ?? "")?.[0] ?? 0);
  const headerEnd = source.indexOf("\n", start);
  if (headerEnd < 0 || headerEnd >= end) return builder;
  const lines = splitLines(source, headerEnd + 1, end);
  const isBlank = (line: Line | undefined): boolean => line === undefined || line.content === line.end;

  let count = lines.length;
  while (count > 0 && isBlank(lines[count - 1])) count--;
  if (count === 0) {
    if (chomp === "+") builder.atomic("\n".repeat(Math.max(1, lines.length - 1)), headerEnd + 1, end);
    return builder;
  }
  const firstContent = lines.find((line) => !isBlank(line));
  const indent =
    explicit > 0
      ? Math.max(0, parentIndent + explicit)
      : (firstContent?.content ?? 0) - (firstContent?.start ?? 0);
  // Trailing blank lines that are indented further than the content are part of it.
  for (let index = lines.length - 1; index >= count; index--) {
    const line = lines[index];
    if (line !== undefined && line.content - line.start > indent) count = index + 1;
  }
  if (header?.[1] === ">") folded(builder, source, lines.slice(0, count), indent);
  else literal(builder, lines.slice(0, count), indent);
  chompEnd(builder, lines, count, indent, chomp);
  return builder;
}

function splitLines(source: string, start: number, end: number): readonly Line[] {
  const lines: Line[] = [];
  let at = start;
  for (;;) {
    const found = source.indexOf("\n", at);
    const next = found < 0 || found >= end ? end : found + 1;
    const hasBreak = found >= 0 && found < end;
    let lineEnd = hasBreak ? found : end;
    if (hasBreak && lineEnd > at && source[lineEnd - 1] === "\r") lineEnd--;
    let content = at;
    while (content < lineEnd && source.charCodeAt(content) === 32) content++;
    lines.push({ start: at, content, end: lineEnd, next });
    if (!hasBreak) return lines;
    at = next;
  }
}

/** Where the text of a line starts once the indentation is taken off. */
const dedented = (line: Line, indent: number): number => Math.min(line.start + indent, line.content);

function literal(builder: SegmentBuilder, lines: readonly Line[], indent: number): void {
  let previous: Line | undefined;
  for (const line of lines) {
    if (previous !== undefined) lineBreak(builder, previous);
    builder.verbatim(dedented(line, indent), line.end);
    previous = line;
  }
}

function lineBreak(builder: SegmentBuilder, line: Line): void {
  if (line.next - line.end === 1) builder.verbatim(line.end, line.next);
  else builder.atomic("\n", line.end, line.next);
}

/**
 * Folds: the break between two lines of plain text becomes a space; empty lines become newlines; a line that is
 * indented further, and the breaks around it, stay as they are.
 */
function folded(builder: SegmentBuilder, source: string, lines: readonly Line[], indent: number): void {
  let pending = "";
  let separator = "";
  let foldStart = 0;
  let afterIndented = false;
  let first = true;
  for (const line of lines) {
    const text = dedented(line, indent);
    const empty = text === line.end;
    const indented = !empty && (line.content - line.start > indent || source[text] === "\t");
    if (empty) {
      if (first) lineBreak(builder, line);
      else if (separator === "\n") pending += "\n";
      else separator = "\n";
      continue;
    }
    if (indented && !first) {
      if (separator === " ") separator = "\n";
      else if (!afterIndented && separator === "\n") separator = "\n\n";
    }
    builder.atomic(pending + separator, foldStart, text);
    builder.verbatim(text, line.end);
    pending = "";
    separator = indented ? "\n" : " ";
    afterIndented = indented;
    foldStart = line.end;
    first = false;
  }
}

/** What the chomping indicator leaves of the line breaks behind the last line of content. */
function chompEnd(
  builder: SegmentBuilder,
  lines: readonly Line[],
  count: number,
  indent: number,
  chomp: string,
): void {
  const last = lines[count - 1];
  if (chomp === "-" || last === undefined) return;
  if (chomp === "") {
    finalBreak(builder, last);
    return;
  }
  let previous = last;
  for (const line of lines.slice(count)) {
    finalBreak(builder, previous);
    builder.verbatim(dedented(line, indent), line.end);
    previous = line;
  }
  if (!builder.text.endsWith("\n")) finalBreak(builder, previous);
}

/** A file may end without the line break that the value has. */
function finalBreak(builder: SegmentBuilder, line: Line): void {
  if (line.next === line.end) builder.atomic("\n", line.end, line.end);
  else lineBreak(builder, line);
}
