/**
 * The text of a condition as its author sees it, told from the source by CEL's own rules for strings and brackets,
 * whatever YAML would make of it. Offsets in the document's source.
 */
export interface ConditionText {
  readonly start: number;
  /** Behind the last character of the condition, comments included. */
  readonly end: number;
  /** Its lines without indentation and without comments; never empty ones. */
  readonly pieces: readonly { readonly start: number; readonly end: number }[];
  /** Where comments start: a `#` outside of strings, behind white space. */
  readonly comments: readonly number[];
}

/** Conditions inside `{...}` are short; the bound keeps one that is never closed from costing the whole file. */
const maxFlowLength = 4000;

const keyLine = /^[A-Za-z_][A-Za-z0-9_.-]*:(?:[ \t\r\n]|$)/;

/**
 * Reads the condition behind a key's colon. In block context it has the rest of the line and the lines below that
 * are indented further than the key; in flow context it ends at the `,` or `}` that closes it. Undefined where there
 * is none.
 */
export function conditionText(
  source: string,
  after: number,
  keyColumn: number,
  flow: boolean,
): ConditionText | undefined {
  const limit = flow ? Math.min(source.length, after + maxFlowLength) : blockEnd(source, after, keyColumn);
  const pieces: { start: number; end: number }[] = [];
  const comments: number[] = [];
  const open: string[] = [];
  let ternary = false;
  let openQuote = false;
  let at = after;
  let pieceStart = -1;
  let pieceEnd = -1;
  const flush = (): void => {
    if (pieceStart >= 0) pieces.push({ start: pieceStart, end: pieceEnd });
    pieceStart = -1;
  };
  while (at < limit) {
    const character = source.charAt(at);
    if (character === "\n") {
      flush();
      openQuote = false;
      at++;
      continue;
    }
    if (character === " " || character === "\t" || character === "\r") {
      at++;
      continue;
    }
    const lineStart = pieceStart < 0;
    // A line of the form `key:` is the next entry of the map, badly indented or without its comma.
    if (
      lineStart &&
      pieces.length > 0 &&
      open.length === 0 &&
      !ternary &&
      keyLine.test(source.slice(at, at + 200))
    )
      break;
    if (character === "#" && /[\s]/.test(source.charAt(at - 1))) {
      comments.push(at);
      const end = source.indexOf("\n", at);
      at = end < 0 ? limit : Math.min(end, limit);
      continue;
    }
    if (flow && open.length === 0 && (character === "," || character === "}" || character === "]")) break;
    const closing = ")]}".indexOf(character);
    if ("([{".includes(character)) open.push(character);
    else if (closing >= 0) {
      // Inside braces a "}" without its "{" is where the author's map ends, whatever else is still open.
      if (flow && closing > 0 && !open.includes("([{".charAt(closing))) break;
      open.pop();
    }
    if (character === "?") ternary = true;
    if (lineStart) pieceStart = at;
    const isQuote = (character === '"' || character === "'") && !openQuote;
    const stringEnd = isQuote ? celStringEnd(source, at, limit) : undefined;
    // A quote that is not closed on its line is an apostrophe, and so are the others of the line.
    if (isQuote && stringEnd === undefined) openQuote = true;
    at = stringEnd ?? at + 1;
    pieceEnd = at;
  }
  flush();
  const first = pieces[0];
  const last = pieces.at(-1);
  if (first === undefined || last === undefined || (flow && at >= limit)) return undefined;
  const own = comments.filter(
    (one) => one > first.start && (one < last.end || !hasBreak(source, last.end, one)),
  );
  const comment = own.at(-1) ?? -1;
  const end = comment > last.end ? lineEnd(source, comment) : last.end;
  return { start: first.start, end, pieces, comments: own };
}

function hasBreak(source: string, from: number, to: number): boolean {
  const found = source.indexOf("\n", from);
  return found >= 0 && found < to;
}

/** The end of the line, without white space at its end. */
function lineEnd(source: string, from: number): number {
  const found = source.indexOf("\n", from);
  let end = found < 0 ? source.length : found;
  while (end > from && /\s/.test(source.charAt(end - 1))) end--;
  return end;
}

/** The end of the last line that is blank or indented further than `column`. */
function blockEnd(source: string, after: number, column: number): number {
  let end = source.indexOf("\n", after);
  if (end < 0) return source.length;
  for (;;) {
    let content = end + 1;
    while (source.charAt(content) === " ") content++;
    const next = source.indexOf("\n", content);
    const isBlank =
      content >= source.length || /^[ \t\r]*$/.test(source.slice(content, next < 0 ? undefined : next));
    if (!isBlank && content - end - 1 <= column) return end;
    if (next < 0) return source.length;
    end = next;
  }
}

/** The end of the CEL string (with escapes; also `"""`) that starts at `start`; undefined where it is not closed. */
function celStringEnd(source: string, start: number, limit: number): number | undefined {
  const quote = source.charAt(start);
  const triple = quote.repeat(3);
  if (source.startsWith(triple, start)) {
    const close = source.slice(start + 3, limit).indexOf(triple);
    return close < 0 ? undefined : start + 3 + close + 3;
  }
  for (let at = start + 1; at < limit; at++) {
    const character = source.charAt(at);
    if (character === "\n") return undefined;
    if (character === "\\") at++;
    else if (character === quote) return at + 1;
  }
  return undefined;
}
