/** New entries in an Inventory document: behind the last one, in the style of those that are there. */
import type { FixEdit, FixValue } from "../../text/fix.ts";
import type { TextEdit } from "../../text/text-edit.ts";
import {
  child,
  type MapEntry,
  type MapNode,
  type ParsedFile,
  type TreeDocument,
  text,
} from "../../text/tree.ts";
import { blockLines, stringifyYaml } from "../../yaml/stringify.ts";
import { ImportError, type Section } from "./imported.ts";

/** In the order in which they are to stand. */
export type NewEntries = Readonly<Record<Section, readonly (readonly [name: string, value: FixValue])[]>>;

const sections: readonly Section[] = ["identities", "resources"];

export function isInventory(document: TreeDocument): boolean {
  return text(child(document.root, "kind")) === "Inventory";
}

/** A document that holds nothing but these. */
export function newInventory(name: string, added: NewEntries): string {
  const document = { apiVersion: "plumbline/v1", kind: "Inventory", metadata: { name }, spec: specOf(added) };
  return stringifyYaml(document, {
    // Each entry and its properties stand on lines of their own, as people write them.
    isBlock: (path) => path.length === 0 || (path[0] === "spec" && path.length <= 3),
  });
}

function specOf(added: NewEntries): { readonly [key: string]: FixValue } {
  return Object.fromEntries(
    sections.flatMap((section) =>
      added[section].length === 0 ? [] : [[section, Object.fromEntries(added[section])]],
    ),
  );
}

/** What makes room for the entries in one of these documents; `fixes` and `texts` go together. */
export function insertions(
  file: ParsedFile,
  documents: readonly TreeDocument[],
  added: NewEntries,
): { readonly fixes: readonly FixEdit[]; readonly texts: readonly TextEdit[] } {
  const fixes: FixEdit[] = [];
  const texts: TextEdit[] = [];
  const pending = new Map<TreeDocument, NewEntries>();
  for (const section of sections) {
    const entries = added[section];
    if (entries.length === 0) continue;
    const document = documentFor(documents, section);
    const of = child(child(document.root, "spec"), section);
    if (of?.kind === "map" && of.entries.length > 0) {
      const blockDepth = isFlow(file, of.entries.at(-1)?.value) ? 0 : 1;
      for (const [key, value] of entries)
        fixes.push({ edit: "set-property", map: of, key, value, blockDepth });
    } else {
      const before = pending.get(document) ?? { identities: [], resources: [] };
      pending.set(document, { ...before, [section]: entries });
    }
  }
  for (const [document, entries] of pending) {
    const root = document.root;
    if (root?.kind !== "map") throw new Error("an Inventory document without its map");
    const spec = root.byKey.get("spec");
    if (spec === undefined)
      fixes.push({ edit: "set-property", map: root, key: "spec", value: specOf(entries), blockDepth: 3 });
    else if (isEmpty(spec)) texts.push(...filled(file, spec, specOf(entries), 3));
    else if (spec.value.kind === "map")
      for (const [section, value] of Object.entries(specOf(entries))) {
        const own = spec.value.byKey.get(section);
        if (own === undefined)
          fixes.push({ edit: "set-property", map: spec.value, key: section, value, blockDepth: 2 });
        else if (isEmpty(own)) texts.push(...filled(file, own, value, 2));
        else throw unfit(file, own);
      }
    else throw unfit(file, spec);
  }
  return { fixes, texts };
}

/** The first Inventory that has such entries, else the first one. */
export function documentFor(documents: readonly TreeDocument[], section: Section): TreeDocument {
  const [first] = documents;
  if (first === undefined) throw new Error("no Inventory document");
  return documents.find((one) => child(child(one.root, "spec"), section) !== undefined) ?? first;
}

function isEmpty({ value }: MapEntry): boolean {
  return value.kind === "scalar" ? value.value === null : value.kind === "map" && value.entries.length === 0;
}

function isFlow({ layout }: ParsedFile, node: MapEntry["value"] | undefined): boolean {
  return node?.kind === "map" && layout.text.charAt(layout.offsets(node.place).start) === "{";
}

/** `identities: {}` and `identities:` become a block; a comment behind stays where it is, with the blank before it. */
function filled(
  file: ParsedFile,
  { key, value: empty }: MapEntry,
  value: FixValue,
  depth: number,
): readonly TextEdit[] {
  const source = file.layout.text;
  const { start, end } = file.layout.offsets(key.place);
  const column = start - (source.lastIndexOf("\n", start - 1) + 1);
  const found = /^([ \t]*:)((?:[ \t]*(?:\{[ \t]*\}|~|null))?)[ \t]*(?:#[^\r\n]*)?(?=\r?\n|$)/i.exec(
    source.slice(end),
  );
  // What stands for nothing can also stand on a line of its own, behind the lines that would be added.
  const written = file.layout.offsets(empty.place);
  const isBelow = written.end > written.start && written.start > end + (found?.[0].length ?? 0);
  const isOwnLine = /^[ ]*$/.test(source.slice(start - column, start));
  if (found === null || isBelow || !isOwnLine || typeof value !== "object" || Array.isArray(value))
    throw new ImportError(
      `${lineOf(file, key.place)} is empty in a way that is not filled in automatically. Remove ${key.text} there; the import adds it anew.`,
    );
  const [line = "", colon = "", nothing = ""] = found;
  const lineBreak = source.includes("\r\n") ? "\r\n" : "\n";
  const [, ...lines] = blockLines({ [key.text]: value }, column, (path) => path.length <= depth);
  const behind = end + line.length;
  return [
    { start: end + colon.length, end: end + colon.length + nothing.length, text: "" },
    { start: behind, end: behind, text: lineBreak + lines.join(lineBreak) },
  ];
}

function unfit(file: ParsedFile, { key }: MapEntry): ImportError {
  return new ImportError(
    `${lineOf(file, key.place)}: ${key.text} is not a map, so nothing can be added to it.`,
  );
}

function lineOf({ layout }: ParsedFile, place: MapNode["place"]): string {
  return `Line ${layout.range(place).start.line + 1} of the inventory`;
}
