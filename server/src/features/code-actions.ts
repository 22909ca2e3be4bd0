/** Quick fixes for the findings at a range, comments that accept them, and all safe fixes of a file at once. */
import type { Range } from "../text/place.ts";
import type { Finding } from "../workspace/finding.ts";
import { type FileEdits, fixesOf, joined, SnapshotEditor } from "../workspace/fixes.ts";
import type { Snapshot } from "../workspace/snapshot.ts";
import { ignoreEdit } from "./ignore-edit.ts";

export interface QuickFix {
  readonly title: string;
  readonly finding: Finding;
  /** Whether it is the one of this finding's fixes that fits best. */
  readonly isPreferred: boolean;
  readonly edits: FileEdits;
}

/** In the order of the findings, comments last; those that cannot be made are left out. A range that touches a finding is at it. */
export function quickFixes(snapshot: Snapshot, uri: string, range: Range): readonly QuickFix[] {
  const editor = new SnapshotEditor(snapshot);
  const fixes = (snapshot.findings.get(uri) ?? []).flatMap((finding) => {
    if (!touches(finding.range, range)) return [];
    const made = fixesOf(snapshot, finding).flatMap((fix) => {
      const edits = editor.edits(fix);
      return edits === undefined ? [] : [{ title: fix.title, finding, edits }];
    });
    return made.map((one, index) => ({ ...one, isPreferred: index === 0 }));
  });
  return [...fixes, ...ignoreFixes(snapshot, uri, range)];
}

/** What accepts a finding instead of mending it, behind all that mends; one for findings that one comment is for. */
function ignoreFixes(snapshot: Snapshot, uri: string, range: Range): readonly QuickFix[] {
  const file = snapshot.policyFiles.get(uri);
  if (file === undefined) return [];
  const comments = new Map<string, QuickFix>();
  for (const finding of snapshot.findings.get(uri) ?? []) {
    if (!touches(finding.range, range)) continue;
    const edit = ignoreEdit(file, finding.code, finding.range.start);
    const key = `${finding.code} ${edit?.start}`;
    if (edit === undefined || comments.has(key)) continue;
    const title = `Ignore ${finding.code} here with a reason`;
    comments.set(key, { title, finding, isPreferred: false, edits: new Map([[uri, [edit]]]) });
  }
  return [...comments.values()];
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
