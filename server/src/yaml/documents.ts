/** A part of a file that holds at most one document: absolute offsets. */
export interface DocumentSource {
  readonly start: number;
  readonly end: number;
  /** False for text that holds only comments, directives and markers. */
  readonly hasDocument: boolean;
}

// A line that starts with `---` or `...` is a document marker wherever it stands, even inside a quoted or block
// scalar (YAML 1.2.2, production c-forbidden), so that documents can be told apart before anything is parsed.
const marker = /(^\uFEFF?|\n)(---|\.\.\.)(?=[ \t\r\n]|$)/g;
const blankLine = /^[ \t]*(?:#|\r?$)/;
const preludeLine = /^(?:[ \t]*(?:#|\r?$)|%|\.\.\.(?:[ \t\r]|$))/;

/** Whether every line of `text` matches; stops at the first that does not. */
function everyLine(text: string, pattern: RegExp): boolean {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length) {
    const end = text.indexOf("\n", at);
    const lineEnd = end < 0 ? text.length : end;
    // A pattern only looks at the start of a line, and at a blank line's end.
    if (!pattern.test(text.slice(at, lineEnd))) return false;
    at = lineEnd + 1;
  }
  return true;
}

/**
 * Splits a file into its documents, so that a broken one (an unclosed quote, a lost bracket) cannot swallow the
 * others. Comments and directives before a `---` belong to the document behind it. The parts cover the whole text.
 */
export function splitDocuments(text: string): readonly DocumentSource[] {
  const parts: { start: number; end: number; body: boolean; opened: boolean }[] = [];
  let start = 0;
  let opened = false;
  const close = (end: number): void => {
    const source = text.slice(start, end);
    parts.push({ start, end, opened, body: opened || !everyLine(source, preludeLine) });
    start = end;
    opened = false;
  };
  marker.lastIndex = 0;
  for (let match = marker.exec(text); match !== null; match = marker.exec(text)) {
    const at = match.index + (match[1]?.length ?? 0);
    if (match[2] === "---") {
      // What stands before is a document of its own, unless it is only the prelude of this one.
      if (opened || !everyLine(text.slice(start, at), preludeLine)) close(at);
      opened = true;
    } else {
      const lineEnd = text.indexOf("\n", at);
      const end = lineEnd < 0 ? text.length : lineEnd + 1;
      if (opened || !everyLine(text.slice(start, at), blankLine)) close(end);
      // The line break in front of the next marker may be the one that ends this line.
      marker.lastIndex = Math.max(end - 1, at + 3);
    }
  }
  if (start < text.length || parts.length === 0) close(text.length);
  return parts.map((part) => ({ start: part.start, end: part.end, hasDocument: part.body }));
}
