import type { Dialect } from "./cuts.ts";

/** Whole lines of a document: `[start, end)`. */
export interface Region {
  readonly start: number;
  readonly end: number;
}

interface Line {
  readonly start: number;
  readonly end: number;
  /** Twice the indentation, and one more for a list item, which may stand at the column of its parent's key. */
  readonly level: number;
}

/**
 * The regions that a syntax error at `offset` may have its cause in, by level, the smallest first: the entry around it
 * and the one before (some errors are noticed in the next entry only), then the same one and two levels up. Told by
 * indentation alone, since the tree of a broken document cannot be trusted.
 */
export function suspectRegions(
  source: string,
  offset: number,
  dialect: Dialect,
): readonly (readonly Region[])[] {
  const lines = contentLines(source);
  let index = lines.length - 1;
  while (index > 0 && (lines[index]?.start ?? 0) > offset) index--;
  const chain: number[] = [];
  let level = Number.POSITIVE_INFINITY;
  for (let at = index; at >= 0; at--) {
    const line = lines[at];
    if (line === undefined || line.level >= level) continue;
    level = line.level;
    chain.unshift(at);
  }
  return suspects(source, lines, chain, dialect).map((at) => {
    const before = previousSibling(lines, at);
    const around = region(lines, at, source.length);
    return before === undefined ? [around] : [around, region(lines, before, source.length)];
  });
}

/** In policy files the entry, its section and its top-level key; in deployed ones an entry of `items`. */
function suspects(
  source: string,
  lines: readonly Line[],
  chain: readonly number[],
  dialect: Dialect,
): readonly number[] {
  if (dialect === "plumbline") return chain.slice(0, 3).reverse();
  const top = lines[chain[0] ?? 0];
  return top !== undefined && source.startsWith("items:", top.start) ? chain.slice(1, 2) : [];
}

function region(lines: readonly Line[], at: number, length: number): Region {
  const first = lines[at];
  const next = lines.slice(at + 1).find((line) => line.level <= (first?.level ?? 0));
  return { start: first?.start ?? 0, end: next?.start ?? length };
}

function previousSibling(lines: readonly Line[], at: number): number | undefined {
  const level = lines[at]?.level ?? 0;
  for (let before = at - 1; before >= 0; before--) {
    const other = lines[before]?.level ?? 0;
    if (other === level) return before;
    if (other < level) return undefined;
  }
  return undefined;
}

/** The lines that are neither blank nor comments nor document markers. */
function contentLines(source: string): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start < source.length) {
    const found = source.indexOf("\n", start);
    const end = found < 0 ? source.length : found + 1;
    let content = start;
    while (source.charAt(content) === " " || source.charAt(content) === "\t") content++;
    const first = source.charAt(content);
    const isMarker = content === start && /^(?:---|\.\.\.)(?:\s|$)/.test(source.slice(start, start + 4));
    if (!isMarker && content < end && !"#\r\n".includes(first)) {
      const isItem = first === "-" && /\s|^$/.test(source.charAt(content + 1));
      lines.push({ start, end, level: 2 * (content - start) + (isItem ? 1 : 0) });
    }
    start = end;
  }
  return lines;
}

/** The source with a region made blank, every other offset as before. */
export function blankOut(source: string, { start, end }: Region): string {
  return source.slice(0, start) + source.slice(start, end).replace(/[^\r\n]/g, " ") + source.slice(end);
}
