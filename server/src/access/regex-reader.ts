import { type CharSet, charSet, complement } from "./char-set.ts";
import { foldCase, perlClass, posixClass } from "./regex-classes.ts";

/** Why an expression is refused; never leaves the parser. */
export class Unsupported extends Error {}

export function unsupported(reason: string): never {
  throw new Unsupported(reason);
}

export interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiLine: boolean;
}

/** Reads a regular expression character by character: escapes, classes, flags. */
export class RegexReader {
  readonly chars: readonly string[];
  at = 0;
  flags: Flags;

  constructor(source: string, ignoreCase: boolean) {
    this.chars = [...source];
    this.flags = { ignoreCase, dotAll: false, multiLine: false };
  }

  peek(ahead = 0): string | undefined {
    return this.chars[this.at + ahead];
  }

  next(): string {
    const char = this.chars[this.at++];
    return char ?? unsupported("it ends too early");
  }

  eat(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.peek(i) !== text[i]) return false;
    this.at += text.length;
    return true;
  }

  fold(set: CharSet): CharSet {
    if (!this.flags.ignoreCase) return set;
    return foldCase(set) ?? unsupported("(?i) is decided for ASCII characters only");
  }

  /** The code point of an escape that stands for one character; what follows the backslash comes next. */
  escapedChar(): number {
    const char = this.next();
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
    const text = this.chars.slice(this.at, this.at + 12).join("");
    const found = /^(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})/.exec(text);
    if (found === null) return unsupported("`\\x` has no hexadecimal number");
    this.at += found[0].length;
    const value = Number.parseInt((found[1] ?? found[2]) as string, 16);
    return value <= 0x10ffff ? value : unsupported("`\\x` is no character");
  }

  #octal(first: string): number {
    // `\1` to `\7` alone would be references to groups, which RE2 does not have.
    if (first !== "0" && !/[0-7]/.test(this.peek() ?? "")) unsupported("references to groups are not RE2");
    let text = first;
    while (text.length < 3 && /[0-7]/.test(this.peek() ?? "")) text += this.next();
    return Number.parseInt(text, 8);
  }

  /** The set of `[...]`, whose opening bracket has been read. */
  charClass(): CharSet {
    const negated = this.eat("^");
    const ranges: number[] = [];
    for (let first = true; first || this.peek() !== "]"; first = false) {
      const named = this.#namedClass();
      if (named !== undefined) {
        ranges.push(...named);
        continue;
      }
      const low = this.#classChar();
      let high = low;
      if (this.peek() === "-" && this.peek(1) !== "]" && this.peek(1) !== undefined) {
        this.at++;
        high = this.#classChar();
        if (high < low) unsupported("a range has its ends in the wrong order");
      } else if (low === 0x2d && !first && this.peek() !== "]") {
        unsupported("a `-` in a class stands neither first nor last");
      }
      ranges.push(...this.fold([low, high]));
    }
    this.at++;
    const set = charSet(ranges);
    return negated ? complement(set) : set;
  }

  #namedClass(): CharSet | undefined {
    const text = this.chars.slice(this.at, this.at + 16).join("");
    const name = /^\[:(\^?[a-z]*):\]/.exec(text);
    if (name !== null) {
      this.at += name[0].length;
      const set = posixClass(name[1] as string, this.flags.ignoreCase);
      return set ?? unsupported(`\`${name[0]}\` is no class`);
    }
    if (this.peek() !== "\\") return undefined;
    const letter = this.peek(1) ?? "";
    if (letter === "p" || letter === "P") unsupported("Unicode classes are not decided");
    const perl = perlClass(letter, this.flags.ignoreCase);
    if (perl !== undefined) this.at += 2;
    return perl;
  }

  #classChar(): number {
    const char = this.next();
    return char === "\\" ? this.escapedChar() : (char.codePointAt(0) as number);
  }
}

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };
