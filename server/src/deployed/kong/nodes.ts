import { parseAddress } from "../../access/network.ts";
import type { Place } from "../../text/place.ts";
import { child, isNull, items, type MapNode, type TreeNode, text } from "../../text/tree.ts";

/** A reference as decK writes it: the name, or `{ name }`, `{ username }` or `{ id }`. */
export function reference(node: TreeNode | undefined): string | undefined {
  return text(node) ?? text(child(node, "name")) ?? text(child(node, "username")) ?? text(child(node, "id"));
}

export function maps(node: TreeNode | undefined): readonly MapNode[] {
  return items(node).flatMap((item) => (item.kind === "map" ? [item] : []));
}

export function booleanOf(node: TreeNode | undefined, otherwise: boolean): boolean {
  return node?.kind === "scalar" && typeof node.value === "boolean" ? node.value : otherwise;
}

export function numberOf(node: TreeNode | undefined): number | undefined {
  return node?.kind === "scalar" && typeof node.value === "number" ? node.value : undefined;
}

/** The place of a value that is there and not null. */
export function placeOf(node: TreeNode | undefined): Place | undefined {
  return isNull(node) ? undefined : node?.place;
}

/** An address or network as `address/bits`. */
export function asNetwork(address: string): string {
  if (address.includes("/")) return address;
  return `${address}/${parseAddress(address)?.version === 6 ? 128 : 32}`;
}
