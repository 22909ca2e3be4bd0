/** What can be done about a problem. */
import type { Fix, FixableProblem } from "../text/fix.ts";
import type { SourceLayout } from "../text/layout.ts";
import type { Finding } from "./finding.ts";

/** Of findings that something can be done about, in their order. */
export type FixesByFinding = ReadonlyMap<Finding, readonly Fix[]>;

/** The fixes of a problem: its own, then what `data.replaceWith` says unless one of its own says so already. */
export function fixesOfProblem(problem: FixableProblem, layout: SourceLayout): readonly Fix[] {
  const own = problem.fixes ?? [];
  const text = problem.data?.replaceWith;
  if (typeof text !== "string") return own;
  const { place } = problem;
  const isSaid = own.some(({ edits: [edit, ...others] }) => {
    if (edit?.edit !== "replace" || others.length > 0) return false;
    return edit.text === text && edit.place.block === place.block && edit.place.start === place.start;
  });
  if (isSaid) return own;
  const { start, end } = layout.offsets(place);
  const title =
    text === "" ? `Remove "${short(layout.text.slice(start, end))}"` : `Replace with "${short(text)}"`;
  return [...own, { title, isSafe: false, edits: [{ edit: "replace", place, text }] }];
}

/** One line of at most 60 characters. */
function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
