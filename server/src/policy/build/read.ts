/** From the tree to the typed model: what is not of the expected shape is left out, the schema check has said so. */
import type { Json } from "../../access/interaction.ts";
import type { Place } from "../../text/place.ts";
import {
  child,
  entries,
  items,
  type MapNode,
  type ScalarNode,
  type TreeNode,
  text,
  toValue,
} from "../../text/tree.ts";
import { parseDuration } from "../duration.ts";
import type { Written } from "../model.ts";

/** A scalar's content without its quotes, so that a fix or a rename leaves the quotes alone. */
export function contentPlace(node: ScalarNode): Place {
  if (node.style === "plain") return node.place;
  return { block: node.place.block, ...node.segments.toSource(0, node.text.length) };
}

export function written(node: TreeNode | undefined): Written | undefined {
  if (node?.kind !== "scalar" || typeof node.value !== "string" || node.value === "") return undefined;
  return { text: node.value, place: contentPlace(node) };
}

/** The strings of a list, or undefined where there is no list. */
export function writtenList(node: TreeNode | undefined): readonly Written[] | undefined {
  return node?.kind === "list" ? node.items.flatMap((item) => written(item) ?? []) : undefined;
}

export function strings(node: TreeNode | undefined): readonly string[] {
  return items(node).flatMap((item) => text(item) ?? []);
}

export function boolean(node: TreeNode | undefined): boolean | undefined {
  return node?.kind === "scalar" && typeof node.value === "boolean" ? node.value : undefined;
}

export function integer(node: TreeNode | undefined): number | undefined {
  return node?.kind === "scalar" && typeof node.value === "number" && Number.isInteger(node.value)
    ? node.value
    : undefined;
}

/** Seconds. */
export function duration(node: TreeNode | undefined): number | undefined {
  const value = text(node);
  return value === undefined ? undefined : parseDuration(value);
}

export function oneOf<T extends string>(node: TreeNode | undefined, values: readonly T[]): T | undefined {
  const value = text(node);
  return values.find((candidate) => candidate === value);
}

/** The JSON value of a tree, which holds nothing else (the core schema has no dates, sets or binaries). */
export function json(node: TreeNode): Json {
  return toValue(node) as Json;
}

export function jsonRecord(node: TreeNode | undefined): Readonly<Record<string, Json>> {
  return Object.fromEntries(entries(node).map(({ key, value }) => [key.text, json(value)]));
}

/** The named entries of a mapping of mappings, such as `spec.identities`. */
export function namedMaps(node: TreeNode | undefined): readonly { key: ScalarNode; value: MapNode }[] {
  return entries(node).flatMap(({ key, value }) => (value.kind === "map" ? [{ key, value }] : []));
}

/** `{ name: value }` with the entries that are there: exact optional properties are absent, never undefined. */
export function present<T extends object>(properties: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

export const metadataName = (root: TreeNode | undefined): Written | undefined =>
  written(child(child(root, "metadata"), "name"));
