/** The comment that accepts a finding, for a person to complete. */
import { ignoreCommentsOf, ignoreWord } from "../rules/suppression/ignore-comments.ts";
import { canAccept } from "../rules/suppression/known-codes.ts";
import { partOnLine } from "../rules/suppression/part-behind.ts";
import type { Position } from "../text/place.ts";
import type { TextEdit } from "../text/text-edit.ts";
import type { ParsedFile } from "../text/tree.ts";

/**
 * Writes `# plumbline-ignore CODE:` on a line of its own, above the smallest part of the file that starts a line and
 * that the finding at `at` stands in. It has no reason yet, which nobody but the author knows: until there is one the
 * comment accepts nothing, and is a finding itself (lint/ignore-without-reason). Undefined where no comment can accept
 * the finding, or where one waits for its reason.
 */
export function ignoreEdit(file: ParsedFile, code: string, at: Position): TextEdit | undefined {
  if (!canAccept(code)) return undefined;
  const { layout } = file;
  const offset = layout.offsetAt(at);
  const isWaiting = ignoreCommentsOf(file).some(
    ({ code: named, scope }) =>
      named?.text === code && scope !== undefined && scope.start <= offset && offset <= scope.end,
  );
  if (isWaiting) return undefined;
  for (let line = at.line; line >= 0; line--) {
    const part = partOnLine(file, line);
    if (part === undefined || offset < part.start || offset > part.end) continue;
    const start = layout.lines[line] ?? 0;
    const indentation = /^[ \t]*/.exec(layout.text.slice(start, part.start))?.[0] ?? "";
    const end = layout.text.includes("\r\n") ? "\r\n" : "\n";
    return { start, end: start, text: `${indentation}# ${ignoreWord} ${code}:${end}` };
  }
  return undefined;
}
