/**
 * RE2 to SMT-LIB, by a parser of its own: the engine's parser and automata have no part in it. It reads the syntax
 * that the generator writes, and throws on everything else, so that nothing is taken for what it is not.
 */
import { otherChars, type Ranges, smtChars, smtConcat, smtString, smtUnion } from "./smt-text.ts";

export type Node =
  | { readonly is: "chars"; readonly ranges: Ranges }
  | { readonly is: "sequence"; readonly items: readonly Node[] }
  | { readonly is: "choice"; readonly items: readonly Node[] }
  | { readonly is: "repeat"; readonly item: Node; readonly min: number; readonly max: number | undefined }
  /** The start or the end of the whole text. */
  | { readonly is: "start" }
  | { readonly is: "end" };

interface Flags {
  readonly fold: boolean;
  readonly dotAll: boolean;
}

const code = (char: string): number => char.codePointAt(0) as number;
const span = (from: string, to: string): readonly [number, number] => [code(from), code(to)];

const classes: Readonly<Record<string, Ranges>> = {
  d: [span("0", "9")],
  w: [span("0", "9"), span("A", "Z"), span("a", "z"), span("_", "_")],
  s: [
    [9, 10],
    [12, 13],
    [32, 32],
  ],
};

/** ASCII letters in both cases; K and S have a third partner outside ASCII (Kelvin sign, long s), as in RE2. */
export function folded(ranges: Ranges): Ranges {
  const has = (one: number) => ranges.some(([low, high]) => low <= one && one <= high);
  const added: [number, number][] = [];
  for (let upper = code("A"); upper <= code("Z"); upper++) {
    const partners = [upper, upper + 32];
    if (upper === code("K")) partners.push(0x212a);
    if (upper === code("S")) partners.push(0x17f);
    if (partners.some(has)) added.push(...partners.map((one): [number, number] => [one, one]));
  }
  return [...ranges, ...added];
}

export function readRegex(source: string, ignoreCase: boolean): Node {
  const chars = [...source];
  let at = 0;
  const eat = (text: string): boolean => {
    if (
      !chars
        .slice(at, at + text.length)
        .join("")
        .startsWith(text)
    )
      return false;
    at += text.length;
    return true;
  };
  const next = (): string => {
    const char = chars[at++];
    if (char === undefined) throw new Error(`${source} ends too early`);
    return char;
  };
  const withCase = (ranges: Ranges, flags: Flags): Ranges => (flags.fold ? folded(ranges) : ranges);

  /** RE2 folds a class before it complements it. */
  const escaped = (flags: Flags): Ranges => {
    const char = next();
    const named = classes[char];
    if (named !== undefined) return withCase(named, flags);
    const opposite = classes[char.toLowerCase()];
    if (opposite !== undefined) return otherChars(withCase(opposite, flags));
    if (char === "n") return [[10, 10]];
    if (/[A-Za-z0-9]/.test(char)) throw new Error(`\\${char} of ${source} is not read here`);
    return withCase([[code(char), code(char)]], flags);
  };

  const bracket = (flags: Flags): Node => {
    const isNegated = eat("^");
    const ranges: (readonly [number, number])[] = [];
    for (let first = true; first || chars[at] !== "]"; first = false) {
      const char = next();
      if (char === "[" && chars[at] === ":") throw new Error(`${source} has a class that is not read here`);
      if (char === "\\") {
        ranges.push(...escaped(flags));
      } else if (chars[at] === "-" && chars[at + 1] !== "]") {
        at++;
        ranges.push(...withCase([[code(char), code(next())]], flags));
      } else {
        ranges.push(...withCase([[code(char), code(char)]], flags));
      }
    }
    at++;
    return { is: "chars", ranges: isNegated ? otherChars(ranges) : ranges };
  };

  const group = (flags: Flags): Node => {
    let inner = flags;
    if (eat("?P<")) while (next() !== ">");
    else if (eat("?")) {
      let value = true;
      for (let char = next(); char !== ":"; char = next()) {
        if (char === "-") value = false;
        else if (char === "i") inner = { ...inner, fold: value };
        else if (char === "s") inner = { ...inner, dotAll: value };
        else throw new Error(`the flag ${char} of ${source} is not read here`);
      }
    }
    const node = choice(inner);
    if (!eat(")")) throw new Error(`${source} has a group that does not end`);
    return node;
  };

  const atom = (flags: Flags): Node => {
    const char = next();
    switch (char) {
      case ".":
        return { is: "chars", ranges: flags.dotAll ? otherChars([]) : otherChars([[10, 10]]) };
      case "^":
        return { is: "start" };
      case "$":
        return { is: "end" };
      case "[":
        return bracket(flags);
      case "(":
        return group(flags);
      case "\\":
        return { is: "chars", ranges: escaped(flags) };
      case "*":
      case "+":
      case "?":
      case "{":
        throw new Error(`${source} repeats nothing`);
      default:
        return { is: "chars", ranges: withCase([[code(char), code(char)]], flags) };
    }
  };

  const repeated = (item: Node): Node => {
    const [, star, from, comma, to] =
      /^(?:([*+?])|\{(\d+)(,?)(\d*)\})/.exec(chars.slice(at, at + 16).join("")) ?? [];
    if (star === undefined && from === undefined) return item;
    at += star === undefined ? `{${from}${comma}${to}}`.length : 1;
    const lazy = eat("?");
    if (lazy && star === undefined) throw new Error(`${source} has a lazy bound, not read here`);
    if (star !== undefined) {
      return { is: "repeat", item, min: star === "+" ? 1 : 0, max: star === "?" ? 1 : undefined };
    }
    const max = comma === "" ? Number(from) : to === "" ? undefined : Number(to);
    return { is: "repeat", item, min: Number(from), max };
  };

  const sequence = (given: Flags): Node => {
    const items: Node[] = [];
    let flags = given;
    while (at < chars.length && chars[at] !== "|" && chars[at] !== ")") {
      if (eat("(?i)")) flags = { ...flags, fold: true };
      else items.push(repeated(atom(flags)));
    }
    return { is: "sequence", items };
  };

  const choice = (flags: Flags): Node => {
    const items = [sequence(flags)];
    while (eat("|")) items.push(sequence(flags));
    return items.length === 1 ? (items[0] as Node) : { is: "choice", items };
  };

  const node = choice({ fold: ignoreCase, dotAll: false });
  if (at < chars.length) throw new Error(`${source} closes a group that it has not opened`);
  return node;
}

/**
 * SMT-LIB has no anchors. A node is a union of pieces, each a plain expression that may ask for the start of the
 * text on its left and for the end on its right; what stands beyond an anchor can then only be empty.
 */
interface Piece {
  /** Plain expressions, one after the other. */
  readonly parts: readonly string[];
  /** Whether they match the empty text. */
  readonly empty: boolean;
  readonly atStart: boolean;
  readonly atEnd: boolean;
}

const nothing: Piece = { parts: [], empty: true, atStart: false, atEnd: false };
const expression = (piece: Piece): string => smtConcat(piece.parts);
const plain = (regex: string, empty: boolean): Piece => ({ ...nothing, parts: [regex], empty });

function pieces(node: Node): readonly Piece[] {
  switch (node.is) {
    case "chars":
      return [plain(smtChars(node.ranges), false)];
    case "start":
      return [{ ...nothing, atStart: true }];
    case "end":
      return [{ ...nothing, atEnd: true }];
    case "choice":
      return node.items.flatMap(pieces);
    case "sequence":
      return sequenceOf(node.items);
    case "repeat": {
      const inner = pieces(node.item);
      if (inner.some((one) => one.atStart || one.atEnd))
        throw new Error("a repeated anchor is not read here");
      const regex = smtUnion(inner.map(expression));
      const empty = node.min === 0 || inner.some((one) => one.empty);
      return [plain(repeat(regex, node.min, node.max), empty)];
    }
  }
}

function repeat(regex: string, min: number, max: number | undefined): string {
  if (regex === "re.allchar" && min === 0 && max === undefined) return "re.all";
  if (max !== undefined) return `((_ re.loop ${min} ${max}) ${regex})`;
  if (min === 0) return `(re.* ${regex})`;
  if (min === 1) return `(re.+ ${regex})`;
  return smtConcat([`((_ re.^ ${min}) ${regex})`, `(re.* ${regex})`]);
}

/** A sequence in pieces; neighbours that need nothing of each other become one, literal text stays together. */
function sequenceOf(items: readonly Node[]): readonly Piece[] {
  let result: readonly Piece[] = [nothing];
  let text = "";
  const append = (ways: readonly Piece[]): void => {
    result = result.flatMap((left) => ways.flatMap((right) => joined(left, right)));
  };
  const appendText = (): void => {
    if (text !== "") append([plain(`(str.to_re ${smtString(text)})`, false)]);
    text = "";
  };
  for (const item of items) {
    const char = onlyChar(item);
    if (char !== undefined) {
      text += char;
      continue;
    }
    appendText();
    const ways = pieces(item);
    const isPlain = ways.length > 1 && ways.every((one) => !one.atStart && !one.atEnd);
    append(
      isPlain
        ? [
            plain(
              smtUnion(ways.map(expression)),
              ways.some((one) => one.empty),
            ),
          ]
        : ways,
    );
  }
  appendText();
  return result;
}

function onlyChar(node: Node): string | undefined {
  if (node.is !== "chars") return undefined;
  const [first, ...others] = node.ranges;
  return first !== undefined && others.length === 0 && first[0] === first[1]
    ? String.fromCodePoint(first[0])
    : undefined;
}

/** `left` then `right`: an anchor of one of them in the middle leaves only the empty text of the other. */
function joined(left: Piece, right: Piece): readonly Piece[] {
  if (right.atStart && !left.empty) return [];
  if (left.atEnd && !right.empty) return [];
  return [
    {
      parts: [...(right.atStart ? [] : left.parts), ...(left.atEnd ? [] : right.parts)],
      empty: left.empty && right.empty,
      atStart: left.atStart || right.atStart,
      atEnd: left.atEnd || right.atEnd,
    },
  ];
}

/** The whole texts that these nodes in sequence match. */
export function smtRegex(nodes: readonly Node[]): string {
  return smtUnion(sequenceOf(nodes).map(expression));
}
