/** `plumbline diff REV`: what the working tree newly allows and newly denies against a git revision. */
import { semanticDiff } from "../workspace/semantic-diff.ts";
import type { Snapshot } from "../workspace/snapshot.ts";
import { errorsOfPolicy, isUnread } from "../workspace/unread.ts";
import { type Command, environment } from "./command.ts";
import { type Plane, pairsByFolder } from "./compare-pairs.ts";
import { diffMarkdown } from "./diff-markdown.ts";
import { type DiffJson, diffJson } from "./diff-report.ts";
import { diffLines } from "./diff-text.ts";
import { analyse, noEnvironment, openFolder } from "./open.ts";
import { json, type Output, text, report as written } from "./output.ts";
import { CommandError, type Revision, type Services } from "./services.ts";
import { style } from "./style.ts";

const analysis = { drift: false, scenarios: false };

export const diff: Command = {
  command: "diff",
  summary: "say what the working tree newly allows and newly denies against a git revision",
  usage: "diff REV [FOLDER] [--environment NAME] [--format text|json|markdown]",
  notes: [
    "REV is a commit, branch or tag. Every change is shown with a request that is decided differently,",
    "and with the rules and definitions that make it so. Deployed files and scenarios take no part.",
    "Exits 1 where a decision changes, or where that is not known.",
  ],
  positionals: { names: ["REV", "FOLDER"], required: 1 },
  options: {
    environment: { ...environment, describe: "this environment only; by default all of both versions" },
    format: {
      type: "string",
      value: "text|json|markdown",
      oneOf: ["text", "json", "markdown"],
      describe: "text for people (the default), JSON for machines, Markdown for a pull request",
    },
  },
  async run(args, services) {
    const [revision = "", folder = "."] = args.positionals;
    const wanted = args.text("environment");
    // The revision first: that there is none, or no repository, is known before a folder is searched.
    const base = await openRevision(revision, folder, services);
    const current = await openFolder(folder, services, analysis);
    const planes = pairsByFolder(base, current);
    if (planes.length === 0)
      throw new CommandError(
        `There is no control plane in ${folder}, neither now nor in ${revision}: no *.plumb.yaml file below it holds a ControlPlane document.`,
      );
    checkEnvironment(wanted, planes);
    const report = diffJson({
      base: revision,
      current: folder,
      planes: planes.map(([before, after]) => ({
        controlPlane: (after ?? before)?.set.controlPlane.name.text ?? "",
        diff: semanticDiff(before, after, {
          unread: [
            ...(isUnread(before, base.snapshot) ? (["base"] as const) : []),
            ...(isUnread(after, current.snapshot) ? (["current"] as const) : []),
          ],
          ...(wanted === undefined ? {} : { environment: wanted }),
        }),
      })),
      layouts: { base: base.snapshot.layouts, current: current.snapshot.layouts },
      errors: { base: errorsOfPolicy(base.snapshot), current: errorsOfPolicy(current.snapshot) },
    });
    const name = (uri: string): string => (base.holds(uri) ? base.name(uri) : current.name(uri));
    return {
      stdout: inFormat(args.text("format"), report, name, services.colour),
      exitCode: report.verdict === "equal" ? 0 : 1,
    };
  },
};

function inFormat(
  format: string | undefined,
  report: DiffJson,
  name: (uri: string) => string,
  colour: boolean,
): Output {
  switch (format) {
    case "json":
      return json(report);
    case "markdown":
      return written(diffMarkdown(report, name));
    default:
      return text(diffLines(report, name, style(colour)));
  }
}

interface OpenedRevision {
  readonly folder: string;
  readonly snapshot: Snapshot;
  readonly name: (uri: string) => string;
  readonly holds: (uri: string) => boolean;
}

/** The folder as it was. Where there was none, there was no control plane in it. */
async function openRevision(revision: string, folder: string, services: Services): Promise<OpenedRevision> {
  if (revision.includes(":"))
    throw new CommandError(
      `${revision} is no revision. Say REV alone, and the folder as second argument: plumbline diff ${revision.split(":")[0] || "REV"} FOLDER.`,
    );
  const opened: Revision = await services.revision(revision, folder);
  const uri = `${opened.toUri(folder).replace(/\/$/, "")}/`;
  const snapshot = await analyse(uri, opened.hostFor([uri]), analysis);
  return {
    folder: uri,
    snapshot,
    name: (one) => opened.name(one),
    holds: (one) => one.startsWith(uri),
  };
}

function checkEnvironment(wanted: string | undefined, planes: readonly (readonly [Plane, Plane])[]): void {
  const sets = planes.flatMap((pair) => pair.flatMap((plane) => plane?.set ?? []));
  if (wanted !== undefined && sets.every((set) => !set.controlPlane.environments.has(wanted)))
    throw noEnvironment(wanted, sets);
}
