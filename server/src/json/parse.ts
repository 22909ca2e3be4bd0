import { BlockCutter } from "../text/blocks.ts";
import { SourceLayout } from "../text/layout.ts";
import type { ParsedFile } from "../text/tree.ts";
import { depthBeyond, valueEnd } from "./members.ts";
import { type JsonValue, jsonNode } from "./nodes.ts";
import { scanJson, skipSpace } from "./scan.ts";

/** How deep objects and arrays may nest: as in YAML files, since the same code walks both. */
const maxDepth = 200;

/**
 * Reads a JSON file (RFC 8259) into the neutral tree: one document, one block. Never throws. Values come from
 * `JSON.parse`; places are found when first asked for. Duplicate keys: see `duplicateKeys`.
 */
export function parseJson(
  uri: string,
  text: string,
  { maxBytes = 64_000_000 }: { readonly maxBytes?: number } = {},
): ParsedFile {
  const blocks = new BlockCutter(uri, text);
  blocks.cut(0, text.length, []);
  const layout = new SourceLayout(uri, text, blocks.bases);
  const place = blocks.place(0, text.length);
  const failed = (code: string, message: string, start: number, end: number): ParsedFile => ({
    uri,
    layout,
    documents: [{ root: undefined, place }],
    problems: [{ code, severity: "error", message, place: blocks.place(start, end) }],
  });

  // A byte of UTF-8 is at least a third of a UTF-16 unit; files near the limit only are measured exactly.
  if (
    text.length > maxBytes ||
    (text.length * 3 > maxBytes && new TextEncoder().encode(text).length > maxBytes)
  )
    return failed(
      "json/too-large",
      `The file is larger than ${Math.floor(maxBytes / 1e6)} MB, so it was not read. Export less, or split it.`,
      0,
      0,
    );
  const deep = depthBeyond(text, maxDepth);
  if (deep !== undefined)
    return failed(
      "json/too-deep",
      `Objects and arrays are nested more than ${maxDepth} deep here, so the file was not read. Flatten it.`,
      deep,
      deep + 1,
    );
  const start = skipSpace(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);
  let value: JsonValue;
  try {
    value = JSON.parse(start === 0 ? text : text.slice(start)) as JsonValue;
  } catch (thrown) {
    const error = scanJson(text);
    if (error !== undefined) return failed("json/syntax", error.message, error.start, error.end);
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return failed("json/syntax", `The file is not JSON: ${reason}.`, 0, 0);
  }
  const root = jsonNode(value, place.block, () => ({ start, end: valueEnd(text, start) }));
  return { uri, layout, documents: [{ root, place }], problems: [] };
}
