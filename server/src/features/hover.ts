/** Hover: on every own symbol, on what a condition reads, on every keyword. */
import { catalogue } from "../access/catalogue.ts";
import { schemaDoc } from "../policy/schema-docs.ts";
import { kindOf } from "../policy/schema-kinds.ts";
import type { SourceLayout } from "../text/layout.ts";
import type { Position, Range } from "../text/place.ts";
import type { ParsedFile, TreeNode } from "../text/tree.ts";
import { type ControlPlaneSnapshot, controlPlaneOf, type Snapshot } from "../workspace/snapshot.ts";
import { describeSymbol } from "./describe-symbol.ts";
import { ruleWithConditionAt, symbolAt } from "./symbol-at.ts";

export interface Hover {
  readonly markdown: string;
  readonly range?: Range;
}

export function hover(snapshot: Snapshot, uri: string, position: Position): Hover | undefined {
  const layout = snapshot.layouts.get(uri);
  if (layout === undefined) return undefined;
  const offset = layout.offsetAt(position);
  const plane = controlPlaneOf(snapshot, uri);
  const file = plane?.files.find((one) => one.uri === uri);
  if (plane === undefined || file === undefined) return undefined;
  return (
    conditionHover(plane, layout, offset) ??
    symbolHover(plane, layout, offset) ??
    keywordHover(file, layout, offset)
  );
}

function symbolHover(plane: ControlPlaneSnapshot, layout: SourceLayout, offset: number): Hover | undefined {
  const found = symbolAt(plane, layout, offset);
  return found && { markdown: describeSymbol(plane, found.symbol), range: layout.range(found.place) };
}

/** The attribute under the cursor: what it is, and which enforcement points can see it. */
function conditionHover(
  plane: ControlPlaneSnapshot,
  layout: SourceLayout,
  offset: number,
): Hover | undefined {
  const condition = ruleWithConditionAt(plane, layout, offset)?.condition;
  if (condition?.node.kind !== "scalar") return undefined;
  const base = layout.base(condition.node.place.block);
  const at = condition.node.segments.toValue(offset - base);
  const read =
    at === undefined
      ? undefined
      : condition.compiled.attributes.find((one) => one.start <= at && at <= one.end);
  if (read === undefined) return undefined;
  const definition = catalogue.get(read.attribute.id);
  if (definition === undefined) return undefined;
  const seen = Object.entries(definition.visible).map(([point, name]) => `${point} (\`${name}\`)`);
  const { start, end } = condition.node.segments.toSource(read.start, read.end);
  return {
    markdown: [
      `**\`${read.attribute.key}\`** · ${definition.celType}`,
      definition.description,
      seen.length > 0
        ? `Seen by ${seen.join(", ")}`
        : "No enforcement point that Plumbline knows can see it when it authorises.",
    ].join("  \n"),
    range: { start: layout.positionAt(base + start), end: layout.positionAt(base + end) },
  };
}

function keywordHover(file: ParsedFile, layout: SourceLayout, offset: number): Hover | undefined {
  for (const document of file.documents) {
    const kind = kindOf(document);
    if (kind === undefined || document.root === undefined) continue;
    const found = keyAt(document.root, layout, offset, []);
    if (found === undefined) continue;
    const doc = schemaDoc(kind, found.path, document.root);
    if (doc?.description === undefined) return undefined;
    const values =
      doc.values.length > 0 ? `One of ${doc.values.map((value) => `\`${value}\``).join(", ")}.` : "";
    const needed = doc.required ? "Required." : "";
    return {
      markdown: [
        `**\`${found.path.at(-1)}\`**`,
        doc.description,
        [needed, values].filter((one) => one !== "").join(" "),
      ]
        .filter((one) => one !== "")
        .join("  \n"),
      range: layout.range(found.place),
    };
  }
  return undefined;
}

interface KeyAt {
  readonly path: readonly (string | number)[];
  readonly place: Parameters<SourceLayout["range"]>[0];
}

/** The key under the cursor, or the key of the scalar under it. */
function keyAt(node: TreeNode, layout: SourceLayout, offset: number, path: KeyAt["path"]): KeyAt | undefined {
  if (node.kind === "list") {
    for (const [index, item] of node.items.entries())
      if (layout.contains(item.place, offset)) return keyAt(item, layout, offset, [...path, index]);
    return undefined;
  }
  if (node.kind !== "map") return undefined;
  for (const entry of node.entries) {
    const own = [...path, entry.key.text];
    if (layout.contains(entry.key.place, offset)) return { path: own, place: entry.key.place };
    if (!layout.contains(entry.value.place, offset)) continue;
    return entry.value.kind === "scalar"
      ? { path: own, place: entry.value.place }
      : keyAt(entry.value, layout, offset, own);
  }
  return undefined;
}
