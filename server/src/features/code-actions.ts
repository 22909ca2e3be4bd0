/** Quick fixes for the findings at a range, and all safe fixes of a file at once. */
import type { Range } from "../text/place.ts";
import type { Finding } from "../workspace/finding.ts";
import { type FileEdits, fixesOf, joined, SnapshotEditor } from "../workspace/fixes.ts";
import type { Snapshot } from "../workspace/snapshot.ts";

export interface QuickFix {
  readonly title: string;
  readonly finding: Finding;
  /** Whether it is the one of this finding's fixes that fits best. */
  readonly isPreferred: boolean;
  readonly edits: FileEdits;
}

/** In the order of the findings; those that cannot be made are left out. A range that touches a finding is at it. */
export function quickFixes(snapshot: Snapshot, uri: string, range: Range): readonly QuickFix[] {
  const editor = new SnapshotEditor(snapshot);
  return (snapshot.findings.get(uri) ?? []).flatMap((finding) => {
    if (!touches(finding.range, range)) return [];
    const made = fixesOf(snapshot, finding).flatMap((fix) => {
      const edits = editor.edits(fix);
      return edits === undefined ? [] : [{ title: fix.title, finding, edits }];
    });
    return made.map((one, index) => ({ ...one, isPreferred: index === 0 }));
  });
}

export interface FixAll {
  readonly findings: readonly Finding[];
  readonly edits: FileEdits;
}

/** The safe fixes of the findings of a file, within it, that do not get into each other's way; undefined for none. */
export function fixAll(snapshot: Snapshot, uri: string): FixAll | undefined {
  const applied = new SnapshotEditor(snapshot)
    .safeFixes((finding) => finding.uri === uri)
    .filter(({ edits }) => [...edits.keys()].every((one) => one === uri));
  if (applied.length === 0) return undefined;
  return { findings: applied.map((one) => one.finding), edits: joined(applied) };
}

function touches(one: Range, other: Range): boolean {
  return !isBefore(one.end, other.start) && !isBefore(other.end, one.start);
}

function isBefore(a: Range["start"], b: Range["start"]): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
