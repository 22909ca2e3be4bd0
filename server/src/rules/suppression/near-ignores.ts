/**
 * Comments that look like `# plumbline-ignore RULE: REASON` and are not: misspelled, in capitals, without the hyphen, or
 * with the word of another linter. Without a finding their author would only see that nothing is accepted.
 */
import { findingCode, similarCode } from "../../text/codes.ts";
import { didYouMean } from "../../text/did-you-mean.ts";
import type { Problem } from "../../text/problem.ts";
import type { ParsedFile } from "../../text/tree.ts";
import { type Comment, commentsWith } from "../../yaml/comments.ts";
import { ignoreWord, isIgnoreComment, placeOf } from "./ignore-comments.ts";

/** What such a comment has, so that files without one are not looked at any closer; bounded, whatever stands in a file. */
const hint = /#[#\t ]{0,8}@?[a-z]{0,5}(?:plum|bline)/i;

/** The first word, with what is joined to it. */
const firstWord = /^#+\s*(@?[a-z]+(?:[-_.:][a-z]+)*)/i;
const nextWord = /^[\s:]+([a-z]+(?:-[a-z]+)*)(?![\w-])(.*)$/is;

/** What other linters say: `eslint-disable`, `@SuppressWarnings`, `checkov:skip`. */
const otherVerbs: ReadonlySet<string> = new Set(["disable", "suppress", "skip", "accept", "allow"]);

const read = new WeakMap<ParsedFile, readonly Problem[]>();

/** In the order of the text. Made once for each version of the file. */
export function nearIgnoresOf(file: ParsedFile): readonly Problem[] {
  const known = read.get(file);
  if (known !== undefined) return known;
  const found = commentsWith(file.layout.text, hint).flatMap((comment) => problemOf(comment, file));
  read.set(file, found);
  return found;
}

function problemOf(comment: Comment, { layout }: ParsedFile): readonly Problem[] {
  if (isIgnoreComment(comment.text)) return [];
  const match = firstWord.exec(comment.text);
  const [whole = "", word = ""] = match ?? [];
  const start = whole.length - word.length;
  const length = instructionLength(word, comment.text.slice(whole.length));
  if (length === undefined) return [];
  const written = comment.text.slice(start, start + length);
  return [
    {
      code: "lint/misspelled-ignore",
      severity: "warning",
      message: `"${written}" is no instruction, so this comment accepts nothing. Did you mean "${ignoreWord}"? It is written # ${ignoreWord} RULE: REASON.`,
      place: placeOf(layout, comment.start + start, comment.start + start + length),
      data: { replaceWith: ignoreWord },
    },
  ];
}

/** How much of the comment, from its first word on, was meant as the instruction; undefined where it is prose. */
function instructionLength(word: string, rest: string): number | undefined {
  const [tool = "", verb] = word.replace(/^@/, "").split(/[-_.:]/);
  if (verb !== undefined) return isNear(tool, "plumbline") && isVerb(verb) ? word.length : undefined;
  const joined = /^(plumb-?line)([a-z]+)$/i.exec(tool);
  if (joined !== null) return isNear(joined[2] ?? "", "ignore") ? word.length : undefined;
  if (!isNear(tool, "plumbline")) return undefined;
  const match = nextWord.exec(rest);
  const [, next = "", behind = ""] = match ?? [];
  const [first = ""] = next.split("-");
  // "Plumbline ignores tests" is prose, and so is "plumbline ignore lists": only a code behind it tells.
  if (match === null || !isVerb(first) || /[sd]$/i.test(first)) return undefined;
  const code = /^\s*([\w/-]+)/.exec(behind)?.[1];
  const isInstruction = behind.trim() === "" || (code !== undefined && isCode(code));
  return isInstruction ? word.length + rest.length - behind.length : undefined;
}

function isVerb(word: string): boolean {
  return isNear(word, "ignore") || otherVerbs.has(word.toLowerCase());
}

function isNear(word: string, wanted: string): boolean {
  return word.toLowerCase() === wanted || didYouMean(word, [wanted]) !== undefined;
}

const isCode = (text: string): boolean => findingCode(text) !== undefined || similarCode(text) !== undefined;
