/** Values as they are written into a file, and what it takes to put one where another stands. */
import type { FixValue } from "../text/fix.ts";
import type { TextEdit } from "../text/text-edit.ts";
import type { ScalarNode, TreeNode } from "../text/tree.ts";
import type { EditSource } from "./edit-source.ts";
import { blockLines, defaultWidth, flow, plain } from "./stringify.ts";

/** On one line, as it can stand between the brackets of a flow collection. */
export function flowText(value: FixValue, isJson: boolean): string {
  return isJson ? json(value) : flow(value);
}

/** A scalar in the quotes of the one that it replaces, where it can have them. */
export function scalarText(
  value: string | number | boolean,
  { style }: Pick<ScalarNode, "style">,
  isInFlow: boolean,
): string {
  if (typeof value !== "string") return JSON.stringify(value);
  if (style === "double" || style === "json") return JSON.stringify(value);
  if (style === "single" && !/\p{Cc}/u.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return isInFlow ? flow(value) : plain(value);
}

/**
 * Puts another value where `node` stands. `column`: that of the key or dash that it belongs to. Undefined where the
 * node is written in a way that is left alone.
 */
export function valueEdits(
  source: EditSource,
  node: TreeNode,
  value: FixValue,
  column: number,
): readonly TextEdit[] | undefined {
  const { lexemes } = source;
  const start = source.start(node);
  const before = lexemes.previous(start);
  if (before !== undefined && (before.type === "anchor" || before.type === "tag")) return undefined;
  if (node.kind !== "scalar" && source.isBlock(node))
    return source.collection(node) && blockEdits(source, node, value, column);
  const token = lexemes.at(start);
  if (token?.type === "alias") return undefined;
  const nearest = source.isMissing(node) ? before : token;
  const isInFlow = (nearest?.depth ?? 0) > 0 || isOpening(before?.type);
  if (node.kind !== "scalar") return [{ start, end: source.end(node), text: flowText(value, source.isJson) }];
  const text = typeof value === "object" ? flowText(value, source.isJson) : scalarText(value, node, isInFlow);
  if (source.isMissing(node)) return missingEdits(source, start, text);
  if (token?.type === "block-scalar-header") {
    const body = lexemes.nextLine(token.end);
    const end = source.lineBehind(source.end(node));
    return [{ start, end: token.end, text }, ...(end > body ? [{ start: body, end, text: "" }] : [])];
  }
  const fits = lexemes.column(start) + text.length <= defaultWidth;
  if (typeof value !== "object" || isInFlow || fits || before === undefined)
    return [{ start, end: source.end(node), text }];
  const from = lexemes.hasComment(before.end, start) ? start : before.end;
  return [{ start: from, end: source.end(node), text: lowered(source, value, column + 2) }];
}

/** The lines of a new block entry, without a line break behind the last. */
export function lowered(source: EditSource, value: FixValue, column: number): string {
  const { lineBreak } = source.lexemes;
  return lineBreak + blockLines(value, column, (path) => path.length === 0).join(lineBreak);
}

function missingEdits(source: EditSource, start: number, text: string): readonly TextEdit[] {
  const { lexemes } = source;
  const next = lexemes.next(start);
  const before = next?.type === "map-value-ind" ? next : lexemes.previous(start);
  const at = before?.end ?? start;
  const isKey = before !== undefined && before.type !== "map-value-ind" && before.type !== "seq-item-ind";
  return [{ start: at, end: at, text: isKey ? `: ${text}` : ` ${text}` }];
}

/** Another value for a block collection: a block again where it can be one. */
function blockEdits(
  source: EditSource,
  node: TreeNode,
  value: FixValue,
  column: number,
): readonly TextEdit[] | undefined {
  const { lexemes } = source;
  const [start, end] = [source.start(node), source.end(node)];
  const kind = typeof value !== "object" ? "scalar" : Array.isArray(value) ? "list" : "map";
  if (kind === node.kind && Object.keys(value).length > 0) {
    const lines = blockLines(value, lexemes.column(start), (path) => path.length === 0);
    return [{ start, end, text: lines.join(lexemes.lineBreak).trimStart() }];
  }
  const text = typeof value === "object" ? flowText(value, false) : plain(value);
  const fits = kind === "scalar" || Object.keys(value).length === 0 || column + text.length < defaultWidth;
  return inPlaceOf(source, start, end, fits ? ` ${text}` : lowered(source, value, column + 2));
}

/** Takes the lines of a block collection out and writes `text` behind the indicator in front of it. */
export function inPlaceOf(
  source: EditSource,
  start: number,
  end: number,
  text: string,
  from = start,
): readonly TextEdit[] | undefined {
  const { lexemes } = source;
  const before = lexemes.previous(start);
  const behind = source.lineBehind(end);
  const isIndicator = before?.type === "map-value-ind" || before?.type === "seq-item-ind";
  if (before === undefined || before.type === "doc-start")
    return [{ start, end: withoutBreak(lexemes.text, behind), text: text.trim() }];
  if (!isIndicator) return undefined;
  if (!lexemes.startsLine(start))
    return [{ start: before.end, end: withoutBreak(lexemes.text, behind), text }];
  return [
    { start: before.end, end: before.end, text },
    { start: lexemes.lineStart(from), end: behind, text: "" },
  ];
}

/** The end of the line that ends before `nextLine`. */
export function withoutBreak(text: string, nextLine: number): number {
  if (text.charAt(nextLine - 1) !== "\n") return nextLine;
  return text.charAt(nextLine - 2) === "\r" ? nextLine - 2 : nextLine - 1;
}

function isOpening(type: string | undefined): boolean {
  return type === "flow-map-start" || type === "flow-seq-start";
}

function json(value: FixValue): string {
  if (typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(json).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([key, member]) => `${JSON.stringify(key)}: ${json(member)}`)
    .join(", ")}}`;
}

function isList(value: FixValue): value is readonly FixValue[] {
  return Array.isArray(value);
}
