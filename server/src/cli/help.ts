/** The help texts, made of what the commands say of themselves. */
import { helpOption } from "./arguments.ts";
import type { Command } from "./command.ts";

export function generalHelp(commands: readonly Command[]): readonly string[] {
  const width = Math.max(...commands.map(({ command }) => command.length));
  return [
    "plumbline: author, simulate and check access policy, and flag drift from what is deployed",
    "",
    "Usage:  plumbline COMMAND [ARGUMENTS]",
    "",
    ...commands.map(({ command, summary }) => `  ${command.padEnd(width)}  ${summary}`),
    "",
    "  --help     this help; `plumbline COMMAND --help` that of a command",
    "  --version  the version",
    "",
    "Exits 0 when all is clean; 1 on an error finding, a failed scenario or a verdict other than equal;",
    "2 when it was called wrongly or could not do its work.",
  ];
}

export function commandHelp({ usage, summary, notes, options }: Command): readonly string[] {
  const all = Object.entries({ ...options, help: helpOption }).map(
    ([name, { value, describe }]) =>
      [value === undefined ? `--${name}` : `--${name} ${value}`, describe] as const,
  );
  const width = Math.max(...all.map(([option]) => option.length));
  return [
    `plumbline ${usage}`,
    "",
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    "",
    ...all.map(([option, describe]) => `  ${option.padEnd(width)}  ${describe}`),
    ...(notes.length === 0 ? [] : ["", ...notes]),
  ];
}
