/**
 * What the settings of a control plane make of findings of lint rules and drift: their severity, and which of them are
 * accepted, by comments or by waivers. It only takes findings away; no rule sees it, so that no finding of another rule
 * comes or goes by it.
 */
import type { Problem } from "../../text/problem.ts";
import type { LintProblem } from "../lint.ts";
import { IgnoreIndex } from "./ignore-index.ts";
import { problemOfCode } from "./known-codes.ts";
import { lintSettingsOf, pathBelow, setSeverity } from "./lint-settings.ts";
import { nearIgnoresOf } from "./near-ignores.ts";
import { groupBy } from "./search.ts";
import { Subjects, type SubjectWorld } from "./subjects.ts";
import { unmatchedGlobs } from "./unmatched-globs.ts";
import { unusedIgnore, unusedWaiver } from "./unused.ts";
import { isExpired, type Waiver, waiversOf } from "./waivers.ts";

export interface SuppressionWorld extends SubjectWorld {
  /** The day as `2026-01-15`. */
  readonly today: string | undefined;
  /** Where findings may stand besides the policy files: what they refer to, and what is deployed. Undefined: not all is read. */
  readonly others: readonly string[] | undefined;
  /** Whether the findings of a code are all there, so that to accept one that is not there does nothing. */
  isComplete(code: string): boolean;
}

export interface Accepted {
  readonly problem: LintProblem;
  readonly by: "waiver" | "comment";
}

export interface Suppression {
  /** Those that stay, in their order. */
  readonly problems: readonly LintProblem[];
  readonly accepted: readonly Accepted[];
  /** What is wrong with the settings, comments and waivers themselves. */
  readonly own: readonly LintProblem[];
}

/** `problems`: of lint rules and drift, each in its environments. */
export function suppress(problems: readonly LintProblem[], world: SuppressionWorld): Suppression {
  const settings = lintSettingsOf(world.files);
  const given = problems.flatMap((problem): readonly LintProblem[] => {
    if (problem.code.includes("/")) return [problem];
    const path = pathBelow(world.set.controlPlane.folder, problem.place.block.uri);
    const severity = setSeverity(settings, problem.code, path);
    if (severity === "off") return [];
    return [severity === undefined ? problem : { ...problem, severity }];
  });
  const ignores = new IgnoreIndex(world.files);
  const waivers = waiversOf(world.files);
  // Without waivers nobody asks what findings are about.
  const subjects = new Subjects(waivers.length === 0 ? { ...world, files: [] } : world);
  const { accepted, usedWaivers } = acceptedOf(given, ignores, waivers, subjects, world);
  const judged = (code: string): boolean =>
    world.isComplete(code) && problemOfCode(code, nowhere, "waiver") === undefined;
  return {
    problems: given.filter((problem) => !accepted.has(problem)),
    accepted: [...accepted].map(([problem, by]) => ({ problem, by })),
    own: [
      ...settings.problems,
      ...ignores.problems,
      ...world.files.flatMap(nearIgnoresOf),
      ...unmatchedGlobs(settings, world),
      ...ignores.unused.filter((one) => judged(one.code.text)).map(unusedIgnore),
      ...waivers.flatMap((one) => problemOfCode(one.code.text, one.code.place, "waiver") ?? []),
      ...waivers
        .filter((one) => !usedWaivers.has(one) && !isExpired(one, world.today) && judged(one.code.text))
        .map((one) => unusedWaiver(one, subjects)),
    ],
  };
}

const nowhere: Problem["place"] = { block: { uri: "", text: "" }, start: 0, end: 0 };

/** A comment counts before a waiver. A drift finding is one, wherever its ends are shown: accepted at one, it is at all. */
function acceptedOf(
  problems: readonly LintProblem[],
  ignores: IgnoreIndex,
  waivers: readonly Waiver[],
  subjects: Subjects,
  world: SuppressionWorld,
) {
  const accepted = new Map<LintProblem, Accepted["by"]>();
  const drift = new Map<unknown, Accepted["by"]>();
  const usedWaivers = new Set<Waiver>();
  const accept = (problem: LintProblem, by: Accepted["by"]): void => {
    accepted.set(problem, by);
    if (problem.data?.drift !== undefined) drift.set(problem.data.drift, by);
  };
  for (const problem of problems) if (ignores.take(problem)) accept(problem, "comment");
  const valid = groupBy(
    waivers.filter((one) => !isExpired(one, world.today)),
    (one) => one.code.text,
  );
  for (const problem of problems) {
    const own = valid.get(problem.code);
    if (own === undefined || accepted.has(problem)) continue;
    const subject = subjects.of(problem);
    const waiver = own.find((one) => covers(one, subject, world));
    if (waiver === undefined) continue;
    usedWaivers.add(waiver);
    accept(problem, "waiver");
  }
  for (const problem of problems) {
    const by = drift.get(problem.data?.drift);
    if (by !== undefined && problem.data?.drift !== undefined && !accepted.has(problem))
      accepted.set(problem, by);
  }
  return { accepted, usedWaivers };
}

function covers(
  { on, document }: Waiver,
  { names, places }: ReturnType<Subjects["of"]>,
  { files }: SuppressionWorld,
): boolean {
  if (on !== undefined)
    return names.has(on.text) || (document.kind === "Policy" && names.has(`${document.name}/${on.text}`));
  if (document.kind === "ControlPlane") return true;
  const layout = files.find((file) => file.uri === document.uri)?.layout;
  return places.some(
    (place) => place.block.uri === document.uri && layout?.encloses(document.place, place) === true,
  );
}
