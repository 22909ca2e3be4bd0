/** Writes our own files the way people write them: blocks for what is long, one line for what fits on one. */
import { stringify } from "yaml";
import { visible, visibleJson } from "../text/shown.ts";

/** A JSON value; undefined members are left out. */
export type Writable =
  | null
  | boolean
  | number
  | string
  | readonly Writable[]
  | { readonly [key: string]: Writable | undefined };

/** Keys and indexes from the document's root. */
export type WritablePath = readonly (string | number)[];

export interface StringifyOptions {
  /** The collections that are blocks however short they are; the rest is written on one line where it fits. */
  readonly isBlock: (path: WritablePath) => boolean;
  /** Characters of a line. Default: 120. */
  readonly width?: number;
}

/** Characters of a line. */
export const defaultWidth = 120;

/** A document that ends in a line break. What reads back is the value itself: scalars are quoted where YAML asks for it. */
export function stringifyYaml(value: Writable, { isBlock, width = defaultWidth }: StringifyOptions): string {
  return `${new Writer(isBlock, width).block(value, [], 0).join("\n")}\n`;
}

/** The lines of a collection that is a block, as `stringifyYaml` writes it, each indented; of anything else the one line. */
export function blockLines(
  value: Writable,
  indent: number,
  isBlock: StringifyOptions["isBlock"],
): readonly string[] {
  return new Writer(isBlock, defaultWidth).block(value, [], indent);
}

class Writer {
  constructor(
    private readonly isBlock: StringifyOptions["isBlock"],
    private readonly width: number,
  ) {}

  /** The lines of a value, each indented. */
  block(value: Writable, path: WritablePath, indent: number): readonly string[] {
    const pad = " ".repeat(indent);
    if (isList(value) && value.length > 0)
      return value.flatMap((item, index) => {
        const written = this.#entry(item, [...path, index], indent, 2);
        if (typeof written === "string") return [`${pad}- ${written}`];
        // The first line of an entry stands behind the dash, in its column.
        return written.map((line, at) => (at === 0 ? `${pad}- ${line.slice(indent + 2)}` : line));
      });
    if (isMap(value) && membersOf(value).length > 0)
      return membersOf(value).flatMap(([key, member]) => {
        const name = plain(key);
        const written = this.#entry(member, [...path, key], indent, name.length + 2);
        return typeof written === "string" ? [`${pad}${name}: ${written}`] : [`${pad}${name}:`, ...written];
      });
    return [pad + flow(value)];
  }

  /** One line, or the lines of a block inside of the one at `indent`. `before`: the characters in front of it. */
  #entry(value: Writable, path: WritablePath, indent: number, before: number): string | readonly string[] {
    if (!isList(value) && !isMap(value)) return plain(value);
    const line = flow(value);
    const isEmpty = line === "[]" || line === "{}";
    if (isEmpty) return line;
    const fits = !this.isBlock(path) && indent + before + line.length <= this.width;
    return fits ? line : this.block(value, path, indent + 2);
  }
}

/** On one line, as it can stand anywhere: `{ a: [1, 2] }`. */
export function flow(value: Writable): string {
  if (isList(value)) return `[${value.map(flow).join(", ")}]`;
  if (!isMap(value)) return scalar(value);
  const members = membersOf(value).map(([key, member]) => `${scalar(key)}: ${flow(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** As the library writes a scalar in a block, where commas and brackets need no quotes. */
export function plain(value: Exclude<Writable, object>): string {
  const text = stringify(value, { lineWidth: 0 });
  // A text of several lines would become a block scalar; on one line it is quoted.
  return value !== "<<" && !acts(value) && /^[^\n|>][^\n]*\n$/.test(text) ? text.slice(0, -1) : scalar(value);
}

/** As the library writes it inside of a flow collection. */
function scalar(value: Exclude<Writable, object>): string {
  if (value === null) return "null";
  // Plain scalars and quotes never break a line: folding would only hide where a text ends.
  const text = stringify([value], { collectionStyle: "flow", lineWidth: 0, flowCollectionPadding: false });
  // As a key it would be a merge key, which policy files have not.
  if (value === "<<") return JSON.stringify(value);
  // YAML may hold characters that turn the direction of text as they are, and a reviewer would see another one.
  if (acts(value)) return visibleJson(JSON.stringify(value));
  const [, inner] = /^\[([^\n]*)\]\n$/.exec(text) ?? [];
  return inner ?? JSON.stringify(value);
}

function acts(value: Exclude<Writable, object>): boolean {
  if (typeof value !== "string") return false;
  return value.includes("##[") || value.split(/[\t\n\r]/).some((part) => visible(part) !== part);
}

function membersOf(value: { readonly [key: string]: Writable | undefined }): (readonly [string, Writable])[] {
  return Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : [[key, member] as const],
  );
}

function isList(value: Writable): value is readonly Writable[] {
  return Array.isArray(value);
}

function isMap(value: Writable): value is { readonly [key: string]: Writable | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
