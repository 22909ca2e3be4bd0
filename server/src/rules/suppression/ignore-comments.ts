/**
 * Comments that accept findings: `# plumbline-ignore CODE: reason`. At the end of a line it is for what starts on that
 * line; on a line of its own for what the next line starts: a rule, an identity, a property, or the whole document
 * where that is its first line.
 */
import type { Fix } from "../../text/fix.ts";
import type { SourceLayout } from "../../text/layout.ts";
import type { Place } from "../../text/place.ts";
import type { ParsedFile } from "../../text/tree.ts";
import { type Comment, commentsWith } from "../../yaml/comments.ts";
import { type ContentByLine, contentOf, type Offsets, partBehind } from "./part-behind.ts";

export interface IgnoreComment {
  /** As written; undefined where the comment names none. */
  readonly code: { readonly text: string; readonly place: Place } | undefined;
  /** Undefined where it gives none. */
  readonly reason: string | undefined;
  /** From the word to the end of the comment. */
  readonly place: Place;
  /** What goes with the comment: its blanks, or its line. */
  readonly removal: Place;
  /** Where in the file a finding has to start that it is for; undefined where nothing follows that it could be for. */
  readonly scope: Offsets | undefined;
}

export const ignoreWord = "plumbline-ignore";

const syntax = /^#+\s*plumbline-ignore(?![\w-])(?:(\s+)([^\s:]+)(?:\s*:\s*(.*))?)?/s;

/** Whether it is an instruction, however complete. `comment`: from its `#` on. */
export const isIgnoreComment = (comment: string): boolean => syntax.test(comment);

/** What accepts nothing can go without a question. */
export const removeComment = (removal: Place): Fix => ({
  title: "Remove the comment",
  isSafe: true,
  edits: [{ edit: "replace", place: removal, text: "" }],
});

const read = new WeakMap<ParsedFile, readonly IgnoreComment[]>();

/** In the order of the text. Made once for each version of the file. */
export function ignoreCommentsOf(file: ParsedFile): readonly IgnoreComment[] {
  const known = read.get(file);
  if (known !== undefined) return known;
  const seen: ContentByLine = new Map();
  const comments = commentsWith(file.layout.text, ignoreWord);
  const found = comments
    .toReversed()
    .flatMap((comment) => ignoreOf(comment, file, seen))
    .reverse();
  read.set(file, found);
  return found;
}

function ignoreOf(comment: Comment, file: ParsedFile, seen: ContentByLine): readonly IgnoreComment[] {
  const match = syntax.exec(comment.text);
  if (match === null) return [];
  const [, blanks = "", code, reason = ""] = match;
  const { layout } = file;
  const word = comment.start + comment.text.indexOf(ignoreWord);
  const name = word + ignoreWord.length + blanks.length;
  return [
    {
      code: code === undefined ? undefined : { text: code, place: placeOf(layout, name, name + code.length) },
      reason: reason.trim() === "" ? undefined : reason.trim(),
      place: placeOf(layout, word, comment.end),
      removal: removalOf(comment, layout),
      scope: comment.isAlone ? partBehind(file, comment.end, seen) : lineOf(comment, layout),
    },
  ];
}

/** What stands on the line of the comment, and the rest of a text that starts on it. */
function lineOf({ start, end, blockTextEnd }: Comment, layout: SourceLayout): Offsets {
  const line = layout.lines[layout.positionAt(start).line] ?? start;
  // An item of a list starts behind its dash, so that a comment for all of the item does not stand further inside.
  const content = contentOf(layout.text.slice(line, end), line);
  return { start: content?.start ?? line, end: blockTextEnd ?? end };
}

function removalOf({ start, end, isAlone }: Comment, layout: SourceLayout): Place {
  const { text, lines } = layout;
  let from = start;
  while (from > 0 && (text.charAt(from - 1) === " " || text.charAt(from - 1) === "\t")) from--;
  let to = end;
  while (to < text.length && (text.charAt(to) === " " || text.charAt(to) === "\t")) to++;
  if (isAlone) to = lines[layout.positionAt(start).line + 1] ?? text.length;
  return placeOf(layout, from, to);
}

/** `start`, `end`: absolute and half-open. */
export function placeOf(layout: SourceLayout, start: number, end: number): Place {
  const block = layout.blockAt(start);
  // The end belongs to the block that ends there, not to the next one that starts there.
  const endBlock = layout.blockAt(Math.max(start, end - 1));
  if (block === undefined || endBlock === undefined) throw new Error(`no text of ${layout.uri} at ${start}`);
  const relative = { block, start: start - layout.base(block), end: end - layout.base(endBlock) };
  return endBlock === block ? relative : { ...relative, endBlock };
}
