/** What a run found, in the one form that every reporter reads: adding a format is one file and a line in `reporters.ts`. */
import type { Finding } from "../../workspace/finding.ts";
import { summarise } from "../text-findings.ts";

export interface Report {
  /** The command that made it: `check`. */
  readonly command: string;
  /** In the order of files and lines. */
  readonly findings: readonly Finding[];
  /** What somebody accepted, and is no finding therefore. */
  readonly accepted: readonly { readonly finding: Finding; readonly by: "waiver" | "comment" }[];
  /** The URIs of every file that was looked at, those without findings too. */
  readonly files: readonly string[];
  /** Findings from this severity on make the command fail. */
  readonly failsOn: "error" | "warning";
  /** One line that sums it up: `2 errors in 7 files`. */
  readonly count: string;
  /** What a person must know to read it right: that something could not be looked at. */
  readonly notes: readonly string[];
  readonly version: string;
  /** Paths are said relative to this folder, a URI with a trailing slash: where the repository is checked out. */
  readonly root: string;
  /** The page of a code, in Markdown; undefined where there is none. */
  page(code: string): Promise<{ readonly text: string; readonly uri: string | undefined } | undefined>;
}

export type Reporter = (report: Report) => string | Promise<string>;

/** Whether the command ends with 1 because of it. */
export function isFailure({ severity }: Pick<Finding, "severity">, failsOn: Report["failsOn"]): boolean {
  return severity === "error" || (severity === "warning" && failsOn === "warning");
}

/** Whether any finding makes the command fail. */
export function fails(findings: readonly Finding[], failsOn: Report["failsOn"]): boolean {
  const { errors, warnings } = summarise(findings);
  return errors > 0 || (failsOn === "warning" && warnings > 0);
}

/** The message and the environments that it holds in. */
export function sentence({ message, environments }: Finding): string {
  return environments.length === 0 ? message : `${message} (${environments.join(", ")})`;
}
