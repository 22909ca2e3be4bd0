/** Random YAML as many hands write it: blocks and brackets, all quotes, comments wherever they may stand. */
import type { Random } from "../../simulate/random.ts";

const keys = ["name", "on", "effect", "a b", "x-y", "spec", "z", "q", "ttl", "it's"];
const words = ["checkout", "a: b", "x # y", "1h", "true", "it's", "GET /a", "{a}", "", "- x", "@at"];

export class Writer {
  #comments = 0;

  constructor(
    private readonly random: Random,
    private readonly lineBreak: string,
  ) {}

  /** A document whose root is a map or a list in a block, or a collection in brackets. */
  document(): string {
    const { random } = this;
    const root = random.pick([
      this.#blockMap(0, 3),
      this.#blockMap(0, 4),
      this.#blockList(0, 3),
      [this.#flow(3, true) + this.#trailing()],
    ]);
    // The library takes no list directly behind a byte order mark.
    const mark = root[0]?.startsWith("-") === true ? "" : "\ufeff";
    const head = random.pick([[], [], ["---"], [this.#comment(), "---", this.#comment()], [`${mark}# bom`]]);
    const tail = random.pick([[], [], [this.#comment()], ["---", "other: 1"]]);
    const end = random.pick(["\n", "\n", ""]);
    return ([...head, ...root, ...tail].join("\n") + end).replaceAll("\n", this.lineBreak);
  }

  #comment(): string {
    return `# c${this.#comments++}: a, [b]`;
  }

  #trailing(): string {
    return this.random.next() < 0.25 ? `${this.random.pick([" ", "   "])}${this.#comment()}` : "";
  }

  /** Comment lines and blank ones between entries. */
  #between(pad: string): string[] {
    const at = this.random.next();
    if (at < 0.12) return [pad + this.#comment()];
    if (at < 0.17) return [`${pad}  ${this.#comment()}`];
    if (at < 0.22) return ["", pad + this.#comment()];
    return at < 0.3 ? [""] : [];
  }

  #names(): string[] {
    const some = keys.filter(() => this.random.next() < 0.3);
    return some.length === 0 ? [this.random.pick(keys)] : some;
  }

  #blockMap(indent: number, depth: number): string[] {
    const pad = " ".repeat(indent);
    return this.#names().flatMap((key, index) => [
      ...(index === 0 ? [] : this.#between(pad)),
      ...this.#entry(`${pad}${this.#key(key)}:`, indent, depth, true),
    ]);
  }

  #blockList(indent: number, depth: number): string[] {
    const pad = " ".repeat(indent);
    const count = 1 + Math.floor(this.random.next() * 3);
    return Array.from({ length: count }, (_, index) => [
      ...(index === 0 ? [] : this.#between(pad)),
      ...this.#item(pad, indent, depth),
    ]).flat();
  }

  #item(pad: string, indent: number, depth: number): string[] {
    const at = this.random.next();
    if (depth > 1 && at < 0.5) {
      const inner = at < 0.4 ? this.#blockMap(indent + 2, depth - 1) : this.#blockList(indent + 2, depth - 1);
      const [first = "", ...others] = inner;
      return [`${pad}- ${first.slice(indent + 2)}`, ...others];
    }
    return this.#entry(`${pad}-`, indent, depth, false);
  }

  /** A key or dash with its value. */
  #entry(head: string, indent: number, depth: number, isKey: boolean): string[] {
    const at = this.random.next();
    const { random } = this;
    const pad = " ".repeat(indent);
    if (at < 0.05) return [head + this.#trailing()];
    if (at < 0.15) {
      const mark = random.pick(["|", ">", "|-", "|+", ">+", "|2"]);
      const lines = random.pick([["one", "two # no"], ["one"], ["# not", "", "  deep"], ["k: v", ""]]);
      const inner = mark === "|2" ? `${pad}  ` : `${pad}   `;
      return [
        `${head} ${mark}${this.#trailing()}`,
        ...lines.map((line) => (line === "" ? "" : `${inner}${line}`)),
      ];
    }
    if (at < 0.2) return [`${head} several words`, `${pad}  on lines${this.#trailing()}`];
    if (depth > 1 && at < 0.6) {
      const comment = this.#trailing();
      const more = random.next() < 0.2 ? [`${pad}    ${this.#comment()}`] : [];
      const shift = isKey && random.next() < 0.3 ? 0 : random.pick([2, 2, 4]);
      const inner =
        random.next() < 0.5
          ? this.#blockMap(indent + Math.max(2, shift), depth - 1)
          : this.#blockList(indent + shift, depth - 1);
      return [head + comment, ...more, ...inner];
    }
    if (at < 0.75) {
      const text = `${head} ${this.#flow(Math.max(1, depth - 1), false)}`;
      // Brackets over several lines are indented by what they stand in.
      return (text + this.#trailing()).split("\n").map((line, index) => (index === 0 ? line : pad + line));
    }
    return [`${head} ${this.#scalar(false)}${this.#trailing()}`];
  }

  #flow(depth: number, isRoot: boolean): string {
    const { random } = this;
    const isMap = random.next() < 0.5;
    const [open, close] = isMap ? ["{", "}"] : ["[", "]"];
    const names = random.next() < 0.12 ? [] : this.#names();
    const members = names.map((key) => {
      const value = depth > 1 && random.next() < 0.4 ? this.#flow(depth - 1, false) : this.#scalar(true);
      if (!isMap) return value;
      return random.next() < 0.06 ? `${this.#key(key)}:` : `${this.#key(key)}: ${value}`;
    });
    if (random.next() < (isRoot ? 0.6 : 0.25)) {
      const lines = members.map((member, index) => {
        const comma = index < members.length - 1 || random.next() < 0.4 ? "," : "";
        const above = random.next() < 0.15 ? `    ${this.#comment()}\n` : "";
        return `${above}    ${member}${comma}${this.#trailing()}`;
      });
      const ending = random.next() < 0.8 || lines.at(-1)?.includes("#") === true ? "\n  " : " ";
      return `${open}${this.#trailing()}\n${lines.join("\n")}${lines.length === 0 ? "  " : ending}${close}`;
    }
    const space = random.pick(["", " "]);
    const comma = members.length > 0 && random.next() < 0.15 ? "," : "";
    return `${open}${space}${members.join(", ")}${comma}${space}${close}`;
  }

  #key(name: string): string {
    return this.random.pick([name, name, JSON.stringify(name), `'${name.replaceAll("'", "''")}'`]);
  }

  #scalar(isInFlow: boolean): string {
    const word = this.random.pick(words);
    const isPlain = /^[\w@][\w /]*$/.test(word) && !word.startsWith("@");
    return this.random.pick([
      isPlain && !(isInFlow && /[,{}]/.test(word)) ? word : JSON.stringify(word),
      JSON.stringify(word),
      `'${word.replaceAll("'", "''")}'`,
      "12",
      "false",
    ]);
  }
}
