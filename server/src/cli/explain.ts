/** `plumbline explain CODE`: the page about a finding code. */
import { explainCode } from "../text/code-pages.ts";
import { titleOf } from "../text/code-titles.ts";
import { findingCodes } from "../text/codes.ts";
import { type Command, format } from "./command.ts";
import { document, json, text } from "./output.ts";
import { CommandError } from "./services.ts";

export const explain: Command = {
  command: "explain",
  summary: "explain a finding code, or list all codes",
  usage: "explain [CODE] [--format text|json]",
  notes: [
    "Findings name their code, for example drift/wider. Without CODE every code is listed with its title.",
  ],
  positionals: { names: ["CODE"], required: 0 },
  options: { format },
  async run(args, services) {
    const [code] = args.positionals;
    if (code === undefined) {
      const width = Math.max(...findingCodes.map((one) => one.code.length));
      const codes = findingCodes.map(({ code, severity }) => ({ code, title: titleOf(code), severity }));
      const lines = codes.map((one) => `${one.code.padEnd(width)}  ${one.title}`);
      return { stdout: args.json ? json({ codes }) : text(lines), exitCode: 0 };
    }
    const explained = await explainCode(code, (page) => services.documentation(`codes/${page}`));
    if (!explained.found) throw new CommandError(explained.message);
    return {
      stdout: args.json ? json({ code: explained.code, text: explained.text }) : document(explained.text),
      exitCode: 0,
    };
  },
};
