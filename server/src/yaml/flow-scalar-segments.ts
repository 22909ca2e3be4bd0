import { SegmentBuilder } from "../text/segment-builder.ts";

const isBlank = (unit: number): boolean => unit === 32 || unit === 9;

/** A plain scalar in `source[start, end)`. Line breaks fold (YAML 1.2.2, 7.3.3). */
export function plainSegments(source: string, start: number, end: number): SegmentBuilder {
  const builder = new SegmentBuilder(source);
  foldLines(builder, source, start, end, (from, to) => builder.verbatim(from, to));
  return builder;
}

/** A single-quoted scalar, its quotes included in `source[start, end)`. */
export function singleQuotedSegments(source: string, start: number, end: number): SegmentBuilder {
  const builder = new SegmentBuilder(source);
  const closed = end - start > 1 && source[end - 1] === "'";
  foldLines(builder, source, start + 1, closed ? end - 1 : end, (from, to) => {
    let run = from;
    for (let at = source.indexOf("''", run); at >= 0 && at + 1 < to; at = source.indexOf("''", run)) {
      builder.verbatim(run, at);
      builder.atomic("'", at, at + 2);
      run = at + 2;
    }
    builder.verbatim(run, to);
  });
  return builder;
}

/**
 * Calls `content` for the trimmed content of each line and adds the folds between them: one line break becomes a
 * space, n line breaks n - 1 newlines. White space at the two ends of the whole scalar is kept.
 */
function foldLines(
  builder: SegmentBuilder,
  source: string,
  start: number,
  end: number,
  content: (from: number, to: number) => void,
): void {
  let lineStart = start;
  let foldStart = -1;
  let breaks = 0;
  for (;;) {
    const found = source.indexOf("\n", lineStart);
    const isLast = found < 0 || found >= end;
    let to = isLast ? end : found;
    let from = lineStart;
    if (!isLast && to > from && source[to - 1] === "\r") to--;
    if (foldStart >= 0) while (from < to && isBlank(source.charCodeAt(from))) from++;
    if (!isLast) while (to > from && isBlank(source.charCodeAt(to - 1))) to--;
    if (to > from || isLast || foldStart < 0) {
      if (foldStart >= 0) builder.atomic(breaks === 1 ? " " : "\n".repeat(breaks - 1), foldStart, from);
      content(from, to);
      foldStart = to;
      breaks = 0;
    }
    if (isLast) return;
    breaks++;
    lineStart = found + 1;
  }
}

const escapes: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  N: "\u0085",
  _: "\u00a0",
  L: "\u2028",
  P: "\u2029",
  " ": " ",
  '"': '"',
  "/": "/",
  "\\": "\\",
  "\t": "\t",
};

const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** A double-quoted scalar, its quotes included in `source[start, end)` (YAML 1.2.2, 5.7 and 7.3.1). */
export function doubleQuotedSegments(source: string, start: number, end: number): SegmentBuilder {
  const builder = new SegmentBuilder(source);
  const stop = end - start > 1 && source[end - 1] === '"' ? end - 1 : end;
  let run = start + 1;
  let at = run;
  while (at < stop) {
    const unit = source.charCodeAt(at);
    if (unit === 92) {
      builder.verbatim(run, at);
      at = readEscape(builder, source, at, stop);
      run = at;
    } else if (isBlank(unit) || unit === 10 || unit === 13) {
      const fold = foldEnd(source, at, stop);
      if (fold.breaks === 0) {
        at = fold.end;
        continue;
      }
      builder.verbatim(run, at);
      builder.atomic(fold.breaks === 1 ? " " : "\n".repeat(fold.breaks - 1), at, fold.end);
      at = fold.end;
      run = at;
    } else at++;
  }
  builder.verbatim(run, stop);
  return builder;
}

/** The white space from `at` on, and how many line breaks are in it. A lone CR is no line break in YAML. */
function foldEnd(source: string, at: number, stop: number): { end: number; breaks: number } {
  let breaks = 0;
  let end = at;
  for (; end < stop; end++) {
    const unit = source.charCodeAt(end);
    if (unit === 10) breaks++;
    else if (!isBlank(unit) && !(unit === 13 && source.charCodeAt(end + 1) === 10)) break;
  }
  return { end: Math.max(end, at + 1), breaks };
}

/** Adds the escape at `at`, a backslash; returns the offset behind it. An escape that is none stands as written. */
function readEscape(builder: SegmentBuilder, source: string, at: number, stop: number): number {
  const next = source[at + 1] ?? "";
  const simple = escapes[next];
  if (simple !== undefined) {
    builder.atomic(simple, at, at + 2);
    return at + 2;
  }
  const length = hexLengths[next];
  if (length !== undefined) {
    const digits = source.slice(at + 2, at + 2 + length);
    const code = Number.parseInt(digits, 16);
    if (digits.length === length && /^[0-9a-fA-F]+$/.test(digits) && code <= 0x10ffff) {
      builder.atomic(String.fromCodePoint(code), at, at + 2 + length);
      return at + 2 + length;
    }
    builder.verbatim(at, Math.min(at + 2 + length, stop));
    return Math.min(at + 2 + length, stop);
  }
  if (next === "\n" || (next === "\r" && source[at + 2] === "\n")) {
    // An escaped line break joins the lines: nothing of it stands in the value.
    let end = at + (next === "\n" ? 2 : 3);
    while (end < stop && isBlank(source.charCodeAt(end))) end++;
    return end;
  }
  const end = Math.min(at + 2, stop);
  builder.verbatim(at, end);
  return end;
}
