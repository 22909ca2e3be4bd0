/** Edits of one text as a unified diff, as `diff -u` and `git diff` write it. */
import { lineStarts } from "../../text/layout.ts";
import { applyEdits, type TextEdit } from "../../text/text-edit.ts";

const context = 3;

/** Lines `from` to `to` (zero-based, half-open) of the text before become other lines. */
interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/** `edits`: in order and apart. Empty where they change nothing. */
export function unifiedDiff(name: string, text: string, edits: readonly TextEdit[]): string {
  const lines = linesOf(text);
  const hunks = hunksOf(text, lines, edits);
  if (hunks.length === 0) return "";
  const out = [`--- ${name}`, `+++ ${name}`];
  let shift = 0;
  for (const group of grouped(hunks)) {
    const first = Math.max(0, (group[0]?.from ?? 0) - context);
    const last = Math.min(lines.length, (group.at(-1)?.to ?? 0) + context);
    const body: string[] = [];
    let at = first;
    for (const { from, to, lines: made } of group) {
      body.push(
        ...marked(" ", lines.slice(at, from)),
        ...marked("-", lines.slice(from, to)),
        ...marked("+", made),
      );
      at = to;
    }
    body.push(...marked(" ", lines.slice(at, last)));
    const grown = group.reduce((sum, one) => sum + one.lines.length - (one.to - one.from), 0);
    out.push(`@@ -${range(first, last - first)} +${range(first + shift, last - first + grown)} @@`, ...body);
    shift += grown;
  }
  return `${out.join("\n")}\n`;
}

/** With their line breaks; the last one may have none. */
function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

function hunksOf(text: string, lines: readonly string[], edits: readonly TextEdit[]): readonly Hunk[] {
  const starts = lineStarts(text.replace(/\r(?!\n)/g, " "));
  const lineAt = (offset: number): number => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low;
  };
  const hunks: { from: number; to: number; edits: TextEdit[] }[] = [];
  for (const edit of edits) {
    const from = lineAt(edit.start);
    // What is inserted at the start of a line leaves that line as it is.
    const isWhole = edit.start === (starts[from] ?? 0) && (edit.text === "" || edit.text.endsWith("\n"));
    const to =
      isWhole && edit.end === (starts[lineAt(edit.end)] ?? 0) ? lineAt(edit.end) : lineAt(edit.end) + 1;
    const last = hunks.at(-1);
    if (last !== undefined && from < last.to) {
      last.to = Math.max(last.to, to);
      last.edits.push(edit);
    } else hunks.push({ from, to, edits: [edit] });
  }
  return hunks.flatMap(({ from, to, edits: own }) => {
    const start = starts[from] ?? text.length;
    const end = starts[to] ?? text.length;
    const made = linesOf(
      applyEdits(
        text.slice(start, end),
        own.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start })),
      ),
    );
    return trimmed({ from, to: Math.min(to, lines.length), lines: made }, lines);
  });
}

/** Without the lines at both ends that stay as they are. */
function trimmed({ from, to, lines: made }: Hunk, lines: readonly string[]): readonly Hunk[] {
  let [first, last, end] = [0, to, made.length];
  while (first < made.length && from + first < to && made[first] === lines[from + first]) first++;
  while (end > first && last > from + first && made[end - 1] === lines[last - 1]) {
    end--;
    last--;
  }
  const hunk = { from: from + first, to: last, lines: made.slice(first, end) };
  return hunk.from === hunk.to && hunk.lines.length === 0 ? [] : [hunk];
}

function grouped(hunks: readonly Hunk[]): readonly (readonly Hunk[])[] {
  const groups: Hunk[][] = [];
  for (const hunk of hunks) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (group !== undefined && before !== undefined && hunk.from - before.to <= 2 * context) group.push(hunk);
    else groups.push([hunk]);
  }
  return groups;
}

function marked(mark: string, lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) =>
    line.endsWith("\n") ? [mark + line.slice(0, -1)] : [mark + line, "\\ No newline at end of file"],
  );
}

/** Of no lines, the line behind which they stand. */
function range(first: number, count: number): string {
  return count === 0 ? `${first},0` : count === 1 ? `${first + 1}` : `${first + 1},${count}`;
}
