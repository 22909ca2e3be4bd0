/** Comments of a YAML file that hold a word, or what is like one: for instructions to tools, which are rare. */
import { splitDocuments } from "./documents.ts";
import { Lexemes } from "./lexemes.ts";

/** Absolute offsets; from its `#` to its last character that is no blank. */
export interface Comment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Whether nothing but blanks stands in front of it in its line. */
  readonly isAlone: boolean;
  /** Where the text ends that the line starts, for a comment behind `|` or `>`. */
  readonly blockTextEnd?: number;
}

/**
 * In the order of the text. A `#` inside of a text is no comment, and a quote that is never closed hides those of its
 * own document only. A file without the word is not looked at any closer.
 */
export function commentsWith(text: string, word: string | RegExp): readonly Comment[] {
  if (!holds(text, word)) return [];
  return splitDocuments(text).flatMap((part) => {
    const source = text.slice(part.start, part.end);
    return holds(source, word) ? commentsOf(source, part.start, word) : [];
  });
}

function commentsOf(source: string, base: number, word: string | RegExp): readonly Comment[] {
  const lexemes = new Lexemes(source);
  const all = lexemes.within(0, source.length);
  return all.flatMap(({ type, start, end }, index): readonly Comment[] => {
    const text = source.slice(start, end).trimEnd();
    if (type !== "comment" || !holds(text, word)) return [];
    const isBlockText = all[index - 1]?.type === "block-scalar-header";
    const scalar = isBlockText ? all[index + 1] : undefined;
    const blockTextEnd = scalar?.type === "scalar" ? { blockTextEnd: base + scalar.end } : {};
    const isAlone = lexemes.startsLine(start);
    return [{ start: base + start, end: base + start + text.length, text, isAlone, ...blockTextEnd }];
  });
}

const holds = (text: string, word: string | RegExp): boolean =>
  typeof word === "string" ? text.includes(word) : word.test(text);
