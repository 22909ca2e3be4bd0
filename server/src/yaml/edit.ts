/**
 * From changes of the tree to changes of the text. What is not changed stays as it is to the byte: comments, order,
 * indentation, quotes, and whether a collection stands in brackets or on lines of its own.
 */
import type { FixEdit } from "../text/fix.ts";
import { composeEdits, type TextEdit } from "../text/text-edit.ts";
import type { ListNode, MapEntry, MapNode, ParsedFile } from "../text/tree.ts";
import { type Added, collectionEdits } from "./edit-collection.ts";
import { EditSource } from "./edit-source.ts";
import { scalarText, valueEdits } from "./edit-value.ts";

/** What is asked of one collection, by all edits together. */
interface Asked {
  readonly removed: Set<number>;
  readonly added: Added[];
}

/** One version of one file, for any number of fixes of it; its tokens are read once. */
export class FileEditor {
  readonly #source: EditSource;

  constructor(private readonly file: ParsedFile) {
    this.#source = new EditSource(file);
  }

  /**
   * The edits of the text that make these changes, in order and apart. Undefined where they cannot be made: a
   * property that is not there, nodes of another version of the file, aliases and tags, edits that contradict each other.
   */
  edits(edits: readonly FixEdit[]): readonly TextEdit[] | undefined {
    const made: TextEdit[] = [];
    const collections = new Map<MapNode | ListNode, Asked>();
    const asked = (node: MapNode | ListNode): Asked => {
      const known = collections.get(node) ?? { removed: new Set(), added: [] };
      collections.set(node, known);
      return known;
    };
    for (const edit of edits) {
      const own = this.#edit(edit, asked);
      if (own === undefined) return undefined;
      made.push(...own);
    }
    // What stands further inside stands first where two lists or maps end on one line.
    const inner = [...collections].sort(([a], [b]) => this.#source.start(b) - this.#source.start(a));
    for (const [node, { removed, added }] of inner) {
      const collection = this.#source.collection(node);
      if (collection === undefined) return undefined;
      const items = node.kind === "map" ? node.entries.map((entry) => entry.value) : node.items;
      const asBlocks = node.kind === "list" && items.some((item) => this.#source.isBlock(item));
      const own = collectionEdits(this.#source, collection, { removed, added, asBlocks });
      if (own === undefined) return undefined;
      made.push(...own);
    }
    return composeEdits(made);
  }

  /** The edits that need no more than their node; the others are left with the collection that they are asked of. */
  #edit(edit: FixEdit, asked: (node: MapNode | ListNode) => Asked): readonly TextEdit[] | undefined {
    switch (edit.edit) {
      case "replace": {
        if (!this.file.layout.has(edit.place.block)) return undefined;
        return [{ ...this.file.layout.offsets(edit.place), text: edit.text }];
      }
      case "set-scalar":
        if (!this.#source.has(edit.node)) return undefined;
        return valueEdits(this.#source, edit.node, edit.value, 0);
      case "set-property":
        return this.#set(edit, asked);
      case "rename-property": {
        const found = this.#entry(edit.map, edit.key);
        if (found === undefined || edit.map.byKey.has(edit.to)) return undefined;
        const { key } = found.entry;
        const text = scalarText(edit.to, key, !this.#source.isBlock(edit.map));
        return [{ start: this.#source.start(key), end: this.#source.end(key), text }];
      }
      case "remove-property": {
        const found = this.#entry(edit.map, edit.key);
        if (found === undefined) return undefined;
        asked(edit.map).removed.add(found.index);
        return [];
      }
      case "add-item":
        if (!this.#source.has(edit.list)) return undefined;
        asked(edit.list).added.push({ key: "", value: edit.value });
        return [];
      case "remove-item":
        if (!this.#source.has(edit.list) || edit.list.items[edit.index] === undefined) return undefined;
        asked(edit.list).removed.add(edit.index);
        return [];
    }
  }

  #set(
    { map, key, value, blockDepth }: FixEdit & { readonly edit: "set-property" },
    asked: (node: MapNode) => Asked,
  ): readonly TextEdit[] | undefined {
    if (!this.#source.has(map)) return undefined;
    if (!map.byKey.has(key)) {
      const { added } = asked(map);
      // Two that set the same property contradict each other.
      if (added.some((one) => one.key === key)) return undefined;
      added.push({ key, value, ...(blockDepth === undefined ? {} : { blockDepth }) });
      return [];
    }
    const found = this.#entry(map, key);
    if (found === undefined || this.#source.collection(map) === undefined) return undefined;
    const column = this.#source.lexemes.column(this.#source.start(found.entry.key));
    return valueEdits(this.#source, found.entry.value, value, column);
  }

  /** The only entry of that key. */
  #entry(map: MapNode, key: string): { readonly entry: MapEntry; readonly index: number } | undefined {
    if (!this.#source.has(map)) return undefined;
    const index = map.entries.findIndex((entry) => entry.key.text === key);
    const entry = map.entries[index];
    const again = map.entries.findLastIndex((one) => one.key.text === key);
    return entry === undefined || again !== index ? undefined : { entry, index };
  }
}
