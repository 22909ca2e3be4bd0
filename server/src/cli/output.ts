/**
 * The only ways in which text leaves the command line, one a kind of text. The type keeps anything else from being
 * printed: a command that joins names from files into a string has nothing that it could give back.
 */
import { shown, valueWithoutSecrets, visible, visibleJson } from "../text/shown.ts";
import { marksToColours } from "./style.ts";

declare const checked: unique symbol;

export type Output = string & { readonly [checked]: true };

export const nothing = checkedOutput("");

/** For people. Each line stays one, whatever is in it; of what colours only those of `Style` are left. */
export function text(lines: readonly string[]): Output {
  return checkedOutput(lines.map((line) => `${marksToColours(withoutCommand(shown(line)))}\n`).join(""));
}

/** `verbatim`: members whose texts somebody writes into files. */
export function json(value: unknown, verbatim: readonly string[] = []): Output {
  const hidden = valueWithoutSecrets(value, ["uri", ...verbatim]);
  return checkedOutput(`${visibleJson(JSON.stringify(hidden, undefined, 2))}\n`);
}

/** Markdown, XML and workflow commands: their writers have escaped what has a meaning there, line by line. */
export function report(written: string): Output {
  return checkedOutput(written.split("\n").map(visible).join("\n"));
}

/** Documents to be written into files, differences to be given to `patch`, pages of ours: nothing is hidden in them. */
export function document(written: string): Output {
  const visibleLine = (line: string): string => line.split("\t").map(visible).join("\t");
  return checkedOutput(
    written
      .split("\n")
      .map((line) => (line.endsWith("\r") ? `${visibleLine(line.slice(0, -1))}\r` : visibleLine(line)))
      .join("\n"),
  );
}

/**
 * GitHub Actions reads the log of every step for commands, `::error::` where a line begins and `##[error]` anywhere,
 * and a name from a stranger's file must be none.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function withoutCommand(line: string): string {
  return line.replace(/^(\s*):(?=:.*::)/, "$1\\u003a").replaceAll("##[", "## [");
}

function checkedOutput(written: string): Output {
  return written as Output;
}
