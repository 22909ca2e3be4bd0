/** Strings and sets of characters in SMT-LIB 2.6 (theory of Unicode strings), as text. */

/** The last character of SMT-LIB's alphabet. Ours goes on to U+10FFFF; no test speaks of what is beyond. */
export const lastChar = 0x2ffff;

/** Inclusive ranges of code points, in any order. */
export type Ranges = readonly (readonly [number, number])[];

export function smtString(text: string): string {
  const chars = [...text].map((char) => {
    const code = char.codePointAt(0) as number;
    if (char === '"') return '""';
    // A backslash could begin an escape.
    return code >= 0x20 && code < 0x7f && char !== "\\" ? char : smtEscape(code);
  });
  return `"${chars.join("")}"`;
}

const smtEscape = (code: number): string => `\\u{${code.toString(16)}}`;

export function smtChars(ranges: Ranges): string {
  const [only] = ranges;
  if (ranges.length === 1 && only?.[0] === 0 && only[1] === lastChar) return "re.allchar";
  return smtUnion(
    ranges.map(([low, high]) => {
      const first = smtString(String.fromCodePoint(low));
      return low === high
        ? `(str.to_re ${first})`
        : `(re.range ${first} ${smtString(String.fromCodePoint(high))})`;
    }),
  );
}

export function smtUnion(regexes: readonly string[]): string {
  if (regexes.length === 0) return "re.none";
  return regexes.length === 1 ? (regexes[0] as string) : `(re.union ${regexes.join(" ")})`;
}

export function smtConcat(regexes: readonly string[]): string {
  if (regexes.length === 0) return '(str.to_re "")';
  return regexes.length === 1 ? (regexes[0] as string) : `(re.++ ${regexes.join(" ")})`;
}

export function smtIntersection(regexes: readonly string[]): string {
  if (regexes.length === 0) return "re.all";
  return regexes.length === 1 ? (regexes[0] as string) : `(re.inter ${regexes.join(" ")})`;
}

export function smtAnd(formulas: readonly string[]): string {
  if (formulas.length === 0) return "true";
  return formulas.length === 1 ? (formulas[0] as string) : `(and ${formulas.join(" ")})`;
}

export function smtOr(formulas: readonly string[]): string {
  if (formulas.length === 0) return "false";
  return formulas.length === 1 ? (formulas[0] as string) : `(or ${formulas.join(" ")})`;
}

export const smtNot = (formula: string): string => `(not ${formula})`;

/** What is in none of the ranges. */
export function otherChars(ranges: Ranges): Ranges {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const others: [number, number][] = [];
  let next = 0;
  for (const [low, high] of sorted) {
    if (low > next) others.push([next, low - 1]);
    next = Math.max(next, high + 1);
  }
  if (next <= lastChar) others.push([next, lastChar]);
  return others;
}

/** Decimal, as SMT-LIB writes reals: never in exponent form, and negative numbers as an application. */
export function smtNumber(value: number): string {
  const digits = String(Math.abs(value));
  if (digits.includes("e")) throw new Error(`${digits} has no plain decimal form`);
  const text = digits.includes(".") ? digits : `${digits}.0`;
  return value < 0 ? `(- ${text})` : text;
}
