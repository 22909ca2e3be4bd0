/** `plumbline check`: what is wrong in the files themselves. Failing scenarios and drift are `test` and `drift`. */
import type { Finding } from "../workspace/finding.ts";
import { type Command, denyWarnings, folder, format, json } from "./command.ts";
import { noControlPlane, openFolder } from "./open.ts";
import { paint, style } from "./style.ts";
import { findingCount, findingLines, summarise } from "./text-findings.ts";

/** A scenario that fails is a difference from what is expected, not a mistake in a file. */
const notOfFiles: ReadonlySet<string> = new Set(["scenario/failed"]);

export const check: Command = {
  command: "check",
  summary: "report mistakes in policy files, the documents they refer to and deployed files",
  usage: "check [FOLDER] [--format text|json] [--deny-warnings]",
  notes: [
    "Covers every control plane below FOLDER (default: the working folder), in all environments.",
    "Failing scenarios are reported by `plumbline test`, differences from what is deployed by `plumbline drift`.",
    "Exits 1 on an error.",
  ],
  positionals: folder,
  options: { format, "deny-warnings": denyWarnings },
  async run(args, services) {
    const [path] = args.positionals;
    const { snapshot, name } = await openFolder(path, services, {
      drift: false,
      scenarios: true,
      rules: true,
    });
    const findings: readonly Finding[] = [...snapshot.findings.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, own]) => own.filter((finding) => !notOfFiles.has(finding.code)));
    const files = snapshot.findings.size;
    const summary = summarise(findings);
    const isEmpty = snapshot.controlPlanes.length === 0;
    const fails = summary.errors > 0 || (args.flag("deny-warnings") && summary.warnings > 0);
    const lines = findings.flatMap((finding) => [...findingLines(finding, name, style(services.colour)), ""]);
    const text = `${[...lines, findingCount(summary, files)].join("\n")}\n`;
    return {
      // A mistake in the ControlPlane document itself may be why there is no control plane, so it is shown.
      stdout: args.json
        ? json({ findings, summary: { ...summary, files } })
        : isEmpty && findings.length === 0
          ? ""
          : paint(text, services.colour),
      ...(isEmpty ? { stderr: `${noControlPlane(path ?? ".").message}\n` } : {}),
      exitCode: isEmpty ? 2 : fails ? 1 : 0,
    };
  },
};
