import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { at, type ScalarNode, type ScalarStyle } from "../../../server/src/text/tree.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";

/** Writes a text as a scalar of one style; undefined where YAML cannot. */
type Emitter = (text: string, indent: string, width: number) => string | undefined;

const hex = (unit: number, length: number): string => unit.toString(16).padStart(length, "0");

/** Escapes by every notation that YAML has, depending on the position, and folds lines at spaces. */
const double: Emitter = (text, indent, width) => {
  let out = '"';
  let index = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    index++;
    if (character === '"' || character === "\\") out += `\\${character}`;
    else if (character === "\n") out += index % 2 ? "\\n" : `\n\n${indent}`;
    else if (character === "\t") out += "\\t";
    else if (character === " " && index % width === 0) out += `\\\n${indent}\\ `;
    else if (character === " ") out += "\\x20";
    else if (code > 0xffff && index % 2) out += `\\U${hex(code, 8)}`;
    else if (code > 0xffff || code < 32 || code === 0xfeff || (code >= 0xd800 && code < 0xe000))
      out += [...Array(character.length).keys()]
        .map((at) => `\\u${hex(character.charCodeAt(at), 4)}`)
        .join("");
    else if (code < 256 && index % 3 === 0) out += `\\x${hex(code, 2)}`;
    else out += character;
  }
  return `${out}"`;
};

const printable = /^[\n\x20-\x7e\u00a0-\ud7ff\u{10000}-\u{10ffff}]*$/u;

/** Newlines become n + 1 line breaks; a single space inside a line may become a fold. */
function folds(text: string, indent: string, width: number): string {
  let out = "";
  let column = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    column++;
    if (character === "\n") {
      let count = 1;
      while (text[index + count] === "\n") count++;
      out += "\n".repeat(count + 1) + indent;
      index += count - 1;
      column = 0;
    } else if (
      character === " " &&
      column > width &&
      /[^\s#-]/.test(text[index - 1] ?? " ") &&
      /[^\s#-]/.test(text[index + 1] ?? " ")
    ) {
      out += `  \n${indent}`;
      column = 0;
    } else out += character;
  }
  return out;
}

const noOuterSpace = (text: string): boolean => !/(^|\n)[ \t]|[ \t](\n|$)/.test(text);

const single: Emitter = (text, indent, width) => {
  if (!printable.test(text) || !noOuterSpace(text)) return undefined;
  if (/^\n|\n$/.test(text)) return undefined;
  return `'${folds(text.replaceAll("'", "''"), indent, width)}'`;
};

const plain: Emitter = (text, indent, width) => {
  if (!printable.test(text) || !noOuterSpace(text) || !/^[a-zA-Z]/.test(text)) return undefined;
  if (/: |:$|:\n| #|\n#|\n$|---|\.\.\.|\n[-?:,[\]{}]/.test(text)) return undefined;
  return folds(text, indent, width);
};

const literal: Emitter = (text, indent) => {
  if (!/^[\n\t\x20-\x7e\u00a0-\ud7ff\u{10000}-\u{10ffff}]*$/u.test(text)) return undefined;
  // Of blanks on the last line, the `yaml` package keeps none, whatever the specification says.
  if (text.trim() === "" || /\n[ \t]+\n*$/.test(text)) return undefined;
  const chomp = !text.endsWith("\n") ? "-" : text.endsWith("\n\n") ? "+" : "";
  const body = chomp === "-" ? text : text.slice(0, -1);
  const explicit = /^[ \n]/.test(body) ? String(indent.length - 2) : "";
  return `|${explicit}${chomp}\n${body
    .split("\n")
    .map((line) => (line === "" ? "" : indent + line))
    .join("\n")}`;
};

const folded: Emitter = (text, indent) => {
  if (/(^|\n)[ \t]/.test(text)) return undefined;
  const made = literal(text, indent, 0);
  if (made === undefined) return undefined;
  const [header = "", ...lines] = made.split("\n");
  const trailing = /\n*$/.exec(text)?.[0].length ?? 0;
  const body = lines.slice(0, lines.length - Math.max(0, trailing - 1));
  // Between two lines of text, one more line break than newlines.
  const out = body.flatMap((line, index) => {
    if (index === 0 || line === "" || body[index - 1] === "") {
      if (line !== "" && body[index - 1] === "" && body.slice(0, index).some((one) => one !== ""))
        return ["", line];
      return [line];
    }
    return ["", line];
  });
  return [header.replace("|", ">"), ...out, ...lines.slice(body.length)].join("\n");
};

const emitters: readonly (readonly [ScalarStyle, Emitter])[] = [
  ["double", double],
  ["single", single],
  ["plain", plain],
  ["literal", literal],
  ["folded", folded],
];

const texts = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom("a", "B", " ", " ", "\n", "'", '"', "\\", "é", "😀", "&", "x y"),
    maxLength: 40,
  }),
  fc.string({
    unit: fc.constantFrom("word", " ", "\n", "it's", "a: b", "#", "  ", "\t", "x"),
    maxLength: 20,
  }),
);

function checkSegments(file: string, node: ScalarNode, base: number): void {
  const { segments } = node;
  let expected = 0;
  let source = 0;
  for (const segment of segments.segments) {
    expect(segment.value).toBe(expected);
    expect(segment.source).toBeGreaterThanOrEqual(source);
    expected += segment.valueLength;
    source = segment.source + segment.sourceLength;
    const value = node.text.slice(segment.value, segment.value + segment.valueLength);
    const written = file.slice(base + segment.source, base + source);
    if (segment.valueLength === segment.sourceLength && written === value) {
      for (let offset = segment.value; offset < expected; offset++) {
        const range = segments.toSource(offset, offset + 1);
        expect(file.slice(base + range.start, base + range.end)).toBe(node.text.charAt(offset));
        expect(segments.toValue(range.start)).toBe(offset);
      }
    } else expect(decodeAtomic(written)).toBe(value);
  }
  expect(expected).toBe(node.text.length);
}

/** What an atomic segment stands for, told by its source alone. */
function decodeAtomic(written: string): string {
  if (written === "''") return "'";
  if (/^\\U/.test(written)) return String.fromCodePoint(Number.parseInt(written.slice(2), 16));
  if (/^\\[ux]/.test(written)) return String.fromCharCode(Number.parseInt(written.slice(2), 16));
  if (written.startsWith("\\"))
    return { n: "\n", t: "\t", "\\": "\\", '"': '"', " ": " " }[written.charAt(1)] ?? "?";
  const breaks = written.split("\n").length - 1;
  // At the end of the file a value has the line break that the source lacks.
  if (written === "" || written === "\r\n") return "\n";
  return breaks === 1 ? " " : "\n".repeat(breaks - 1);
}

describe("scalars", () => {
  for (const [style, emit] of emitters) {
    it(`keeps text and segments of ${style} scalars exact`, () => {
      let checked = 0;
      fc.assert(
        fc.property(
          texts,
          fc.integer({ min: 3, max: 7 }),
          fc.integer({ min: 1, max: 12 }),
          fc.boolean(),
          (text, indent, width, crlf) => {
            const scalar = emit(text, " ".repeat(indent), width);
            if (scalar === undefined) return;
            const lf = `first: 1\nspec:\n  rules:\n  - a:\n    key: x\nlist:\n- k:\n  v: ${scalar}\nlast: 2\n`;
            const file = crlf ? lf.replaceAll("\n", "\r\n") : lf;
            const parsed = parseYaml("file:///t", file, { dialect: "deployed" });
            expect(parsed.problems.map((one) => one.message)).toEqual([]);
            const node = at(parsed.documents[0]?.root, "list", 0, "v");
            expect(node?.kind).toBe("scalar");
            if (node?.kind !== "scalar") return;
            expect(node.text).toBe(text);
            expect(node.style).toBe(style);
            checkSegments(file, node, parsed.layout.base(node.place.block));
            checked++;
          },
        ),
        { seed: 42, numRuns: process.env.PLUMBLINE_DEEP ? 5000 : 400 },
      );
      expect(checked).toBeGreaterThan(20);
    });
  }
});
