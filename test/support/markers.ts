/**
 * Markers in test fixtures: `<|>` is a cursor, `‹...›` a range (they may nest). Markers never clash with YAML, CEL or
 * JSON, so that a fixture reads as the file it stands for.
 */
export interface Marked {
  /** The fixture without its markers. */
  readonly text: string;
  /** UTF-16 offsets in `text`, in order. */
  readonly cursors: readonly number[];
  /** Half-open ranges of UTF-16 offsets in `text`, in the order of their starts, outer before inner. */
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
}

/** Takes the markers out of a fixture. Throws where brackets do not match: a defect of the test. */
export function readMarkers(fixture: string): Marked {
  const cursors: number[] = [];
  const ranges: { start: number; end: number }[] = [];
  const open: { start: number; end: number }[] = [];
  let text = "";
  for (const part of fixture.split(/(<\|>|[‹›])/)) {
    if (part === "<|>") cursors.push(text.length);
    else if (part === "‹") {
      const range = { start: text.length, end: -1 };
      open.push(range);
      ranges.push(range);
    } else if (part === "›") {
      const range = open.pop();
      if (range === undefined) throw new Error("a › without its ‹");
      range.end = text.length;
    } else text += part;
  }
  if (open.length > 0) throw new Error("a ‹ without its ›");
  return { text, cursors, ranges };
}

/** The text and the single cursor of a fixture. Throws unless there is exactly one. */
export function readCursor(fixture: string): { readonly text: string; readonly cursor: number } {
  const { text, cursors } = readMarkers(fixture);
  const [cursor] = cursors;
  if (cursor === undefined || cursors.length > 1)
    throw new Error(`the fixture has ${cursors.length} cursors, not one`);
  return { text, cursor };
}

/** Puts ranges back into a text, so that a test can compare `markRanges(...)` with its fixture as a whole. */
export function markRanges(
  text: string,
  ranges: readonly { readonly start: number; readonly end: number }[],
): string {
  const marks = ranges.flatMap((range) => [
    { at: range.start, mark: "‹", length: range.end - range.start },
    { at: range.end, mark: "›", length: range.end - range.start },
  ]);
  // At one offset, what ends goes before what starts; an empty range keeps its own order.
  const rank = (one: (typeof marks)[number]): number => (one.length === 0 ? 1 : one.mark === "›" ? 0 : 2);
  marks.sort(
    (a, b) =>
      a.at - b.at || rank(a) - rank(b) || (a.mark === "‹" ? b.length - a.length : a.length - b.length),
  );
  let marked = "";
  let from = 0;
  for (const one of marks) {
    marked += text.slice(from, one.at) + one.mark;
    from = one.at;
  }
  return marked + text.slice(from);
}
