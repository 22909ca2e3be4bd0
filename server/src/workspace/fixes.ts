/** What can be done about a finding, and what becomes of the texts when it is done. */
import type { Fix, FixEdit } from "../text/fix.ts";
import { areApart, type TextEdit } from "../text/text-edit.ts";
import type { ParsedFile } from "../text/tree.ts";
import { FileEditor } from "../yaml/edit.ts";
import type { Finding } from "./finding.ts";
import type { Snapshot } from "./snapshot.ts";

/** The fixes of a finding of this snapshot, the one that fits best first. */
export function fixesOf(snapshot: Snapshot, finding: Finding): readonly Fix[] {
  return snapshot.fixes.get(finding) ?? [];
}

/** A fix as edits of texts, by URI; of no file that was not read. */
export type FileEdits = ReadonlyMap<string, readonly TextEdit[]>;

export interface Applied {
  readonly finding: Finding;
  readonly fix: Fix;
  readonly edits: FileEdits;
}

/** Makes edits of the texts of one snapshot; each file is read into tokens at most once. */
export class SnapshotEditor {
  readonly #files: ReadonlyMap<string, ParsedFile>;
  readonly #editors = new Map<string, FileEditor>();

  constructor(private readonly snapshot: Snapshot) {
    this.#files = new Map(
      [
        ...snapshot.controlPlanes.flatMap((one) => [...one.deployedFiles, ...one.documents.values()]),
        ...snapshot.policyFiles.values(),
      ].map((file) => [file.uri, file]),
    );
  }

  /** Undefined where the fix cannot be made: all of it or nothing. */
  edits(fix: Fix): FileEdits | undefined {
    const byFile = new Map<string, FixEdit[]>();
    for (const edit of fix.edits) {
      const uri = uriOf(edit);
      byFile.set(uri, [...(byFile.get(uri) ?? []), edit]);
    }
    const made = new Map<string, readonly TextEdit[]>();
    for (const [uri, edits] of byFile) {
      const own = this.#editor(uri)?.edits(edits);
      if (own === undefined) return undefined;
      made.set(uri, own);
    }
    return made;
  }

  /**
   * The first safe fix of each of the findings, as far as they do not get into each other's way: what is left out
   * waits for the snapshot of the texts after these. A fix changes policy files and the file of its finding, no others.
   */
  safeFixes(isMeant: (finding: Finding) => boolean): readonly Applied[] {
    const applied: Applied[] = [];
    const taken = new Map<string, TextEdit[]>();
    for (const [finding, fixes] of this.snapshot.fixes) {
      const fix = fixes.find((one) => one.isSafe);
      if (fix === undefined || !isMeant(finding)) continue;
      const edits = this.edits(fix);
      if (edits === undefined || !this.#changes(edits)) continue;
      const isFree = [...edits].every(
        ([uri, own]) =>
          (uri === finding.uri || this.snapshot.policyFiles.has(uri)) && areApart(own, taken.get(uri) ?? []),
      );
      if (!isFree) continue;
      for (const [uri, own] of edits) taken.set(uri, [...(taken.get(uri) ?? []), ...own]);
      applied.push({ finding, fix, edits });
    }
    return applied;
  }

  #changes(edits: FileEdits): boolean {
    return [...edits].some(([uri, own]) => {
      const text = this.#files.get(uri)?.layout.text ?? "";
      return own.some((edit) => text.slice(edit.start, edit.end) !== edit.text);
    });
  }

  #editor(uri: string): FileEditor | undefined {
    const known = this.#editors.get(uri);
    if (known !== undefined) return known;
    const file = this.#files.get(uri);
    if (file === undefined) return undefined;
    const editor = new FileEditor(file);
    this.#editors.set(uri, editor);
    return editor;
  }
}

/** The edits of several fixes that are apart, each file's in order. */
export function joined(applied: readonly Applied[]): FileEdits {
  const byFile = new Map<string, TextEdit[]>();
  for (const { edits } of applied)
    for (const [uri, own] of edits) byFile.set(uri, [...(byFile.get(uri) ?? []), ...own]);
  for (const own of byFile.values()) own.sort((a, b) => a.start - b.start);
  return byFile;
}

function uriOf(edit: FixEdit): string {
  switch (edit.edit) {
    case "replace":
      return edit.place.block.uri;
    case "set-scalar":
      return edit.node.place.block.uri;
    case "set-property":
    case "rename-property":
    case "remove-property":
      return edit.map.place.block.uri;
    case "add-item":
    case "remove-item":
      return edit.list.place.block.uri;
  }
}
