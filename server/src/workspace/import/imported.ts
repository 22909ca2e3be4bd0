/** What an import speaks of: things that a source holds, entries that inventories hold, and what becomes of both. */
import type { FixEdit, FixValue } from "../../text/fix.ts";
import type { MapNode, ParsedFile, ScalarNode } from "../../text/tree.ts";

export const importKinds = ["openapi", "mcp", "kubernetes", "spire"] as const;
export type ImportKind = (typeof importKinds)[number];

/** What keeps an import from being done, in a sentence for the person. */
export class ImportError extends Error {}

export type Section = "identities" | "resources";

/** An identity or a resource of an Inventory document of the control plane. */
export interface Entry {
  readonly file: ParsedFile;
  readonly section: Section;
  readonly key: ScalarNode;
  readonly node: MapNode;
}

/** A fact that an entry states otherwise than the source. */
export interface Change {
  /** The property, as people name it: `credential.maxTtl`. */
  readonly what: string;
  /** Undefined where the entry did not state it. */
  readonly from?: string;
  readonly to: string;
  readonly edits: readonly FixEdit[];
}

/** One thing that a source holds. */
export interface Imported {
  readonly section: Section;
  /** What it may be called, best first. */
  readonly names: readonly string[];
  /** What its source calls it: `ServiceAccount shop/checkout`. */
  readonly label: string;
  /** Everything that a new entry says. */
  readonly value: { readonly [key: string]: FixValue };
  /** The entries that are the same thing; those that only cover it (a pattern) have no changes. */
  readonly present: readonly { readonly entry: Entry; readonly changes: readonly Change[] }[];
}

/** What was read out of the sources, against the entries that are there. */
export interface Reading {
  readonly things: readonly Imported[];
  /** Entries that the sources would hold, were they still there. */
  readonly gone: readonly { readonly entry: Entry; readonly why: string }[];
  /** Parts of an entry that its source has no more: operations. */
  readonly goneParts: readonly { readonly entry: Entry; readonly part: string }[];
  /** What the person should know, a sentence each. */
  readonly notes: readonly string[];
}

/** How the sources are read, and what new entries get. */
export interface ImportOptions {
  readonly kind: ImportKind;
  /** The name of the resource; of `openapi` and `mcp` only. */
  readonly name?: string;
  readonly owner?: string;
  /** Of workloads whose files do not tell it (Kubernetes). */
  readonly trustDomain?: string;
  /** `openapi`: operations are written into the inventory, instead of a reference to their document. */
  readonly inline?: boolean;
}
