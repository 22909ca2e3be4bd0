import type { SourceLayout } from "./layout.ts";
import type { Place } from "./place.ts";
import type { Problem } from "./problem.ts";
import type { SegmentMap } from "./segments.ts";

/**
 * The neutral tree that YAML and JSON are read into. Adapters and the policy model see only this, so that a
 * deployed file may be either. Trees are immutable, and a node's `place` may be computed when first asked for.
 */
export type TreeNode = MapNode | ListNode | ScalarNode;

export interface MapNode {
  readonly kind: "map";
  readonly place: Place;
  readonly entries: readonly MapEntry[];
  /** The entries by key; of duplicates (which are a problem of their own) the last. */
  readonly byKey: ReadonlyMap<string, MapEntry>;
}

export interface MapEntry {
  readonly key: ScalarNode;
  /** A key without a value has a null scalar with an empty place behind the key. */
  readonly value: TreeNode;
}

export interface ListNode {
  readonly kind: "list";
  readonly place: Place;
  readonly items: readonly TreeNode[];
}

export type ScalarStyle = "plain" | "single" | "double" | "literal" | "folded" | "json";

export interface ScalarNode {
  readonly kind: "scalar";
  readonly place: Place;
  readonly style: ScalarStyle;
  readonly value: string | number | boolean | null;
  /** The decoded text (for a number or boolean: as written). */
  readonly text: string;
  /** From the decoded text to the source; made when first asked for, then kept. */
  readonly segments: SegmentMap;
}

export interface TreeDocument {
  /** Undefined for an empty document and for one whose syntax is too broken to read. */
  readonly root: TreeNode | undefined;
  readonly place: Place;
  /**
   * Entries with a syntax error, which `root` leaves out since what they say cannot be told. Their own `root` (a list
   * or map with the one entry) is what could be read all the same: good to complete and to look up, not to decide by.
   */
  readonly unread?: readonly { readonly place: Place; readonly root: TreeNode | undefined }[];
}

/** What a reader makes of a file: never throws; what is wrong is in `problems`, and the rest is kept. */
export interface ParsedFile {
  readonly uri: string;
  readonly layout: SourceLayout;
  readonly documents: readonly TreeDocument[];
  readonly problems: readonly Problem[];
}

export function child(node: TreeNode | undefined, key: string): TreeNode | undefined {
  return node?.kind === "map" ? node.byKey.get(key)?.value : undefined;
}

/** The node at a path of keys and indexes, or undefined. */
export function at(node: TreeNode | undefined, ...path: readonly (string | number)[]): TreeNode | undefined {
  let current = node;
  for (const step of path) {
    if (typeof step === "number") current = current?.kind === "list" ? current.items[step] : undefined;
    else current = child(current, step);
  }
  return current;
}

export function text(node: TreeNode | undefined): string | undefined {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
}

export function items(node: TreeNode | undefined): readonly TreeNode[] {
  return node?.kind === "list" ? node.items : [];
}

export function entries(node: TreeNode | undefined): readonly MapEntry[] {
  return node?.kind === "map" ? node.entries : [];
}

/** The strings of a list of scalars; numbers and booleans as written. Other nodes are left out. */
export function texts(node: TreeNode | undefined): readonly string[] {
  return items(node).flatMap((item) => (item.kind === "scalar" && item.value !== null ? [item.text] : []));
}

export function isNull(node: TreeNode | undefined): boolean {
  return node === undefined || (node.kind === "scalar" && node.value === null);
}

/** The plain JSON value of a tree. */
export function toValue(node: TreeNode | undefined): unknown {
  if (node === undefined) return undefined;
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(toValue);
    case "map": {
      const value: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
      for (const entry of node.entries) value[entry.key.text] = toValue(entry.value);
      return value;
    }
  }
}
