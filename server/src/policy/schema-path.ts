/** From the paths of the schema check to places: the smallest range that shows the mistake. */
import type { Place } from "../text/place.ts";
import type { MapEntry, MapNode, ScalarNode, TreeNode } from "../text/tree.ts";
import type { SchemaPath } from "./schema-docs.ts";

/** The steps of a JSON pointer (RFC 6901) in a tree: a step into a list becomes a number. */
export function pathOfPointer(root: TreeNode, pointer: string): SchemaPath {
  const path: (string | number)[] = [];
  let node: TreeNode | undefined = root;
  for (const raw of pointer.split("/").slice(1)) {
    const step = raw.replace(/~1/g, "/").replace(/~0/g, "~");
    if (node?.kind === "list") {
      path.push(Number(step));
      node = node.items[Number(step)];
    } else {
      path.push(step);
      node = node?.kind === "map" ? node.byKey.get(step)?.value : undefined;
    }
  }
  return path;
}

export function nodeAt(root: TreeNode, path: SchemaPath): TreeNode | undefined {
  let node: TreeNode | undefined = root;
  for (const step of path) {
    if (typeof step === "number") node = node?.kind === "list" ? node.items[step] : undefined;
    else node = node?.kind === "map" ? node.byKey.get(step)?.value : undefined;
  }
  return node;
}

export function entryAt(root: TreeNode, path: SchemaPath): MapEntry | undefined {
  const last = path.at(-1);
  const owner = nodeAt(root, path.slice(0, -1));
  return typeof last === "string" && owner?.kind === "map" ? owner.byKey.get(last) : undefined;
}

/** Where a value stands; a key without a value is shown at the key. */
export function placeOfValue(root: TreeNode, path: SchemaPath): Place {
  const node = nodeAt(root, path);
  const entry = entryAt(root, path);
  if (entry !== undefined && isEmpty(entry.value)) return entry.key.place;
  return node === undefined ? root.place : node.place;
}

/** Where to say that a mapping lacks something: the key it belongs to, or the first key of a list's entry. */
export function placeOfOwner(root: TreeNode, path: SchemaPath): Place {
  const entry = entryAt(root, path);
  if (entry !== undefined) return entry.key.place;
  const node = nodeAt(root, path);
  return node?.kind === "map" ? placeOfFirstKey(node) : (node ?? root).place;
}

export function placeOfFirstKey(node: MapNode): Place {
  return node.entries[0]?.key.place ?? node.place;
}

export function isEmpty(node: TreeNode): boolean {
  return node.kind === "scalar" && node.value === null && node.text === "";
}

/** The source of a range of a scalar's decoded text. */
export function placeInScalar(node: ScalarNode, start: number, end: number): Place {
  const source = node.segments.toSource(start, end);
  return { block: node.place.block, ...source };
}

/** The text of a place that lies in one block, as it stands in the file. */
export function sourceText(place: Place): string {
  return place.endBlock === undefined ? place.block.text.slice(place.start, place.end) : "";
}
