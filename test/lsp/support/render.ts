/** What the server said, as a person reads it: the source lines with the range marked, and the text below. */
import type { CodeLens, Diagnostic, Hover, Range } from "vscode-languageserver/node";
import { markRanges } from "../../support/markers.ts";

/** Longer ranges are shown by their first and last lines. */
const MOST_LINES = 4;

/** The files that answers speak of. */
export interface Texts {
  /** A URI as the case names the file. */
  name(uri: string): string;
  /** The text that the editor has; undefined where there is none. */
  text(uri: string): string | undefined;
}

const severities = ["", "error", "warning", "information", "hint"];
const tagNames = ["", "unnecessary", "deprecated"];

export function renderDiagnostics(
  uris: readonly string[],
  of: (uri: string) => readonly Diagnostic[],
  texts: Texts,
): string {
  const parts = uris.flatMap((uri) => of(uri).map((one) => renderDiagnostic(uri, one, texts)));
  return parts.length === 0 ? "none" : parts.join("\n\n");
}

function renderDiagnostic(uri: string, diagnostic: Diagnostic, texts: Texts): string {
  const { severity, code, message, range, relatedInformation = [], data, tags = [] } = diagnostic;
  const marks = tags.map((tag) => ` (${tagNames[tag]})`).join("");
  const href = diagnostic.codeDescription?.href;
  const keys = Object.keys(data ?? {});
  return [
    `${place(uri, range, texts)}  ${severities[severity ?? 0]} ${code}${marks}`,
    ...(href === undefined ? [] : [`link ${href}`]),
    excerpt(uri, range, texts),
    message,
    ...(keys.length === 0 ? [] : [`data ${JSON.stringify(data)}`]),
    ...relatedInformation.flatMap(({ location, message: why }) => [
      `related ${place(location.uri, location.range, texts)}  ${why}`,
      excerpt(location.uri, location.range, texts),
    ]),
  ].join("\n");
}

export function renderHover(uri: string, hover: Hover | null, texts: Texts): string {
  if (hover === null) return "nothing";
  const { contents, range } = hover;
  if (typeof contents !== "object" || !("kind" in contents) || contents.kind !== "markdown")
    throw new Error("a hover is Markdown");
  const where = range === undefined ? [] : [place(uri, range, texts), excerpt(uri, range, texts), ""];
  return [...where, relative(hardBreaks(contents.value), texts)].join("\n");
}

/** Two spaces at the end of a line break it, and nobody sees them; a line that would not break is marked. */
function hardBreaks(markdown: string): string {
  return markdown.replace(/([^\n]*[^\n ])\n(?=[^\n])/g, "$1 (no break)\n").replace(/ {2}\n/g, "\n");
}

export function renderLenses(uri: string, lenses: readonly CodeLens[], texts: Texts): string {
  const parts = lenses.map(({ range, command }) => {
    const runs = command?.command
      ? [`runs ${command.command} ${relative(JSON.stringify(command.arguments), texts)}`]
      : [];
    return [place(uri, range, texts), excerpt(uri, range, texts), command?.title ?? "", ...runs].join("\n");
  });
  return parts.length === 0 ? "none" : parts.join("\n\n");
}

/** Every URI of a file in a text as the case names the file. */
export function relative(text: string, texts: Texts): string {
  return text.replace(/file:\/\/[^"\s)#]+/g, (uri) => texts.name(uri));
}

function place(uri: string, range: Range, texts: Texts): string {
  return `${texts.name(uri)}:${range.start.line + 1}`;
}

/** The lines of a range, with the range between `‹` and `›`. */
function excerpt(uri: string, range: Range, texts: Texts): string {
  const lines = (texts.text(uri) ?? "").split("\n").slice(range.start.line, range.end.line + 1);
  const last = lines.length - 1;
  const before = lines.slice(0, last).reduce((sum, line) => sum + line.length + 1, 0);
  const marked = markRanges(lines.join("\n"), [
    { start: range.start.character, end: before + range.end.character },
  ]).split("\n");
  if (marked.length <= MOST_LINES) return marked.join("\n");
  return [...marked.slice(0, 2), "    [...]", ...marked.slice(-1)].join("\n");
}
