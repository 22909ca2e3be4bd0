import { skipSpace } from "./scan.ts";

/**
 * Positions inside a JSON text that is known to be valid. Each container is looked through when something in it is
 * first asked for, and only as deep as its own members, so that a big dump costs nothing until a finding needs it.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface MemberSpan extends Span {
  /** The key, its quotes included. */
  readonly key: Span;
}

/** The values of the array that starts at `start`. */
export function elementSpans(text: string, start: number): readonly Span[] {
  const spans: Span[] = [];
  let at = skipSpace(text, start + 1);
  while (text[at] !== "]" && at < text.length) {
    const end = valueEnd(text, at);
    spans.push({ start: at, end });
    at = afterComma(text, end);
  }
  return spans;
}

/** The members of the object that starts at `start`; of duplicates the last, as `JSON.parse` has it. */
export function memberSpans(text: string, start: number): ReadonlyMap<string, MemberSpan> {
  const spans = new Map<string, MemberSpan>();
  let at = skipSpace(text, start + 1);
  while (text[at] === '"') {
    const key = { start: at, end: stringEnd(text, at) };
    const raw = text.slice(key.start + 1, key.end - 1);
    const name = raw.includes("\\") ? String(JSON.parse(`"${raw}"`)) : raw;
    const value = skipSpace(text, skipSpace(text, key.end) + 1);
    const end = valueEnd(text, value);
    spans.set(name, { key, start: value, end });
    at = afterComma(text, end);
  }
  return spans;
}

function afterComma(text: string, at: number): number {
  const next = skipSpace(text, at);
  return text[next] === "," ? skipSpace(text, next + 1) : next;
}

/** The end of the value that starts at `start`. */
export function valueEnd(text: string, start: number): number {
  const unit = text.charCodeAt(start);
  if (unit === 34) return stringEnd(text, start);
  if (unit !== 91 && unit !== 123) {
    let at = start;
    while (at < text.length && !" \t\r\n,]}".includes(text.charAt(at))) at++;
    return at;
  }
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const next = text.charCodeAt(at);
    if (next === 34) at = stringEnd(text, at) - 1;
    else if (next === 91 || next === 123) depth++;
    else if (next === 93 || next === 125) {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 92) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

/** The offset at which nesting passes `limit`, or undefined. Works on broken texts too. */
export function depthBeyond(text: string, limit: number): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 34) at = stringEnd(text, at) - 1;
    else if (unit === 91 || unit === 123) {
      depth++;
      if (depth > limit) return at;
    } else if (unit === 93 || unit === 125) depth--;
  }
  return undefined;
}
