/** The files that a control plane is read from, as texts: which of them differ between two versions. */
import type { ParsedFile } from "../text/tree.ts";
import type { Presence, SemanticDiff } from "./semantic-diff-report.ts";
import type { ControlPlaneSnapshot } from "./snapshot.ts";
import { pathOf } from "./uris.ts";

/** Policy files and the documents they refer to, by their paths from the control plane's folder, sorted. */
export function changedFiles(
  base: ControlPlaneSnapshot | undefined,
  current: ControlPlaneSnapshot | undefined,
): SemanticDiff["files"] {
  const [before, after] = [textsOf(base), textsOf(current)];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((path) => {
    const [one, other] = [before.get(path), after.get(path)];
    if (one === other) return [];
    const presence: Presence = one === undefined ? "added" : other === undefined ? "removed" : "both";
    return [{ path, presence }];
  });
}

function textsOf(plane: ControlPlaneSnapshot | undefined): ReadonlyMap<string, string> {
  if (plane === undefined) return new Map();
  const files: readonly ParsedFile[] = [...plane.files, ...plane.documents.values()];
  const folder = pathOf(plane.set.controlPlane.folder);
  return new Map(files.map((file) => [relative(folder, pathOf(file.uri)), file.layout.text]));
}

/** `../specs/api.yaml` for a document beside the folder; both are paths of one tree, `folder` ends with a slash. */
function relative(folder: string, file: string): string {
  let common = folder;
  let up = "";
  while (common !== "/" && !file.startsWith(common)) {
    common = common.replace(/[^/]*\/$/, "");
    up += "../";
  }
  return up + file.slice(common.length);
}
