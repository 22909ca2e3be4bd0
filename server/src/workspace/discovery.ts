/** Which policy files there are, and to which control plane each belongs. */

import { mainControlPlane } from "../policy/main-control-plane.ts";
import { isOfAnotherVersion } from "../policy/migrations/version.ts";
import type { Place } from "../text/place.ts";
import type { Problem } from "../text/problem.ts";
import {
  child,
  type ParsedFile,
  type ScalarNode,
  type TreeDocument,
  type TreeNode,
  text,
} from "../text/tree.ts";
import { folderOf, isInside } from "./uris.ts";

/** A folder that holds a ControlPlane document, and the files that belong to it. */
export interface ControlPlaneFiles {
  readonly folder: string;
  readonly files: readonly ParsedFile[];
}

interface ControlPlaneDocument {
  readonly root: TreeNode;
  /** Its name. */
  readonly place: Place;
  /** Whether it is left out for its version, which is a finding of its own. */
  readonly isOther: boolean;
}

export interface Discovery {
  readonly controlPlanes: readonly ControlPlaneFiles[];
  readonly problems: readonly Problem[];
}

export function discover(files: readonly ParsedFile[]): Discovery {
  const roots = new Map<string, ControlPlaneDocument[]>();
  for (const file of files)
    for (const document of file.documents) {
      if (kindOf(document)?.text !== "ControlPlane" || document.root === undefined) continue;
      const folder = folderOf(file.uri);
      const isOther = isOfAnotherVersion(document);
      const own = { root: document.root, place: namePlace(document), isOther };
      roots.set(folder, [...(roots.get(folder) ?? []), own]);
    }
  const members = new Map<string, ParsedFile[]>([...roots.keys()].map((folder) => [folder, []]));
  const problems: Problem[] = [];
  for (const file of files) {
    const folder = nearest(file.uri, [...roots.keys()]);
    if (folder !== undefined) members.get(folder)?.push(file);
    else problems.push(...orphan(file));
  }
  for (const documents of roots.values()) problems.push(...doubles(documents.filter((one) => !one.isOther)));
  return { controlPlanes: [...members].map(([folder, own]) => ({ folder, files: own })), problems };
}

function nearest(uri: string, folders: readonly string[]): string | undefined {
  return folders.filter((folder) => isInside(uri, folder)).sort((a, b) => b.length - a.length)[0];
}

/** One finding a file: a file without a control plane has no inventory that its names could be looked up in. */
function orphan(file: ParsedFile): readonly Problem[] {
  const first = file.documents.map(kindOf).find((kind) => kind !== undefined);
  if (first === undefined) return [];
  return [
    {
      code: "workspace/no-control-plane",
      severity: "warning",
      place: first.place,
      message:
        "This file belongs to no control plane: no folder at or above it holds a ControlPlane document. Its names " +
        "cannot be looked up, so that references, conditions and drift are not checked. Put it below a folder with a " +
        "ControlPlane document.",
    },
  ];
}

function doubles(documents: readonly ControlPlaneDocument[]): readonly Problem[] {
  const main = mainControlPlane(documents);
  if (main === undefined) return [];
  return documents
    .filter((one) => one !== main)
    .map(({ place }) => ({
      code: "workspace/two-control-planes",
      severity: "error",
      place,
      message:
        "This folder holds another ControlPlane document, which is the one that counts. Keep one of them, or " +
        "move this one with its files to a folder of its own.",
      related: [{ place: main.place, message: "the ControlPlane document that counts" }],
    }));
}

export function kindOf(document: TreeDocument): ScalarNode | undefined {
  const kind = child(document.root, "kind");
  return kind?.kind === "scalar" ? kind : undefined;
}

function namePlace(document: TreeDocument): Place {
  const name = child(child(document.root, "metadata"), "name");
  return (text(name) === undefined ? undefined : name?.place) ?? kindOf(document)?.place ?? document.place;
}
