import { type CharSet, charSet, complement, everyChar, oneChar } from "./char-set.ts";
import { foldCase, notNewline, perlClass, posixClass } from "./regex-classes.ts";
import { concat, type RegexNode, size } from "./regex-node.ts";

/**
 * `unsupported`: why the expression cannot be decided exactly, or why RE2 would reject it; for people. Whoever
 * lowers makes such a test opaque.
 */
export type ParsedRegex = { readonly ok: RegexNode } | { readonly unsupported: string };

/** RE2 counts at most 1000 repeats, of nested repeats in all; ours are written out, so the whole is bounded too. */
const maxRepeat = 1000;
const maxSize = 10_000;
const maxDepth = 200;

/** Parses RE2 syntax (github.com/google/re2/wiki/Syntax) without `\b`, `\p`, multi-line anchors and `\C`. */
export function parseRegex(source: string, ignoreCase = false): ParsedRegex {
  try {
    const node = new Parser(source, ignoreCase).parse();
    return size(node) > maxSize ? { unsupported: "its repeats make it too large" } : { ok: node };
  } catch (error) {
    if (error instanceof Unsupported) return { unsupported: error.message };
    throw error;
  }
}

/** True, or why the expression cannot be decided exactly. */
export function isExpressibleRegex(source: string): true | string {
  const parsed = parseRegex(source);
  return "ok" in parsed ? true : parsed.unsupported;
}

class Unsupported extends Error {}

function unsupported(reason: string): never {
  throw new Unsupported(reason);
}

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiLine: boolean;
}

class Parser {
  readonly #chars: readonly string[];
  #at = 0;
  #depth = 0;
  #flags: Flags;

  constructor(source: string, ignoreCase: boolean) {
    this.#chars = [...source];
    this.#flags = { ignoreCase, dotAll: false, multiLine: false };
  }

  parse(): RegexNode {
    const node = this.#alternatives();
    if (this.#at < this.#chars.length) unsupported("a `)` has no `(`");
    return node;
  }

  #peek(ahead = 0): string | undefined {
    return this.#chars[this.#at + ahead];
  }

  #next(): string {
    const char = this.#chars[this.#at++];
    return char ?? unsupported("it ends too early");
  }

  #eat(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#peek(i) !== text[i]) return false;
    this.#at += text.length;
    return true;
  }

  #alternatives(): RegexNode {
    if (++this.#depth > maxDepth) unsupported("it is nested too deeply");
    // Flags that are set inside a group end with it, but go on over its alternatives.
    const flags = this.#flags;
    const items = [this.#sequence()];
    while (this.#eat("|")) items.push(this.#sequence());
    this.#flags = flags;
    this.#depth--;
    return items.length === 1 ? (items[0] as RegexNode) : { op: "alternate", items };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    for (let char = this.#peek(); char !== undefined && char !== "|" && char !== ")"; char = this.#peek()) {
      if (this.#eat("\\Q")) {
        items.push(...this.#quoted());
        continue;
      }
      if (this.#flagGroup()) {
        // The flags stand for no item, so that a repeat after them would have nothing to repeat.
        if (this.#repeatFollows()) unsupported("a repeat has nothing before it");
        continue;
      }
      items.push(this.#repeated(this.#atom()));
    }
    return concat(items);
  }

  /** `\Q...\E`; a repeat behind it applies to its last character. */
  #quoted(): RegexNode[] {
    const items: RegexNode[] = [];
    while (this.#peek() !== undefined && !this.#eat("\\E")) items.push(this.#literal(this.#next()));
    const last = items.pop();
    if (last !== undefined) items.push(this.#repeated(last));
    else if (this.#repeatFollows()) unsupported("a repeat has nothing before it");
    return items;
  }

  #repeatFollows(): boolean {
    const char = this.#peek();
    return char === "*" || char === "+" || char === "?" || (char === "{" && this.#bounds() !== undefined);
  }

  #repeated(item: RegexNode): RegexNode {
    const repeat = this.#repeat(item);
    if (repeat === undefined) return item;
    // `a*?` is lazy, which changes no language; `a**` is an error in RE2.
    this.#eat("?");
    if (this.#repeatFollows()) unsupported("a repeat follows a repeat");
    if (nestedRepeats(repeat) > maxRepeat) unsupported(`it repeats more than ${maxRepeat} times`);
    return repeat;
  }

  #repeat(item: RegexNode): RegexNode | undefined {
    if (this.#eat("*")) return { op: "repeat", item, min: 0 };
    if (this.#eat("+")) return { op: "repeat", item, min: 1 };
    if (this.#eat("?")) return { op: "repeat", item, min: 0, max: 1 };
    const bounds = this.#peek() === "{" ? this.#bounds() : undefined;
    if (bounds === undefined) return undefined;
    this.#at += bounds.length;
    const { min, max } = bounds;
    if (min > maxRepeat || (max ?? 0) > maxRepeat) unsupported(`it repeats more than ${maxRepeat} times`);
    if (max !== undefined && max < min) unsupported("a repeat has its bounds in the wrong order");
    return { op: "repeat", item, min, ...(max === undefined ? {} : { max }) };
  }

  /** `{2}`, `{2,}`, `{2,3}`; anything else after a brace is literal text, as in RE2. */
  #bounds(): { readonly min: number; readonly max?: number; readonly length: number } | undefined {
    const text = this.#chars.slice(this.#at, this.#at + 24).join("");
    const found = /^\{(\d+)(,(\d*))?\}/.exec(text);
    if (found === null) return undefined;
    const min = Number(found[1]);
    const length = found[0].length;
    if (found[2] === undefined) return { min, max: min, length };
    return found[3] === "" ? { min, length } : { min, max: Number(found[3]), length };
  }

  #atom(): RegexNode {
    const char = this.#next();
    switch (char) {
      case ".":
        return { op: "chars", set: this.#flags.dotAll ? everyChar : notNewline };
      case "^":
        return this.#anchor("start");
      case "$":
        return this.#anchor("end");
      case "(":
        return this.#group();
      case "[":
        return { op: "chars", set: this.#class() };
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
        return unsupported("a repeat has nothing before it");
      case "{":
        this.#at--;
        if (this.#bounds() !== undefined) unsupported("a repeat has nothing before it");
        this.#at++;
        // RE2 takes `{*` as a repeated brace, but not every port of it does.
        if (this.#repeatFollows()) unsupported("a repeat follows a brace that is none");
        return this.#literal(char);
      default:
        return this.#literal(char);
    }
  }

  #anchor(op: "start" | "end"): RegexNode {
    return this.#flags.multiLine ? unsupported("multi-line anchors are not decided") : { op };
  }

  #literal(char: string): RegexNode {
    return { op: "chars", set: this.#fold(oneChar(char.codePointAt(0) as number)) };
  }

  #fold(set: CharSet): CharSet {
    if (!this.#flags.ignoreCase) return set;
    return foldCase(set) ?? unsupported("(?i) is decided for ASCII characters only");
  }

  #group(): RegexNode {
    if (this.#eat("?")) {
      const name = /^(?:P?<([^>]*)>|:)/.exec(this.#chars.slice(this.#at, this.#at + 300).join(""));
      if (name !== null) {
        if (name[1] !== undefined && !/^\w+$/.test(name[1])) unsupported("a group has no proper name");
        this.#at += [...name[0]].length;
        return this.#closed();
      }
      const flags = this.#readFlags();
      if (this.#next() !== ":") unsupported("look-around and other extensions are not RE2");
      const before = this.#flags;
      this.#flags = flags;
      const inner = this.#closed();
      this.#flags = before;
      return inner;
    }
    return this.#closed();
  }

  #closed(): RegexNode {
    const inner = this.#alternatives();
    if (!this.#eat(")")) unsupported("a `(` is not closed");
    return inner;
  }

  /** `(?i)`: changes the flags up to the end of the enclosing group. */
  #flagGroup(): boolean {
    const text = this.#chars.slice(this.#at, this.#at + 16).join("");
    if (!/^\(\?[imsU]*(?:-[imsU]+)?\)/.test(text) || text.startsWith("(?)")) return false;
    this.#at += 2;
    this.#flags = this.#readFlags();
    this.#at++;
    return true;
  }

  #readFlags(): Flags {
    let { ignoreCase, dotAll, multiLine } = this.#flags;
    let value = true;
    for (;;) {
      const char = this.#peek();
      if (char === "i") ignoreCase = value;
      else if (char === "s") dotAll = value;
      else if (char === "m") multiLine = value;
      else if (char === "-" && value) value = false;
      else if (char !== "U") return { ignoreCase, dotAll, multiLine };
      this.#at++;
    }
  }

  #escape(): RegexNode {
    const char = this.#peek() ?? unsupported("it ends in a backslash");
    const perl = perlClass(char, this.#flags.ignoreCase);
    if (perl !== undefined) {
      this.#at++;
      return { op: "chars", set: perl };
    }
    if (this.#eat("A")) return { op: "start" };
    if (this.#eat("z")) return { op: "end" };
    if (char === "E") {
      // A lone `\E` is ignored by RE2 only inside `\Q`.
      unsupported("`\\E` has no `\\Q`");
    }
    if (char === "b" || char === "B") unsupported("word boundaries are not decided");
    if (char === "p" || char === "P") unsupported("Unicode classes are not decided");
    return { op: "chars", set: this.#fold(oneChar(this.#escapedChar())) };
  }

  /** The code point of an escape that stands for one character; what follows the backslash comes next. */
  #escapedChar(): number {
    const char = this.#next();
    const control = controls[char];
    if (control !== undefined) return control;
    if (char === "x") return this.#hex();
    if (/[0-7]/.test(char)) return this.#octal(char);
    // Any other ASCII character that is no letter and no digit stands for itself.
    const codePoint = char.codePointAt(0) as number;
    if (codePoint < 0x80 && !/[A-Za-z0-9]/.test(char)) return codePoint;
    return unsupported(`\`\\${char}\` is not RE2`);
  }

  #hex(): number {
    const text = this.#chars.slice(this.#at, this.#at + 12).join("");
    const found = /^(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})/.exec(text);
    if (found === null) return unsupported("`\\x` has no hexadecimal number");
    this.#at += found[0].length;
    const value = Number.parseInt((found[1] ?? found[2]) as string, 16);
    return value <= 0x10ffff ? value : unsupported("`\\x` is no character");
  }

  #octal(first: string): number {
    // `\1` to `\7` alone would be references to groups, which RE2 does not have.
    if (first !== "0" && !/[0-7]/.test(this.#peek() ?? "")) unsupported("references to groups are not RE2");
    let text = first;
    while (text.length < 3 && /[0-7]/.test(this.#peek() ?? "")) text += this.#next();
    return Number.parseInt(text, 8);
  }

  #class(): CharSet {
    const negated = this.#eat("^");
    const ranges: number[] = [];
    for (let first = true; first || this.#peek() !== "]"; first = false) {
      const named = this.#namedClass();
      if (named !== undefined) {
        ranges.push(...named);
        continue;
      }
      const low = this.#classChar();
      let high = low;
      if (this.#peek() === "-" && this.#peek(1) !== "]" && this.#peek(1) !== undefined) {
        this.#at++;
        high = this.#classChar();
        if (high < low) unsupported("a range has its ends in the wrong order");
      } else if (low === 0x2d && !first && this.#peek() !== "]") {
        unsupported("a `-` in a class stands neither first nor last");
      }
      ranges.push(...this.#fold([low, high]));
    }
    this.#at++;
    const set = charSet(ranges);
    return negated ? complement(set) : set;
  }

  #namedClass(): CharSet | undefined {
    const text = this.#chars.slice(this.#at, this.#at + 16).join("");
    const name = /^\[:(\^?[a-z]*):\]/.exec(text);
    if (name !== null) {
      this.#at += name[0].length;
      const set = posixClass(name[1] as string, this.#flags.ignoreCase);
      return set ?? unsupported(`\`${name[0]}\` is no class`);
    }
    if (this.#peek() !== "\\") return undefined;
    const letter = this.#peek(1) ?? "";
    if (letter === "p" || letter === "P") unsupported("Unicode classes are not decided");
    const perl = perlClass(letter, this.#flags.ignoreCase);
    if (perl !== undefined) this.#at += 2;
    return perl;
  }

  #classChar(): number {
    const char = this.#next();
    return char === "\\" ? this.#escapedChar() : (char.codePointAt(0) as number);
  }
}

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

/** How often the innermost item of nested bounded repeats is repeated. */
function nestedRepeats(node: RegexNode): number {
  switch (node.op) {
    case "repeat": {
      const times = Math.max(node.max ?? node.min, 1);
      return times * nestedRepeats(node.item);
    }
    case "concat":
    case "alternate":
      return node.items.reduce((most, item) => Math.max(most, nestedRepeats(item)), 1);
    default:
      return 1;
  }
}
