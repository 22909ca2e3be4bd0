/** Makes safe fixes until none is left, round by round: a fix may be in the way of another, or bring one about. */
import { applyEdits } from "../text/text-edit.ts";
import type { Finding } from "./finding.ts";
import { joined, SnapshotEditor } from "./fixes.ts";
import type { Snapshot } from "./snapshot.ts";

/** More than fixes that wait for each other need; beyond it they would go in a circle. */
const maxRounds = 50;

export interface Fixed {
  /** The snapshot of the texts after all fixes. */
  readonly snapshot: Snapshot;
  /** Changed texts by URI, against those of the first snapshot. */
  readonly texts: ReadonlyMap<string, string>;
  /** In the order in which they were made. */
  readonly made: readonly {
    readonly uri: string;
    readonly code: string;
    readonly message: string;
    readonly title: string;
  }[];
  /** Whether the rounds ended before the fixes did. */
  readonly isUnfinished: boolean;
}

/**
 * `analyze`: the snapshot of the workspace with these texts in place of the files on disk. Fixes of findings that are
 * not meant stay undone.
 */
export async function makeSafeFixes(
  first: Snapshot,
  isMeant: (finding: Finding) => boolean,
  analyze: (texts: ReadonlyMap<string, string>) => Promise<Snapshot>,
): Promise<Fixed> {
  const texts = new Map<string, string>();
  const made: Fixed["made"][number][] = [];
  let snapshot = first;
  for (let round = 0; round < maxRounds; round++) {
    const applied = new SnapshotEditor(snapshot).safeFixes(isMeant);
    if (applied.length === 0) return { snapshot, texts, made, isUnfinished: false };
    for (const [uri, edits] of joined(applied)) {
      const text = texts.get(uri) ?? snapshot.layouts.get(uri)?.text;
      if (text !== undefined) texts.set(uri, applyEdits(text, edits));
    }
    for (const { finding, fix } of applied)
      made.push({ uri: finding.uri, code: finding.code, message: finding.message, title: fix.title });
    snapshot = await analyze(texts);
  }
  return { snapshot, texts, made, isUnfinished: true };
}
