/**
 * Colours of a terminal; without a terminal every function gives its text back. What they write are marks that no file
 * can hold, since a new one is made each time that the program runs: a colour in a name stays what it is, text.
 */

export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly doubtful: (text: string) => string;
  readonly quiet: (text: string) => string;
  readonly strong: (text: string) => string;
}

const mark = `\ufdd0${crypto.randomUUID()}:`;

/** The marks of a line as a terminal knows them. */
export function marksToColours(line: string): string {
  const [first = "", ...others] = line.split(mark);
  return first + others.map((part) => part.replace(/^(\d+);/, "\u001b[$1m")).join("");
}

export function style(colour: boolean): Style {
  const wrap = (on: number, off: number) => (text: string) =>
    colour ? `${mark}${on};${text}${mark}${off};` : text;
  return {
    good: wrap(32, 39),
    bad: wrap(31, 39),
    doubtful: wrap(33, 39),
    quiet: wrap(2, 22),
    strong: wrap(1, 22),
  };
}

const words: readonly (readonly [RegExp, keyof Style])[] = [
  [/^( *)(WIDER|BYPASS|DENY|FAILED|error)\b/, "bad"],
  [/^( *)(NARROWER|UNENFORCED|UNKNOWN|warning)\b/, "doubtful"],
  [/^( *)(ALLOW|passed)\b/, "good"],
];

/** Colours the words that say how it stands, where a line begins with one. */
export function paint(lines: readonly string[], colour: boolean): readonly string[] {
  if (!colour) return lines;
  const styles = style(true);
  return lines.map((line) =>
    words.reduce(
      (painted, [pattern, kind]) =>
        painted.replace(pattern, (_, indent: string, word: string) => indent + styles[kind](word)),
      line,
    ),
  );
}

/** `1 error`, `2 errors`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
