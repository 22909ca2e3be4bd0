/** Changes of a text by offsets. */

export interface TextEdit {
  /** UTF-16 offsets in the text before any edit; equal for an insertion. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Edits of one text in order, all of them or none: undefined where two want different things of the same characters.
 * Deletions may overlap. Insertions at one offset stay in the order in which they are given.
 */
export function composeEdits(edits: readonly TextEdit[]): readonly TextEdit[] | undefined {
  const sorted = [...edits].sort(
    (a, b) => a.start - b.start || Number(a.end > a.start) - Number(b.end > b.start),
  );
  const composed: TextEdit[] = [];
  for (const edit of sorted) {
    const last = composed.at(-1);
    if (last === undefined || edit.start >= last.end) {
      composed.push(edit);
      continue;
    }
    if (last.text !== "" || edit.text !== "") return undefined;
    composed[composed.length - 1] = { ...last, end: Math.max(last.end, edit.end) };
  }
  return composed;
}

/** Whether edits touch none of the others' characters and insert at none of their borders, so that order does not matter. */
export function areApart(edits: readonly TextEdit[], others: readonly TextEdit[]): boolean {
  return edits.every((one) => others.every((other) => one.end < other.start || other.end < one.start));
}

/** `edits`: as `composeEdits` leaves them. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let made = "";
  let from = 0;
  for (const edit of edits) {
    made += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return made + text.slice(from);
}
