/** `plumbline lsp --stdio`: the language server, for any editor that speaks LSP. */
import type { Command } from "./command.ts";
import { nothing } from "./output.ts";
import { CommandError } from "./services.ts";

export const lsp: Command = {
  command: "lsp",
  summary: "serve the Language Server Protocol",
  usage: "lsp --stdio",
  notes: ["Speaks over standard input and output, and ends when the editor ends it."],
  positionals: { names: [], required: 0 },
  options: {
    stdio: { type: "boolean", describe: "speak over standard input and output" },
    clientProcessId: {
      type: "string",
      value: "PID",
      describe: "the editor's process, which some editors name",
    },
  },
  async run(args, services) {
    if (!args.flag("stdio"))
      throw new CommandError(
        "plumbline lsp speaks over standard input and output only: plumbline lsp --stdio.",
      );
    await services.serve();
    return { stdout: nothing, exitCode: 0 };
  },
};
