/** Markdown for a comment on a pull request. What comes from the files of the change can neither link nor call anybody. */
import type { Finding } from "../../workspace/finding.ts";
import { shortName } from "../../workspace/uris.ts";
import { code, plain } from "../markdown.ts";
import { count } from "../style.ts";
import { position } from "../text-findings.ts";
import type { Report } from "./report.ts";

/** A comment on GitHub has at most 65,536 characters; a workflow that adds some words of its own needs room. */
const mostCharacters = 60_000;

export function markdownReporter({ command, findings, root, count: summary, notes }: Report): string {
  const name = (uri: string): string => shortName(uri, [root]);
  const head = [`## plumbline ${command}`, "", plain(summary), ...notes.flatMap((note) => ["", plain(note)])];
  const lines: string[] = [];
  let length = head.join("\n").length;
  let shown = 0;
  let file: string | undefined;
  for (const finding of findings) {
    const entry = [
      ...(finding.uri === file ? [] : ["", `### ${code(name(finding.uri))}`, ""]),
      ...findingLines(finding, name),
    ];
    length += entry.join("\n").length + 1;
    if (length > mostCharacters) break;
    lines.push(...entry);
    file = finding.uri;
    shown++;
  }
  const left = findings.length - shown;
  if (left > 0) {
    const rest = `${count(left, "more finding")} ${left === 1 ? "does" : "do"} not fit into a comment`;
    lines.push("", `${rest}; \`plumbline ${command}\` lists all.`);
  }
  return `${[...head, ...lines].join("\n")}\n`;
}

function findingLines(finding: Finding, name: (uri: string) => string): readonly string[] {
  const { start } = finding.range;
  const where = finding.environments.length === 0 ? "" : ` (${finding.environments.map(plain).join(", ")})`;
  const [first = "", ...others] = finding.message.split("\n").filter((line) => line.trim() !== "");
  return [
    `- **${finding.severity}** ${code(finding.code)} at ${start.line + 1}:${start.character + 1}: ${plain(first)}${where}`,
    ...others.map((line) => `  <br>${plain(line)}`),
    ...finding.related.map((one) => `  - ${code(position(one, name))} ${plain(one.message)}`),
  ];
}
