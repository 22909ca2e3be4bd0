/**
 * From problems with places to findings with lines: the JSON contract. The one place that merges environments, and the
 * one where texts become what may be shown, so that an editor and every format of the command line say the same.
 */
import type { Fix, FixableProblem } from "../text/fix.ts";
import type { SourceLayout } from "../text/layout.ts";
import { shown, valueWithoutSecrets } from "../text/shown.ts";
import type { Finding } from "./finding.ts";
import { type FixesByFinding, fixesOfProblem } from "./problem-fixes.ts";

/** A problem that holds in some environments only. */
export interface EnvironmentProblem extends FixableProblem {
  readonly environment?: string;
}

export type Layouts = ReadonlyMap<string, SourceLayout>;

/**
 * Problems of one cause in several environments become one finding that names them. Problems whose place is in no
 * current layout are a defect and throw, since a finding at a wrong line is worse than none.
 */
export function toFindings(problems: readonly EnvironmentProblem[], layouts: Layouts): readonly Finding[] {
  return findingsWithFixes(problems, layouts).findings;
}

/** The same, with what can be done about each: beside the findings, which are plain JSON. In the order of the findings. */
export function findingsWithFixes(
  problems: readonly EnvironmentProblem[],
  layouts: Layouts,
): { readonly findings: readonly Finding[]; readonly fixes: FixesByFinding } {
  const merged = new Map<string, Finding>();
  const fixesByKey = new Map<string, readonly Fix[]>();
  for (const problem of problems) {
    const finding = toFinding(problem, layouts);
    const { start, end } = finding.range;
    const key = [
      finding.uri,
      finding.code,
      start.line,
      start.character,
      end.line,
      end.character,
      // As written: two secrets may look alike when they are hidden.
      problem.message,
    ].join("\n");
    // The fixes of one cause are the same in every environment; the first say it all.
    if (finding.fixable && !fixesByKey.has(key))
      fixesByKey.set(key, fixesOfProblem(problem, layoutOf(finding.uri, layouts)).map(titleShown));
    const known = merged.get(key);
    if (known === undefined) merged.set(key, finding);
    else
      merged.set(key, {
        ...known,
        fixable: known.fixable || finding.fixable,
        environments: [...new Set([...known.environments, ...finding.environments])],
      });
  }
  const sorted = [...merged].sort(
    ([, a], [, b]) =>
      (a.uri < b.uri ? -1 : a.uri > b.uri ? 1 : 0) ||
      a.range.start.line - b.range.start.line ||
      a.range.start.character - b.range.start.character,
  );
  const fixes = sorted.flatMap(([key, finding]) => {
    const own = fixesByKey.get(key);
    return own === undefined ? [] : [[finding, own] as const];
  });
  return { findings: sorted.map(([, finding]) => finding), fixes: new Map(fixes) };
}

function toFinding(problem: EnvironmentProblem, layouts: Layouts): Finding {
  const layout = layoutOf(problem.place.block.uri, layouts);
  return {
    code: problem.code,
    severity: problem.severity,
    message: shown(problem.message),
    uri: layout.uri,
    range: layout.range(problem.place),
    related: (problem.related ?? []).map(({ place, message }) => ({
      ...layoutOf(place.block.uri, layouts).location(place),
      message: shown(message),
    })),
    environments: problem.environment === undefined ? [] : [problem.environment],
    fixable: (problem.fixes ?? []).length > 0 || problem.data?.replaceWith !== undefined,
    data: valueWithoutSecrets(problem.data ?? {}),
  };
}

/** What a fix changes is the user's own text, and stays as it is. */
function titleShown(fix: Fix): Fix {
  return { ...fix, title: shown(fix.title) };
}

function layoutOf(uri: string, layouts: Layouts): SourceLayout {
  const layout = layouts.get(uri);
  if (layout === undefined) throw new Error(`a problem in ${uri}, which is not loaded`);
  return layout;
}
