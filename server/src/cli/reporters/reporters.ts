/** The formats for other programs, by the name that `--format` takes. `text` and `json` are each command's own. */
import { shown } from "../../text/shown.ts";
import type { Finding } from "../../workspace/finding.ts";
import { type Output, report as written } from "../output.ts";
import { githubReporter } from "./github.ts";
import { junitReporter } from "./junit.ts";
import { markdownReporter } from "./markdown.ts";
import type { Report, Reporter } from "./report.ts";
import { sarifReporter } from "./sarif.ts";

const byFormat = {
  sarif: sarifReporter,
  junit: junitReporter,
  github: githubReporter,
  markdown: markdownReporter,
} as const satisfies Readonly<Record<string, Reporter>>;

export type ReportFormat = keyof typeof byFormat;

export const reportFormats: readonly ReportFormat[] = ["sarif", "junit", "github", "markdown"];

/** Undefined for `text` and `json`. */
export function reporterOf(format: string | undefined): ((report: Report) => Promise<Output>) | undefined {
  if (format === undefined || !Object.hasOwn(byFormat, format)) return undefined;
  const reporter: Reporter = byFormat[format as ReportFormat];
  return async (report) => written(await reporter(presentable(report)));
}

/** What findings are matched by stays in them as it is, so that their names of environments are made fit here. */
function presentable(report: Report): Report {
  const environmentsShown = (finding: Finding): Finding => ({
    ...finding,
    environments: finding.environments.map(shown),
  });
  return {
    ...report,
    findings: report.findings.map(environmentsShown),
    accepted: report.accepted.map((one) => ({ ...one, finding: environmentsShown(one.finding) })),
    notes: report.notes.map(shown),
  };
}
