/** The command line: finds the command, runs it, and turns what went wrong into a sentence and an exit code. */
import { HostError } from "../text/host.ts";
import { readArguments, suggestion } from "./arguments.ts";
import { check } from "./check.ts";
import type { Command } from "./command.ts";
import { compare } from "./compare.ts";
import { diff } from "./diff.ts";
import { drift } from "./drift.ts";
import { explain } from "./explain.ts";
import { generate } from "./generate.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { importCommand } from "./import.ts";
import { lsp } from "./lsp.ts";
import { nothing, text } from "./output.ts";
import { rules } from "./rules.ts";
import { CommandError, type Outcome, type Services } from "./services.ts";
import { simulate } from "./simulate.ts";
import { test } from "./test.ts";

const commands: readonly Command[] = [
  check,
  test,
  simulate,
  drift,
  diff,
  compare,
  generate,
  importCommand,
  rules,
  explain,
  lsp,
];

/** `args` are those behind the program's name. Never rejects: an internal error is an outcome, too. */
export async function run(args: readonly string[], services: Services): Promise<Outcome> {
  try {
    return await dispatch(args, services);
  } catch (error) {
    if (error instanceof CommandError || error instanceof HostError)
      return { stdout: nothing, stderr: text([error.message]), exitCode: 2 };
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      stdout: nothing,
      stderr: text([
        "Plumbline failed, which is a defect of Plumbline and not of your files.",
        ...detail.split("\n"),
      ]),
      exitCode: 2,
    };
  }
}

async function dispatch([first, ...rest]: readonly string[], services: Services): Promise<Outcome> {
  if (first === undefined) return { stdout: nothing, stderr: text(generalHelp(commands)), exitCode: 2 };
  if (first === "--version") return { stdout: text([services.version]), exitCode: 0 };
  if (first === "--help" || first === "-h" || first === "help") return help(rest[0]);
  const command = commandNamed(first);
  const args = readArguments(rest, command, services.parse);
  if (args.flag("help")) return { stdout: text(commandHelp(command)), exitCode: 0 };
  return command.run(args, services);
}

function help(name: string | undefined): Outcome {
  return {
    stdout: text(name === undefined ? generalHelp(commands) : commandHelp(commandNamed(name))),
    exitCode: 0,
  };
}

function commandNamed(name: string): Command {
  const found = commands.find((one) => one.command === name);
  if (found !== undefined) return found;
  const names = commands.map((one) => one.command);
  const what = name.startsWith("-") ? "option" : "command";
  throw new CommandError(
    `plumbline has no ${what} ${name}.${suggestion(name, names)} \`plumbline --help\` lists the commands.`,
  );
}
