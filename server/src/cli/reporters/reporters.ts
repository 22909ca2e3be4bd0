/** The formats for other programs, by the name that `--format` takes. `text` and `json` are each command's own. */
import { githubReporter } from "./github.ts";
import { junitReporter } from "./junit.ts";
import { markdownReporter } from "./markdown.ts";
import type { Reporter } from "./report.ts";
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
export function reporterOf(format: string | undefined): Reporter | undefined {
  return format !== undefined && Object.hasOwn(byFormat, format)
    ? byFormat[format as ReportFormat]
    : undefined;
}
