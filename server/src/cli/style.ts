/** Colours of a terminal; without a terminal every function gives its text back. */

export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly doubtful: (text: string) => string;
  readonly quiet: (text: string) => string;
  readonly strong: (text: string) => string;
}

export function style(colour: boolean): Style {
  const wrap = (on: number, off: number) => (text: string) =>
    colour ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    good: wrap(32, 39),
    bad: wrap(31, 39),
    doubtful: wrap(33, 39),
    quiet: wrap(2, 22),
    strong: wrap(1, 22),
  };
}

const words: readonly (readonly [RegExp, keyof Style])[] = [
  [/^( *)(WIDER|BYPASS|DENY|FAILED|error)\b/gm, "bad"],
  [/^( *)(NARROWER|UNENFORCED|UNKNOWN|warning)\b/gm, "doubtful"],
  [/^( *)(ALLOW|passed)\b/gm, "good"],
];

/** Colours the words that say how it stands, where a line begins with one. */
export function paint(text: string, colour: boolean): string {
  if (!colour) return text;
  const styles = style(true);
  return words.reduce(
    (painted, [pattern, kind]) =>
      painted.replace(pattern, (_, indent: string, word: string) => indent + styles[kind](word)),
    text,
  );
}

/** `1 error`, `2 errors`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
