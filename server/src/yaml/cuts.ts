import { isMap, isScalar, isSeq, type ParsedNode, type YAMLMap, type YAMLSeq } from "yaml";

export type Dialect = "plumbline" | "deployed";

/**
 * Where a document is cut into blocks (absolute offsets): around each entry of the block-style collections at
 * `spec.<section>`; in deployed files, which are cut by whole documents, around each entry of a top-level `items`.
 * An entry reaches from the start of its line to the end of its last line; comments between entries stay outside.
 */
export function blockCuts(
  contents: ParsedNode | null,
  text: string,
  base: number,
  dialect: Dialect,
): readonly number[] {
  if (!isMap(contents)) return [];
  const cuts: number[] = [];
  if (dialect === "deployed") addEntries(valueAt(contents, "items"), text, base, cuts);
  else {
    const spec = valueAt(contents, "spec");
    if (isMap(spec)) for (const section of spec.items) addEntries(section.value, text, base, cuts);
  }
  return cuts;
}

function valueAt(map: YAMLMap.Parsed, key: string): unknown {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.value;
}

function addEntries(section: unknown, text: string, base: number, cuts: number[]): void {
  if (!(isMap(section) || isSeq(section)) || section.flow === true) return;
  for (const { start, end } of entryRanges(section as YAMLMap.Parsed | YAMLSeq.Parsed)) {
    const from = lineStart(text, base + start);
    cuts.push(from, lineEnd(text, base + Math.max(start, end)));
  }
}

/** Key or item start and value end of each entry, relative to the document. */
function entryRanges(section: YAMLMap.Parsed | YAMLSeq.Parsed): readonly { start: number; end: number }[] {
  if (isSeq(section))
    return (section.items as readonly ParsedNode[]).map((item) => ({
      start: item.range[0],
      end: contentEnd(item),
    }));
  return section.items.map((pair) => ({
    start: pair.key.range[0],
    end: pair.value === null ? pair.key.range[1] : contentEnd(pair.value),
  }));
}

/** Where the last scalar inside a node ends; the ranges of block collections reach over the comments behind them. */
export function contentEnd(node: ParsedNode): number {
  let current: ParsedNode = node;
  for (;;) {
    if (isMap(current) && !current.flow) {
      const last = current.items.at(-1);
      if (last === undefined) return current.range[1];
      current = last.value ?? last.key;
    } else if (isSeq(current) && !current.flow) {
      const last: unknown = current.items.at(-1);
      if (last === undefined) return current.range[1];
      current = last as ParsedNode;
    } else return current.range[1];
  }
}

/** The start of the line, where only indentation and `-` or `?` stand in front of `offset`; else `offset`. */
function lineStart(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && " \t-?".includes(text.charAt(at - 1))) at--;
  return at === 0 || text.charAt(at - 1) === "\n" ? at : offset;
}

/** Behind the line break of the line, where only a comment stands behind `offset`; else `offset`. */
function lineEnd(text: string, offset: number): number {
  if (offset > 0 && text.charAt(offset - 1) === "\n") return offset;
  const found = text.indexOf("\n", offset);
  const end = found < 0 ? text.length : found + 1;
  return /^[ \t]*(?:#|\r?\n?$)/.test(text.slice(offset, end)) ? end : offset;
}
