/** Code lenses of what a change newly allows and denies: one for each kind at each place, and none where nothing changed. */
import type { Range } from "../text/place.ts";
import type { Snapshot } from "../workspace/snapshot.ts";
import { rangeOf, type SemanticMark } from "./semantic-marks.ts";

export interface SemanticLens {
  readonly range: Range;
  readonly title: string;
  /** The change to show on a click; undefined where it is none of a decision. */
  readonly change: string | undefined;
}

/** The marks that stand at one place, of one kind. */
export interface PlacedMarks {
  readonly uri: string;
  readonly range: Range;
  readonly marks: readonly [SemanticMark, ...SemanticMark[]];
}

/** `revision`: what the change is against, as people say it. */
export function semanticLenses(
  placed: readonly PlacedMarks[],
  uri: string,
  revision: string,
): readonly SemanticLens[] {
  return placed
    .filter((one) => one.uri === uri)
    .map(({ range, marks: [first, ...others] }) => ({
      range,
      title: `${first.title}${others.length === 0 ? "" : ` and ${others.length} more`} · since ${revision}`,
      change: first.change,
    }));
}

export function placeMarks(marks: readonly SemanticMark[], snapshot: Snapshot): readonly PlacedMarks[] {
  const groups = new Map<string, { uri: string; range: Range; marks: [SemanticMark, ...SemanticMark[]] }>();
  for (const mark of marks) {
    const at = rangeOf(mark, snapshot);
    if (at === undefined) continue;
    const key = JSON.stringify([at, mark.kind]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...at, marks: [mark] });
    else if (!group.marks.some((one) => one.message === mark.message)) group.marks.push(mark);
  }
  return [...groups.values()];
}
