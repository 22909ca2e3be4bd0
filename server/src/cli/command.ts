/** What every command is, and the options that several of them share. */
import type { ArgumentSpec, Arguments, OptionSpec } from "./arguments.ts";
import { reportFormats } from "./reporters/reporters.ts";
import type { Outcome, Services } from "./services.ts";

export interface Command extends ArgumentSpec {
  /** One line for the list of commands. */
  readonly summary: string;
  /** How it is called, behind `plumbline`. */
  readonly usage: string;
  /** What a person should know beyond the options; lines of at most 100 characters. */
  readonly notes: readonly string[];
  run(args: Arguments, services: Services): Promise<Outcome>;
}

export const format: OptionSpec = {
  type: "string",
  value: "text|json",
  oneOf: ["text", "json"],
  describe: "text for people (the default) or JSON for machines",
};

/** For commands whose findings other programs show, too. */
export const reportFormat: OptionSpec = {
  type: "string",
  value: ["text", "json", ...reportFormats].join("|"),
  oneOf: ["text", "json", ...reportFormats],
  describe: "text for people (the default), or a form for machines and pull requests",
};

export const environment: OptionSpec = {
  type: "string",
  value: "NAME",
  describe: "the environment; by default the control plane's defaultEnvironment, else its first",
};

export const denyWarnings: OptionSpec = {
  type: "boolean",
  describe: "exit 1 on warnings, too",
};

export const folder = { names: ["FOLDER"], required: 0 } as const;
