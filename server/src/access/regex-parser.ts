import { everyChar, oneChar } from "./char-set.ts";
import { notNewline, perlClass } from "./regex-classes.ts";
import { concat, type RegexNode, size } from "./regex-node.ts";
import { type Flags, RegexReader, Unsupported, unsupported } from "./regex-reader.ts";

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

/** True, or why the expression cannot be decided exactly; `ignoreCase` as in the pattern that it is to stand in. */
export function isExpressibleRegex(source: string, ignoreCase = false): true | string {
  const parsed = parseRegex(source, ignoreCase);
  return "ok" in parsed ? true : parsed.unsupported;
}

class Parser extends RegexReader {
  #depth = 0;

  parse(): RegexNode {
    const node = this.#alternatives();
    if (this.at < this.chars.length) unsupported("a `)` has no `(`");
    return node;
  }

  #alternatives(): RegexNode {
    if (++this.#depth > maxDepth) unsupported("it is nested too deeply");
    // Flags that are set inside a group end with it, but go on over its alternatives.
    const flags = this.flags;
    const items = [this.#sequence()];
    while (this.eat("|")) items.push(this.#sequence());
    this.flags = flags;
    this.#depth--;
    return items.length === 1 ? (items[0] as RegexNode) : { op: "alternate", items };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    for (let char = this.peek(); char !== undefined && char !== "|" && char !== ")"; char = this.peek()) {
      if (this.eat("\\Q")) {
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
    while (this.peek() !== undefined && !this.eat("\\E")) items.push(this.#literal(this.next()));
    const last = items.pop();
    if (last !== undefined) items.push(this.#repeated(last));
    else if (this.#repeatFollows()) unsupported("a repeat has nothing before it");
    return items;
  }

  #repeatFollows(): boolean {
    const char = this.peek();
    return char === "*" || char === "+" || char === "?" || (char === "{" && this.#bounds() !== undefined);
  }

  #repeated(item: RegexNode): RegexNode {
    const repeat = this.#repeat(item);
    if (repeat === undefined) return item;
    // `a*?` is lazy, which changes no language; `a**` is an error in RE2.
    this.eat("?");
    if (this.#repeatFollows()) unsupported("a repeat follows a repeat");
    if (nestedRepeats(repeat) > maxRepeat) unsupported(`it repeats more than ${maxRepeat} times`);
    return repeat;
  }

  #repeat(item: RegexNode): RegexNode | undefined {
    if (this.eat("*")) return { op: "repeat", item, min: 0 };
    if (this.eat("+")) return { op: "repeat", item, min: 1 };
    if (this.eat("?")) return { op: "repeat", item, min: 0, max: 1 };
    const bounds = this.peek() === "{" ? this.#bounds() : undefined;
    if (bounds === undefined) return undefined;
    this.at += bounds.length;
    const { min, max } = bounds;
    if (min > maxRepeat || (max ?? 0) > maxRepeat) unsupported(`it repeats more than ${maxRepeat} times`);
    if (max !== undefined && max < min) unsupported("a repeat has its bounds in the wrong order");
    return { op: "repeat", item, min, ...(max === undefined ? {} : { max }) };
  }

  /** `{2}`, `{2,}`, `{2,3}`; anything else after a brace is literal text, as in RE2. */
  #bounds(): { readonly min: number; readonly max?: number; readonly length: number } | undefined {
    const text = this.chars.slice(this.at, this.at + 24).join("");
    const found = /^\{(\d+)(,(\d*))?\}/.exec(text);
    if (found === null) return undefined;
    const min = Number(found[1]);
    const length = found[0].length;
    if (found[2] === undefined) return { min, max: min, length };
    return found[3] === "" ? { min, length } : { min, max: Number(found[3]), length };
  }

  #atom(): RegexNode {
    const char = this.next();
    switch (char) {
      case ".":
        return { op: "chars", set: this.flags.dotAll ? everyChar : notNewline };
      case "^":
        return this.#anchor("start");
      case "$":
        return this.#anchor("end");
      case "(":
        return this.#group();
      case "[":
        return { op: "chars", set: this.charClass() };
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
        return unsupported("a repeat has nothing before it");
      case "{":
        this.at--;
        if (this.#bounds() !== undefined) unsupported("a repeat has nothing before it");
        this.at++;
        // RE2 takes `{*` as a repeated brace, but not every port of it does.
        if (this.#repeatFollows()) unsupported("a repeat follows a brace that is none");
        return this.#literal(char);
      default:
        return this.#literal(char);
    }
  }

  #anchor(op: "start" | "end"): RegexNode {
    return this.flags.multiLine ? unsupported("multi-line anchors are not decided") : { op };
  }

  #literal(char: string): RegexNode {
    return { op: "chars", set: this.fold(oneChar(char.codePointAt(0) as number)) };
  }

  #group(): RegexNode {
    if (this.eat("?")) {
      const name = /^(?:P?<([^>]*)>|:)/.exec(this.chars.slice(this.at, this.at + 300).join(""));
      if (name !== null) {
        if (name[1] !== undefined && !/^\w+$/.test(name[1])) unsupported("a group has no proper name");
        this.at += [...name[0]].length;
        return this.#closed();
      }
      const flags = this.#readFlags();
      if (this.next() !== ":") unsupported("look-around and other extensions are not RE2");
      const before = this.flags;
      this.flags = flags;
      const inner = this.#closed();
      this.flags = before;
      return inner;
    }
    return this.#closed();
  }

  #closed(): RegexNode {
    const inner = this.#alternatives();
    if (!this.eat(")")) unsupported("a `(` is not closed");
    return inner;
  }

  /** `(?i)`: changes the flags up to the end of the enclosing group. */
  #flagGroup(): boolean {
    const text = this.chars.slice(this.at, this.at + 16).join("");
    if (!/^\(\?[imsU]*(?:-[imsU]+)?\)/.test(text) || text.startsWith("(?)")) return false;
    this.at += 2;
    this.flags = this.#readFlags();
    this.at++;
    return true;
  }

  #readFlags(): Flags {
    let { ignoreCase, dotAll, multiLine } = this.flags;
    let value = true;
    for (;;) {
      const char = this.peek();
      if (char === "i") ignoreCase = value;
      else if (char === "s") dotAll = value;
      else if (char === "m") multiLine = value;
      else if (char === "-" && value) value = false;
      else if (char !== "U") return { ignoreCase, dotAll, multiLine };
      this.at++;
    }
  }

  #escape(): RegexNode {
    const char = this.peek() ?? unsupported("it ends in a backslash");
    const perl = perlClass(char, this.flags.ignoreCase);
    if (perl !== undefined) {
      this.at++;
      return { op: "chars", set: perl };
    }
    if (this.eat("A")) return { op: "start" };
    if (this.eat("z")) return { op: "end" };
    if (char === "E") {
      // A lone `\E` is ignored by RE2 only inside `\Q`.
      unsupported("`\\E` has no `\\Q`");
    }
    if (char === "b" || char === "B") unsupported("word boundaries are not decided");
    if (char === "p" || char === "P") unsupported("Unicode classes are not decided");
    return { op: "chars", set: this.fold(oneChar(this.escapedChar())) };
  }
}

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
