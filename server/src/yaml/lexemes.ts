import { CST, Lexer } from "yaml";

/** A token of `yaml` that has characters. */
export interface Lexeme {
  readonly type: CST.TokenType;
  readonly start: number;
  readonly end: number;
  /** How many flow collections it stands in; their own brackets stand outside. */
  readonly depth: number;
}

const blank: ReadonlySet<CST.TokenType> = new Set(["space", "newline", "byte-order-mark"]);

/**
 * A file as the tokens of `yaml`, for whoever changes its text: which `:` is an indicator, where a comment starts and
 * a block scalar ends is known here exactly, in sound files. JSON reads as YAML.
 */
export class Lexemes {
  readonly #all: readonly Lexeme[];

  constructor(readonly text: string) {
    this.#all = lex(text);
  }

  /** The first token that starts at or behind `offset`, blanks and comments left out. */
  next(offset: number): Lexeme | undefined {
    for (let at = this.#from(offset); at < this.#all.length; at++) {
      const one = this.#all[at];
      if (one !== undefined && one.type !== "comment") return one;
    }
    return undefined;
  }

  /** The last token that ends at or before `offset`, blanks and comments left out. */
  previous(offset: number): Lexeme | undefined {
    for (let at = this.#from(offset) - 1; at >= 0; at--) {
      const one = this.#all[at];
      if (one !== undefined && one.end <= offset && one.type !== "comment") return one;
    }
    return undefined;
  }

  /** The tokens that start in `[start, end)`, with comments. */
  within(start: number, end: number): readonly Lexeme[] {
    return this.#all.slice(this.#from(start), this.#from(end));
  }

  hasComment(start: number, end: number): boolean {
    return this.within(start, end).some((one) => one.type === "comment");
  }

  /** The token that starts at `offset`. */
  at(offset: number): Lexeme | undefined {
    const one = this.#all[this.#from(offset)];
    return one?.start === offset ? one : undefined;
  }

  /** The token that has the character in front of `offset`. */
  covering(offset: number): Lexeme | undefined {
    const one = this.#all[this.#from(offset) - 1];
    return one !== undefined && one.end >= offset ? one : undefined;
  }

  /** Where the line of `offset` starts, behind a byte order mark. */
  lineStart(offset: number): number {
    const start = this.text.lastIndexOf("\n", offset - 1) + 1;
    return this.text.charCodeAt(start) === 0xfeff ? start + 1 : start;
  }

  /** The end of the line of `offset`, in front of its line break. */
  lineEnd(offset: number): number {
    const found = this.text.indexOf("\n", offset);
    const end = found < 0 ? this.text.length : found;
    return end > offset && this.text.charAt(end - 1) === "\r" ? end - 1 : end;
  }

  /** The start of the line behind that of `offset`; the end of the file behind the last one. */
  nextLine(offset: number): number {
    const found = this.text.indexOf("\n", offset);
    return found < 0 ? this.text.length : found + 1;
  }

  /** Whether only blanks stand in front of `offset` in its line. */
  startsLine(offset: number): boolean {
    return /^[ \t]*$/.test(this.text.slice(this.lineStart(offset), offset));
  }

  /** Whether only blanks and a comment stand behind `offset` in its line. */
  endsLine(offset: number): boolean {
    return /^[ \t]*(?:#.*)?$/.test(this.text.slice(offset, this.lineEnd(offset)));
  }

  column(offset: number): number {
    return offset - this.lineStart(offset);
  }

  get lineBreak(): string {
    return this.text.includes("\r\n") ? "\r\n" : "\n";
  }

  /** The index of the first token that starts at or behind `offset`. */
  #from(offset: number): number {
    let low = 0;
    let high = this.#all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#all[middle]?.start ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function lex(text: string): readonly Lexeme[] {
  const all: Lexeme[] = [];
  let offset = 0;
  let isScalar = false;
  let depth = 0;
  for (const source of new Lexer().lex(text)) {
    const type: CST.TokenType | null = isScalar ? "scalar" : CST.tokenType(source);
    isScalar = !isScalar && type === "scalar";
    // Marks of the lexer itself have no characters in the text.
    if (isScalar || type === "doc-mode" || type === "flow-error-end") continue;
    if (type === "flow-map-end" || type === "flow-seq-end") depth = Math.max(0, depth - 1);
    const end = offset + source.length;
    if (type !== null && !blank.has(type) && source !== "") all.push({ type, start: offset, end, depth });
    if (type === "flow-map-start" || type === "flow-seq-start") depth++;
    if (type === "doc-start" || type === "doc-end") depth = 0;
    offset = end;
  }
  return all;
}
