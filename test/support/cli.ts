/** The command line in this process, on the files of a folder, and as a program of its own. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { URI } from "vscode-uri";
import { run } from "../../server/src/cli/run.ts";
import { CommandError, type Outcome, type Services } from "../../server/src/cli/services.ts";
import { NodeHost } from "../../server/src/host/node.ts";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

export const fixtures = path.join(root, "test/fixtures/cli");

/** Runs a command as if called in `cwd`; without git and without a terminal unless `more` says otherwise. */
export function runIn(cwd: string, args: readonly string[], more: Partial<Services> = {}): Promise<Outcome> {
  const toUri = (written: string): string => URI.file(path.resolve(cwd, written)).toString();
  return run(args, {
    cwd: `${toUri(".")}/`,
    root: `${toUri(".")}/`,
    toUri,
    hostFor: (folders) => new NodeHost({ roots: () => folders }),
    anywhere: new NodeHost({ roots: () => "anywhere" }),
    revision: async () => {
      throw new CommandError("there is no git here");
    },
    parse: (config) => parseArgs(config),
    colour: false,
    version: "1.2.3",
    documentation: async () => undefined,
    documentationUri: (page) => `file:///docs/${page}`,
    write: async () => {
      throw new CommandError("nothing is written here");
    },
    replace: async () => {
      throw new CommandError("nothing is written here");
    },
    serve: async () => undefined,
    ...more,
  });
}

export const program = path.join(root, "dist/cli.js");

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program. Both streams are pipes, as in CI. */
export function runProgram(cwd: string, args: readonly string[]): Promise<Ended> {
  if (!existsSync(program)) throw new Error("there is no dist/cli.js: run `npm run build` first");
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, ...args],
      { cwd, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, FORCE_COLOR: "" } },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === "number") resolve({ code, stdout, stderr });
        else reject(error ?? new Error("the program ended in no way"));
      },
    );
  });
}
