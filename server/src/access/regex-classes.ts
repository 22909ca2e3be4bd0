import { type CharSet, charSet, complement, containsChar, everyChar, foldAscii } from "./char-set.ts";

const range = (from: string, to: string): [number, number] => [
  from.codePointAt(0) as number,
  to.codePointAt(0) as number,
];
const digits = range("0", "9");
const lower = range("a", "z");
const upper = range("A", "Z");
const underscore = range("_", "_");

export const notNewline: CharSet = complement([0x0a, 0x0a]);

/** `\d`, `\s`, `\w`: ASCII only, as in RE2. */
const perl: Readonly<Record<string, CharSet>> = {
  d: charSet(digits),
  s: charSet([0x09, 0x0a, 0x0c, 0x0d, 0x20, 0x20]),
  w: charSet([...digits, ...lower, ...upper, ...underscore]),
};

const posix: Readonly<Record<string, CharSet>> = {
  alnum: charSet([...digits, ...lower, ...upper]),
  alpha: charSet([...lower, ...upper]),
  ascii: [0, 0x7f],
  blank: charSet([0x09, 0x09, 0x20, 0x20]),
  cntrl: charSet([0, 0x1f, 0x7f, 0x7f]),
  digit: charSet(digits),
  graph: [0x21, 0x7e],
  lower: charSet(lower),
  print: [0x20, 0x7e],
  punct: charSet([0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e]),
  space: charSet([0x09, 0x0d, 0x20, 0x20]),
  upper: charSet(upper),
  word: charSet([...digits, ...lower, ...upper, ...underscore]),
  xdigit: charSet([...digits, ...range("a", "f"), ...range("A", "F")]),
};

/**
 * The set of `\d` and the like; upper case is the complement. Undefined for any other letter. Under `(?i)` RE2 folds
 * before it complements, so that `(?i)\W` has no Kelvin sign.
 */
export function perlClass(letter: string, ignoreCase: boolean): CharSet | undefined {
  const plain = letter.toLowerCase();
  return named(perl, plain, letter !== plain, ignoreCase);
}

/** The set of `[:alpha:]` or `[:^alpha:]`, by the name between the colons. */
export function posixClass(name: string, ignoreCase: boolean): CharSet | undefined {
  const plain = name.startsWith("^") ? name.slice(1) : name;
  return named(posix, plain, name !== plain, ignoreCase);
}

function named(
  table: Readonly<Record<string, CharSet>>,
  name: string,
  negated: boolean,
  ignoreCase: boolean,
): CharSet | undefined {
  const set = Object.hasOwn(table, name) ? table[name] : undefined;
  const folded = set !== undefined && ignoreCase ? foldCase(set) : set;
  return folded !== undefined && negated ? complement(folded) : folded;
}

/**
 * The set under `(?i)`. Undefined where it has non-ASCII characters of its own, whose folding is not built in.
 * U+212A (Kelvin) folds to k and U+017F (long s) to s, as in RE2; nothing else outside ASCII folds into it.
 */
export function foldCase(set: CharSet): CharSet | undefined {
  if (set.length === 0) return set;
  if ((set.at(-1) as number) > 0x7f) {
    // A set that has everything outside ASCII needs no folding there.
    const outside = set.at(-2) as number;
    if (!(outside <= 0x80 && set.at(-1) === everyChar[1])) return undefined;
    // Kelvin and long s stand in the set, so their ASCII partners belong to it as well.
    return foldAscii(charSet([...set, 0x6b, 0x6b, 0x73, 0x73]));
  }
  const folded = [...foldAscii(set)];
  if (containsChar(folded, 0x6b)) folded.push(0x212a, 0x212a);
  if (containsChar(folded, 0x73)) folded.push(0x17f, 0x17f);
  return charSet(folded);
}
