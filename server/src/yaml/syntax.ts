import type { YAMLParseError } from "yaml";
import type { RawProblem } from "./raw-problem.ts";

/** Errors that leave the structure of the document as it is: each is a cause of its own, and the tree is sound. */
const local: ReadonlySet<string> = new Set([
  "BAD_DQ_ESCAPE",
  "BAD_SCALAR_START",
  "BAD_ALIAS",
  "ALIAS_PROPS",
  "MULTIPLE_ANCHORS",
  "MULTIPLE_TAGS",
  "KEY_OVER_1024_CHARS",
  "BAD_DIRECTIVE",
  "TAG_RESOLVE_FAILED",
  "DUPLICATE_KEY",
]);

/** More than anyone reads; a generated file can have millions. */
const maxErrors = 100;

export function isStructural(error: YAMLParseError): boolean {
  if (local.has(error.code)) return false;
  // A key that is being typed, and a "#" without its space, change nothing around them.
  return !/^(?:Implicit map keys need|Comments must be separated)/.test(error.message);
}

/** One problem for each error of `errors`, which has one for each cause. */
export function syntaxProblems(
  errors: readonly YAMLParseError[],
  source: string,
  base: number,
  strict: boolean,
): readonly RawProblem[] {
  // Tags are a problem of their own in policy files, and none in deployed ones.
  return errors
    .filter((error) => error.code !== "TAG_RESOLVE_FAILED" && error.code !== "DUPLICATE_KEY")
    .filter((error) => !(strict && (error.code === "MULTIPLE_ANCHORS" || error.code === "ALIAS_PROPS")))
    .sort((a, b) => a.pos[0] - b.pos[0])
    .slice(0, maxErrors)
    .map((error) => syntaxProblem(error, source, base));
}

function syntaxProblem(error: YAMLParseError, source: string, base: number): RawProblem {
  const { start, end } = smallestRange(pointedAt(error, source), source);
  return {
    code: "yaml/syntax",
    severity: "error",
    message: explain(error, source),
    start: base + start,
    end: base + end,
  };
}

/** Where `yaml` gives an offset only: the range that the message speaks of. */
function pointedAt({ code, message, pos }: YAMLParseError, source: string): readonly [number, number] {
  const [start] = pos;
  if (code === "BAD_DQ_ESCAPE") return [start, start + 2];
  if (code === "BLOCK_AS_IMPLICIT_KEY" && message.startsWith("Nested")) return [start, source.length];
  if (code === "BAD_INDENT" && pos[1] - start <= 1 && !message.includes("end with a")) {
    // Point at the word that is out of line, not at its indentation.
    let word = start;
    while (" \t".includes(source.charAt(word) || "x")) word++;
    let end = word;
    while (end < source.length && !/[\s:]/.test(source.charAt(end))) end++;
    return [word, end];
  }
  return pos;
}

/** At most one line, and at least one character where there is one. */
function smallestRange(pos: readonly [number, number], source: string): { start: number; end: number } {
  let start = Math.min(pos[0], source.length);
  // An error at the end of a line, or of the file, is shown on its last character.
  if ((start === source.length || source[start] === "\n" || source[start] === "\r") && start > 0) {
    let at = start;
    while (at > 0 && /\s/.test(source.charAt(at - 1))) at--;
    if (at > 0) return { start: at - 1, end: at };
  }
  const lineEnd = source.slice(start).search(/\r?\n|$/);
  const end = Math.max(Math.min(pos[1], start + lineEnd), Math.min(start + 1, source.length));
  start = Math.min(start, end);
  return { start, end };
}

function explain(error: YAMLParseError, source: string): string {
  const at = source.slice(...pointedAt(error, source)).trim();
  const { message } = error;
  switch (error.code) {
    case "BAD_DQ_ESCAPE":
      return `${at} is no escape in a double-quoted text. Write \\\\ for a backslash, or use single quotes.`;
    case "TAB_AS_INDENT":
      return "YAML does not take tabs as indentation. Use spaces.";
    case "BAD_ALIAS":
      return "An anchor or alias needs a name behind & or *. Quote the text if it is none.";
    case "ALIAS_PROPS":
      return "An alias takes its value from elsewhere, so it can have no anchor or tag of its own.";
    case "BLOCK_AS_IMPLICIT_KEY":
      return message.startsWith("Nested mappings")
        ? 'YAML reads ": " as the start of another map here. Quote the value, or put the inner map on its own lines.'
        : "A list cannot be a key. Put it behind the key, on its own lines.";
    case "BLOCK_IN_FLOW":
      return "Inside [...] and {...}, lists and maps must be written with brackets and braces too.";
    case "KEY_OVER_1024_CHARS":
      return "A key may have at most 1024 characters. Is a quote or a colon missing before this?";
    case "MULTILINE_IMPLICIT_KEY":
      return 'A key must stand on one line. Is the ":" missing behind the line above, or a quote not closed?';
    case "MULTIPLE_ANCHORS":
    case "MULTIPLE_TAGS":
      return "A value can have one anchor and one tag at most. Remove the other.";
    case "BAD_SCALAR_START":
      return `A value cannot start with ${JSON.stringify(source.charAt(error.pos[0]))} unless it is quoted. Quote it.`;
    case "BAD_INDENT":
      return badIndent(message);
    case "MISSING_CHAR":
      return missing(message);
    case "BAD_DIRECTIVE":
      return `YAML knows no such directive: ${at}. Remove the line.`;
    case "BAD_PROP_ORDER":
      return "An anchor or tag must stand directly before its value.";
    case "MULTIPLE_DOCS":
      return 'A new document starts here without a line "---" before it.';
    default:
      return unexpected(message, at);
  }
}

function badIndent(message: string): string {
  if (message.includes("sequence items"))
    return "The items of one list must start at the same column. Align this one with the others.";
  if (message.includes("same column"))
    return "The keys of one map must start at the same column. Align this line with the others.";
  if (message.startsWith("Block scalar"))
    return "The lines of a block text (| or >) must be indented further than its key, and at least as far as its first line.";
  const bracket = /end with a (.)/.exec(message)?.[1];
  if (bracket !== undefined)
    return `The closing "${bracket}" of this is missing, or stands too far left: it must be indented further than the key.`;
  return "The indentation fits nothing above. Align this line with the entry that it belongs to.";
}

function missing(message: string): string {
  if (message.startsWith("Missing closing")) {
    const quote = message.includes('"') ? "double" : "single";
    return `The closing ${quote} quote of this text is missing, or a line of it is not indented further than its key.`;
  }
  if (message.startsWith("Implicit map keys"))
    return 'A ":" is missing behind this key, or this line is not indented as part of the text above.';
  if (message.startsWith("Comments must be separated"))
    return 'A comment needs a space before its "#". Quote the text if "#" belongs to it.';
  if (message.startsWith("Sequence item without")) return 'A "-" is missing before this item of the list.';
  if (message.startsWith("Missing space after")) return 'A space is missing behind ":".';
  if (message.includes("directives-end"))
    return 'A line "---" is missing between the directives and the document.';
  if (message.includes("same line with directives-end"))
    return 'Start the document on the line behind "---".';
  if (message.startsWith("Block scalars with more-indented"))
    return "The empty lines at the start of this text are indented further than the text. Remove their spaces.";
  const between = /^Missing (.*) between/.exec(message)?.[1];
  if (between !== undefined)
    return `${between === "," ? 'A ","' : 'A "," or ":"'} is missing before this item.`;
  const end = /end with a (.)/.exec(message)?.[1];
  if (end !== undefined) return `The closing "${end}" of this is missing.`;
  if (message.startsWith("Tags and anchors")) return "An anchor or tag needs a space behind it.";
  return `${message}.`;
}

function unexpected(message: string, at: string): string {
  if (message.startsWith("Block scalar header"))
    return "Behind | or >, only an indentation number and + or - may stand; the text starts on the next line.";
  if (message.startsWith("Unexpected empty item"))
    return 'Nothing stands between two commas here. Remove one ",".';
  if (message.startsWith("Unexpected ,")) return 'This "," separates nothing. Remove it.';
  const shown = at.length > 0 && at.length <= 40 && !at.includes("\n") ? ` ${JSON.stringify(at)}` : " This";
  return `${shown.trim()} cannot stand here: the value before it has already ended. Quote the whole value, or remove the rest.`;
}
