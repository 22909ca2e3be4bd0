/** Hover on the keywords of all four kinds: what the schema says of them. */
import { schemaDoc } from "../policy/schema-docs.ts";
import { kindOf } from "../policy/schema-kinds.ts";
import type { SourceLayout } from "../text/layout.ts";
import type { Place } from "../text/place.ts";
import type { ParsedFile, TreeNode } from "../text/tree.ts";
import { code, paragraph } from "./describe/markdown.ts";
import type { Hover } from "./hover-result.ts";

export function keywordHover({ documents, layout }: ParsedFile, offset: number): Hover | undefined {
  const document = documents.find((one) => layout.contains(one.place, offset));
  const kind = document && kindOf(document);
  if (document?.root === undefined || kind === undefined) return undefined;
  const found = keyAt(document.root, layout, offset);
  if (found === undefined) return undefined;
  const doc = schemaDoc(kind, found.path, document.root);
  if (doc?.description === undefined) return undefined;
  const values = doc.values.length > 1 ? `One of ${doc.values.map(code).join(", ")}.` : "";
  return {
    markdown: paragraph([
      `**${code(String(found.path.at(-1)))}**${doc.required ? " · required" : ""}`,
      doc.description,
      values,
    ]),
    range: layout.range(found.place),
  };
}

interface KeyAt {
  readonly path: readonly (string | number)[];
  readonly place: Place;
}

/** The key under the cursor, or the key of the scalar under it. */
function keyAt(root: TreeNode, layout: SourceLayout, offset: number): KeyAt | undefined {
  const path: (string | number)[] = [];
  let node = root;
  for (;;) {
    switch (node.kind) {
      case "scalar": {
        // The items of a list of scalars belong to the list's key; a document that is a scalar has none.
        const named = path.findLastIndex((step) => typeof step === "string");
        return named < 0 ? undefined : { path: path.slice(0, named + 1), place: node.place };
      }
      case "list": {
        const index = lastFrom(node.items, (item) => item.place, layout, offset);
        const item = node.items[index];
        if (item === undefined || !layout.contains(item.place, offset)) return undefined;
        path.push(index);
        node = item;
        break;
      }
      case "map": {
        const entry = node.entries[lastFrom(node.entries, (one) => one.key.place, layout, offset)];
        if (entry === undefined) return undefined;
        path.push(entry.key.text);
        if (layout.contains(entry.key.place, offset)) return { path, place: entry.key.place };
        if (!layout.contains(entry.value.place, offset)) return undefined;
        node = entry.value;
        break;
      }
    }
  }
}

/** The index of the last of `parts`, which stand in the order of the file, that starts at the offset or before; or -1. */
function lastFrom<T>(
  parts: readonly T[],
  placeOf: (part: T) => Place,
  layout: SourceLayout,
  offset: number,
): number {
  let low = -1;
  let high = parts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const part = parts[middle];
    if (part !== undefined && layout.offsets(placeOf(part)).start <= offset) low = middle;
    else high = middle;
  }
  return low;
}
