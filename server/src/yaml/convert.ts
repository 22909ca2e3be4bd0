import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, type Scalar } from "yaml";
import type { BlockCutter } from "../text/blocks.ts";
import type { Place } from "../text/place.ts";
import type { ListNode, MapEntry, MapNode, ScalarNode, ScalarStyle, TreeNode } from "../text/tree.ts";
import { AliasBomb, type Anchored, Expansion } from "./aliases.ts";
import { contentEnd, type Dialect } from "./cuts.ts";
import { MeantScalar, type Piece } from "./meant-scalar.ts";
import type { RawProblem } from "./raw-problem.ts";
import { YamlScalar } from "./scalar.ts";

/** A scalar that the reader replaces by what its author meant. Offsets relative to the document. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly pieces: readonly Piece[];
}

export interface Conversion {
  readonly root: TreeNode | undefined;
  readonly problems: readonly RawProblem[];
}

/** Converts one document of `yaml` into the neutral tree. `base` is the offset of its source in the file. */
export function convert(
  contents: ParsedNode | null,
  text: string,
  base: number,
  blocks: BlockCutter,
  dialect: Dialect,
  replacements: readonly Replacement[] = [],
): Conversion {
  if (contents === null) return { root: undefined, problems: [] };
  const converter = new Converter(text, base, blocks, dialect, replacements);
  try {
    const root = converter.convert(contents);
    const empty = root.kind === "scalar" && root.value === null && root.text === "";
    return { root: empty ? undefined : root, problems: converter.problems };
  } catch (error) {
    if (!(error instanceof AliasBomb)) throw error;
    return { root: undefined, problems: [error.problem] };
  }
}

class Converter {
  readonly problems: RawProblem[] = [];
  readonly #expansion = new Expansion();
  readonly #replaced: ReadonlyMap<number, Replacement>;

  constructor(
    private readonly text: string,
    private readonly base: number,
    private readonly blocks: BlockCutter,
    private readonly dialect: Dialect,
    replacements: readonly Replacement[],
  ) {
    this.#replaced = new Map(replacements.map((one) => [one.start, one]));
  }

  convert(node: ParsedNode): TreeNode {
    if (isAlias(node)) return this.#alias(node.source, node.range[0], node.range[1]);
    const before = this.#expansion.enter();
    const made = this.#node(node);
    this.#expansion.leave(before, made, node.anchor);
    return made;
  }

  #node(node: Exclude<ParsedNode, { source: string; value?: never }>): TreeNode {
    if (isMap(node)) return this.#map(node.items as Pair<ParsedNode, ParsedNode | null>[], node);
    if (isSeq(node)) {
      const items = (node.items as ParsedNode[]).map((item) => this.convert(item));
      return { kind: "list", place: this.#collectionPlace(node), items } satisfies ListNode;
    }
    if (isScalar(node)) return this.#scalar(node as Scalar.Parsed);
    throw new Error("a node of an unknown kind");
  }

  #map(pairs: readonly Pair<ParsedNode, ParsedNode | null>[], node: ParsedNode): MapNode {
    const entries: MapEntry[] = [];
    const byKey = new Map<string, MapEntry>();
    const merges: TreeNode[] = [];
    let firstKeys: ReadonlyMap<string, ParsedNode> | undefined;
    for (const pair of pairs) {
      const key = this.#key(pair.key);
      const value = pair.value === null ? this.#missing(pair.key) : this.convert(pair.value);
      if (key.style === "plain" && key.text === "<<" && isMergeable(value)) {
        merges.push(value);
        continue;
      }
      if (byKey.has(key.text)) {
        firstKeys ??= keysByText(pairs);
        this.#duplicate(key.text, firstKeys.get(key.text), pair.key);
      }
      const entry: MapEntry = { key, value };
      entries.push(entry);
      byKey.set(key.text, entry);
    }
    // The entries of the map itself win over merged ones, and of merged maps the first (YAML 1.1 merge key).
    for (const merged of merges.flatMap((value) => (value.kind === "list" ? value.items : [value]))) {
      for (const entry of merged.kind === "map" ? merged.entries : []) {
        if (byKey.has(entry.key.text)) continue;
        entries.push(entry);
        byKey.set(entry.key.text, entry);
      }
    }
    return { kind: "map", place: this.#collectionPlace(node), entries, byKey };
  }

  #key(node: ParsedNode): ScalarNode {
    const key = this.convert(node);
    if (key.kind === "scalar") return key;
    const [start, end] = [node.range[0], contentEnd(node)];
    this.#problem(
      "yaml/complex-key",
      start,
      end,
      "A key must be a single text, not a list or a map. Quote it.",
    );
    const source = this.text.slice(this.base + start, this.base + end);
    return new YamlScalar(this.#place(start, end), "plain", source, source);
  }

  #missing(key: ParsedNode): ScalarNode {
    const end = contentEnd(key);
    return new YamlScalar(this.#place(end, end), "plain", null, "");
  }

  #duplicate(name: string, first: ParsedNode | undefined, key: ParsedNode): void {
    const related = first === undefined ? [] : [{ ...this.#range(first), message: "The first one is here." }];
    this.problems.push({
      code: "yaml/duplicate-key",
      severity: this.dialect === "plumbline" ? "error" : "warning",
      message: `The key ${JSON.stringify(name)} stands twice in this map, and only the last would count. Remove or rename one of them.`,
      ...this.#range(key),
      related,
    });
  }

  #scalar(node: Scalar.Parsed): ScalarNode {
    const [start, end] = node.range;
    const replaced = this.#replaced.get(start);
    if (replaced !== undefined) {
      const pieces = replaced.pieces.map((one) => ({ start: one.start - start, end: one.end - start }));
      return new MeantScalar(this.#place(replaced.start, replaced.end), pieces);
    }
    const style = styleOf(node);
    if (style === "plain" && end === start) return this.#emptyScalar(start);
    const token = node.srcToken;
    const isBlock = style === "literal" || style === "folded";
    const visible = isBlock ? this.#trimmed(start, end) : end;
    const place = this.#place(start, visible);
    const decoded = node.source ?? "";
    const unsafe =
      !isBlock &&
      style !== "double" &&
      end - start > decoded.length &&
      /[\r\u2028\u2029]/.test(this.#source(start, end));
    const text = unsafe ? new YamlScalar(place, style, null, "").decode() : decoded;
    const indent = isBlock && token?.type === "block-scalar" ? token.indent : 0;
    return new YamlScalar(place, style, scalarValue(node, text), text, end - visible, indent);
  }

  /** A value that is not there stands right behind its key's colon, or wherever the parser puts it. */
  #emptyScalar(start: number): ScalarNode {
    return new YamlScalar(this.#place(start, start), "plain", null, "");
  }

  #alias(name: string, start: number, end: number): TreeNode {
    const target: Anchored | undefined = this.#expansion.anchors.get(name);
    if (target === undefined) {
      this.#problem(
        "yaml/alias",
        start,
        end,
        `There is no anchor &${name} before this alias, so it has no value. Define the anchor first, or quote the text.`,
      );
      return new YamlScalar(this.#place(start, end), "plain", null, this.#source(start, end));
    }
    if (!this.#expansion.expand(target))
      throw new AliasBomb({
        code: "yaml/alias-bomb",
        severity: "error",
        message: `The aliases of this document expand to more than a parser should build (at *${name}), so it was not read. Write the values out.`,
        start: this.base + start,
        end: this.base + end,
      });
    return target.node;
  }

  #problem(code: string, start: number, end: number, message: string): void {
    // In policy files each alias is a problem already.
    if (code === "yaml/alias" && this.dialect === "plumbline") return;
    const severity = this.dialect === "plumbline" ? "error" : "warning";
    this.problems.push({ code, severity, message, start: this.base + start, end: this.base + end });
  }

  #range(node: ParsedNode): { start: number; end: number } {
    return { start: this.base + node.range[0], end: this.base + contentEnd(node) };
  }

  #source(start: number, end: number): string {
    return this.text.slice(this.base + start, this.base + end);
  }

  #place(start: number, end: number): Place {
    return this.blocks.place(this.base + start, this.base + Math.max(start, end));
  }

  /** A block collection ends where its last value ends. */
  #collectionPlace(node: ParsedNode): Place {
    const end = contentEnd(node);
    return this.#place(node.range[0], this.#trimmed(node.range[0], end));
  }

  /** `end` without the line breaks and blanks in front of it. */
  #trimmed(start: number, end: number): number {
    let at = this.base + end;
    while (at > this.base + start && " \t\r\n".includes(this.text.charAt(at - 1))) at--;
    return at - this.base;
  }
}

function isMergeable(value: TreeNode): boolean {
  if (value.kind === "map") return true;
  return value.kind === "list" && value.items.every((item) => item.kind === "map");
}

/** The first key node of each text. */
function keysByText(pairs: readonly Pair<ParsedNode, ParsedNode | null>[]): ReadonlyMap<string, ParsedNode> {
  const keys = new Map<string, ParsedNode>();
  for (const { key } of pairs) {
    const text = isScalar(key) ? (key.source ?? "") : undefined;
    if (text !== undefined && !keys.has(text)) keys.set(text, key);
  }
  return keys;
}

function styleOf(node: Scalar.Parsed): ScalarStyle {
  switch (node.type) {
    case "QUOTE_SINGLE":
      return "single";
    case "QUOTE_DOUBLE":
      return "double";
    case "BLOCK_LITERAL":
      return "literal";
    case "BLOCK_FOLDED":
      return "folded";
    default:
      return "plain";
  }
}

/** The value by the core schema; whatever a tag makes of a scalar beyond that stays text. */
function scalarValue(node: Scalar.Parsed, text: string): string | number | boolean | null {
  const value: unknown = node.value;
  if (value === null || typeof value === "number" || typeof value === "boolean") return value;
  return text;
}
