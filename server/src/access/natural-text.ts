import { budget } from "./budget.ts";
import type { TextDomain } from "./domain.ts";
import { findText } from "./product.ts";
import { automatonOf, languageOf } from "./text-language.ts";
import type { TextPart, TextPattern } from "./text-pattern.ts";
import { sequence } from "./text-pattern.ts";

/**
 * Texts that read well and probably satisfy the patterns, best first: whoever asked checks them. What a pattern
 * leaves open is filled with words of the domain, since a witness with `/payments/other` explains itself and one
 * with `/payments/x` does not.
 */
export function naturalTexts(patterns: readonly TextPattern[], domain: TextDomain): readonly string[] {
  const found: string[] = [];
  for (const pattern of patterns) {
    if (pattern.kind === "oneOf") found.push(...pattern.values.slice(0, 50));
  }
  const sequences = patterns.filter((one) => one.kind === "sequence");
  if (sequences.length === 0) return [...found, ...domain.natural];
  const prefix = longest(sequences.map((one) => endsOf(one).prefix));
  const suffix = longest(sequences.map((one) => endsOf(one).suffix));
  if (prefix === "" && suffix === "") found.push(...domain.natural);
  else found.push(...between(prefix, suffix, domain));
  for (const one of sequences) found.push(...filled(one.parts, domain));
  const { awkward } = domain;
  if (awkward === undefined) return found;
  return [...found.filter((one) => !awkward.test(one)), ...found.filter((one) => awkward.test(one))];
}

const endsOf = (pattern: TextPattern): { readonly prefix: string; readonly suffix: string } => {
  const { shape } = languageOf(pattern);
  return shape.shape === "affix" || shape.shape === "general" ? shape : { prefix: "", suffix: "" };
};

const longest = (texts: readonly string[]): string =>
  texts.reduce((best, one) => (one.length > best.length ? one : best), "");

/** Prefix, filler, suffix. A text that ends in a separator wants a word behind it; another is whole as it is. */
function between(prefix: string, suffix: string, domain: TextDomain): readonly string[] {
  if (suffix === "") {
    const long = domain.ends.map((end) => prefix + end);
    return /[^A-Za-z0-9]$/.test(prefix) ? [...long, prefix] : [prefix, ...long];
  }
  if (prefix === "") {
    const long = domain.starts.map((start) => start + suffix);
    return /^[^A-Za-z0-9]/.test(suffix) ? [...long, suffix] : [suffix, ...long];
  }
  const ends = domain.ends.map((end) => prefix + end + suffix);
  return [...ends, prefix + suffix];
}

/** Each open part filled in a few ways; at most one way for all inner parts at a time, to keep their number small. */
function filled(parts: readonly TextPart[], domain: TextDomain): readonly string[] {
  const result: string[] = [];
  for (let attempt = 0; attempt < 4; attempt++) {
    let text = "";
    parts.forEach((part, i) => {
      text += fill(part, i === 0, i === parts.length - 1, attempt, domain);
    });
    result.push(text);
  }
  return result;
}

function fill(part: TextPart, first: boolean, last: boolean, attempt: number, domain: TextDomain): string {
  if ("literal" in part) return part.literal;
  if ("regex" in part) return shortest(part);
  const word = domain.words[attempt] ?? "";
  if (part.any === "segment") return word;
  if (first) return domain.starts[attempt] ?? "";
  if (last) return attempt === 0 ? "" : (domain.ends[attempt - 1] ?? "");
  return attempt === 3 ? "" : word;
}

const shortestTexts = new WeakMap<TextPart, string>();

function shortest(part: TextPart): string {
  const known = shortestTexts.get(part);
  if (known !== undefined) return known;
  const found = findText([automatonOf(sequence(part))], [], budget(5_000));
  const text = typeof found === "object" ? found.found : "";
  shortestTexts.set(part, text);
  return text;
}
