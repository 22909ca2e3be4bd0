/** `plumbline check`: what is wrong in the files themselves. Failing scenarios and drift are `test` and `drift`. */
import type { Finding } from "../workspace/finding.ts";
import type { OptionSpec } from "./arguments.ts";
import { type Command, denyWarnings, folder, reportFormat } from "./command.ts";
import { fixedLines, fixFolder } from "./fix.ts";
import { noControlPlane, openFolder } from "./open.ts";
import { json, nothing, text } from "./output.ts";
import { codePages } from "./reporters/pages.ts";
import { fails } from "./reporters/report.ts";
import { reporterOf } from "./reporters/reporters.ts";
import { paint, style } from "./style.ts";
import { acceptedLine, findingCount, findingLines, summarise } from "./text-findings.ts";

/** A scenario that fails is a difference from what is expected, not a mistake in a file. */
const notOfFiles: ReadonlySet<string> = new Set(["scenario/failed"]);

const isOfFiles = (finding: Finding): boolean => !notOfFiles.has(finding.code);

const fix: OptionSpec = { type: "boolean", describe: "make the safe fixes first" };

export const check: Command = {
  command: "check",
  summary: "report mistakes in policy files, the documents they refer to and deployed files",
  usage: "check [FOLDER] [--format FORMAT] [--deny-warnings] [--fix]",
  notes: [
    "Covers every control plane below FOLDER (default: the working folder), in all environments.",
    "Failing scenarios are reported by `plumbline test`, differences from what is deployed by `plumbline drift`.",
    "`--fix` makes the fixes that can only be right, in the files, and reports what is left.",
    "sarif is SARIF 2.1.0, junit XML for CI, github workflow commands, markdown a comment for a pull request.",
    "Exits 1 on an error.",
  ],
  positionals: folder,
  options: { format: reportFormat, "deny-warnings": denyWarnings, fix },
  async run(args, services) {
    const [path] = args.positionals;
    const options = { drift: false, scenarios: true, rules: true } as const;
    const opened = await openFolder(path, services, options);
    const { name } = opened;
    const fixed = args.flag("fix") ? await fixFolder(opened, services, options, isOfFiles) : undefined;
    const { snapshot } = fixed ?? opened;
    const findings: readonly Finding[] = [...snapshot.findings.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, own]) => own.filter(isOfFiles));
    const files = snapshot.findings.size;
    const failsOn = args.flag("deny-warnings") ? "warning" : "error";
    const summary = summarise(findings);
    const acceptedBy = (by: "waiver" | "comment"): number =>
      snapshot.accepted.filter((one) => one.by === by && isOfFiles(one.finding)).length;
    const accepted = { waivers: acceptedBy("waiver"), comments: acceptedBy("comment") };
    const isEmpty = snapshot.controlPlanes.length === 0;
    const notes = isEmpty ? [noControlPlane(path ?? ".").message] : [];
    const exit = {
      ...(isEmpty ? { stderr: text(notes) } : {}),
      exitCode: isEmpty ? 2 : fails(findings, failsOn) ? 1 : 0,
    } as const;
    const reporter = reporterOf(args.text("format"));
    if (reporter !== undefined) {
      const report = {
        command: "check",
        findings,
        accepted: snapshot.accepted.filter((one) => isOfFiles(one.finding)),
        files: [...snapshot.findings.keys()].sort(),
        failsOn,
        count: findingCount(summary, files),
        notes,
        version: services.version,
        root: services.root,
        page: codePages(services),
      } as const;
      return { stdout: await reporter(report), ...exit };
    }
    const lines = [
      ...(fixed === undefined ? [] : fixedLines(fixed, name, style(services.colour))),
      ...findings.flatMap((finding) => [...findingLines(finding, name, style(services.colour)), ""]),
    ];
    const all = [...lines, findingCount(summary, files), ...acceptedLine(accepted)];
    return {
      // A mistake in the ControlPlane document itself may be why there is no control plane, so it is shown.
      stdout: args.json
        ? json({
            ...(fixed === undefined ? {} : { fixed: fixed.made }),
            findings,
            summary: { ...summary, files, accepted },
          })
        : isEmpty && lines.length === 0
          ? nothing
          : text(paint(all, services.colour)),
      ...exit,
    };
  },
};
