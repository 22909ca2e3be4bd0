/**
 * Workflow commands of GitHub Actions, which become annotations at the lines of a pull request.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
import type { Severity } from "../../text/problem.ts";
import { visible } from "../../text/shown.ts";
import type { Finding } from "../../workspace/finding.ts";
import { shortName } from "../../workspace/uris.ts";
import { withoutCommand } from "../output.ts";
import { position } from "../text-findings.ts";
import { type Report, sentence } from "./report.ts";

/** GitHub shows that many annotations of each level from one step, and drops the others without a word. */
const shownOfEach = 10;

type Level = "error" | "warning" | "notice";

const levels: readonly Level[] = ["error", "warning", "notice"];

const levelOf: Readonly<Record<Severity, Level>> = {
  error: "error",
  warning: "warning",
  information: "notice",
  hint: "notice",
};

export function githubReporter({ findings, root, count, notes }: Report): string {
  const name = (uri: string): string => visible(shortName(uri, [root]));
  const lines: string[] = [];
  const rest: Finding[] = [];
  for (const level of levels) {
    const own = findings.filter((finding) => levelOf[finding.severity] === level);
    lines.push(...own.slice(0, shownOfEach).map((finding) => annotation(level, finding, name)));
    rest.push(...own.slice(shownOfEach));
  }
  if (rest.length > 0)
    lines.push(
      `GitHub shows ${shownOfEach} annotations of each level from one step, so the other ${rest.length} are listed here only:`,
      ...rest.map((one) => plainLine(`${position(one, name)} ${one.severity} ${one.code}  ${sentence(one)}`)),
    );
  return `${[...lines, ...notes.map(plainLine), count].join("\n")}\n`;
}

function annotation(level: Level, finding: Finding, name: (uri: string) => string): string {
  const { start, end } = finding.range;
  const properties: readonly (readonly [string, string | number])[] = [
    ["file", name(finding.uri)],
    ["line", start.line + 1],
    ["endLine", end.line + 1],
    // Columns count only where both ends are in one line. The last one is inside the range.
    ...(start.line === end.line
      ? ([
          ["col", start.character + 1],
          ["endColumn", Math.max(end.character, start.character + 1)],
        ] as const)
      : []),
    ["title", finding.code],
  ];
  const written = properties.map(([key, value]) => `${key}=${property(String(value))}`).join(",");
  return `::${level} ${written}::${data(sentence(finding))}`;
}

/** Escapes the text of a command, as `@actions/core` does. */
function data(text: string): string {
  return withoutCommand(visible(text)).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}

function property(text: string): string {
  return data(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
}

/** A line of the log. Names come from files of a stranger, and a line with `::` or `##[` would be a command. */
function plainLine(text: string): string {
  return `- ${withoutCommand(visible(text))}`;
}
