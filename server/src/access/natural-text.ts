import { budget } from "./budget.ts";
import type { TextDomain } from "./domain.ts";
import { findText } from "./product.ts";
import { automatonOf, languageOf } from "./text-language.ts";
import type { TextPart, TextPattern } from "./text-pattern.ts";
import { sequence } from "./text-pattern.ts";

/**
 * A text that fits, among those that read well and probably do, best first; undefined where none of them does. What
 * a pattern leaves open is filled with words of the domain, since a witness with `/payments/other` explains itself
 * and one with `/payments/x` does not.
 */
export function findNatural(
  patterns: readonly TextPattern[],
  domain: TextDomain,
  fits: (text: string) => boolean,
): string | undefined {
  let awkward: string | undefined;
  for (const text of candidates(patterns, domain)) {
    if (!fits(text)) continue;
    if (domain.awkward?.test(text) !== true) return text;
    awkward ??= text;
  }
  return awkward;
}

function* candidates(patterns: readonly TextPattern[], domain: TextDomain): Generator<string> {
  const sequences: (TextPattern & { kind: "sequence" })[] = [];
  for (const pattern of patterns) {
    if (pattern.kind === "oneOf") yield* pattern.values.slice(0, 50);
    else sequences.push(pattern);
  }
  if (sequences.length === 0) return yield* domain.natural;
  const prefix = longest(sequences.map((one) => endsOf(one).prefix));
  const suffix = longest(sequences.map((one) => endsOf(one).suffix));
  if (prefix === "" && suffix === "") yield* domain.natural;
  else yield* between(prefix, suffix, domain);
  for (const one of sequences) yield* filled(one.parts, domain);
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
    return endsInSeparator(prefix) ? [...long, prefix] : [prefix, ...long];
  }
  if (prefix === "") {
    const long = domain.starts.map((start) => start + suffix);
    return /^[^A-Za-z0-9]/.test(suffix) ? [...long, suffix] : [suffix, ...long];
  }
  const ends = domain.ends.map((end) => prefix + end + suffix);
  return [...ends, prefix + suffix];
}

/** The parts that are open filled in a few ways: those at the ends as the domain says, all inner ones alike. */
function* filled(parts: readonly TextPart[], domain: TextDomain): Generator<string> {
  const starts = isOpen(parts[0]) ? domain.starts.slice(0, 3) : [""];
  const ends = parts.length > 1 && isOpen(parts.at(-1)) ? domain.ends.slice(0, 4) : [];
  const inner = parts.slice(isOpen(parts[0]) ? 1 : 0, ends.length > 0 ? -1 : undefined);
  for (const word of [...domain.words.slice(0, 3), ""]) {
    const middle = inner.map((part) => fill(part, word)).join("");
    for (const start of starts) {
      const text = start + middle;
      if (ends.length === 0 || !endsInSeparator(text)) yield text;
      for (const end of ends) yield text + end;
      if (ends.length > 0 && endsInSeparator(text)) yield text;
    }
  }
}

const isOpen = (part: TextPart | undefined): boolean =>
  part !== undefined && "any" in part && part.any === "chars";

const endsInSeparator = (text: string): boolean => /[^A-Za-z0-9]$/.test(text);

function fill(part: TextPart, word: string): string {
  if ("literal" in part) return part.literal;
  return "regex" in part ? shortest(part) : word;
}

const shortestTexts = new WeakMap<TextPart, string>();

function shortest(part: TextPart): string {
  const known = shortestTexts.get(part);
  if (known !== undefined) return known;
  const found = findText([automatonOf(sequence(part))], [], budget(20_000));
  const text = typeof found === "object" ? found.found : "";
  shortestTexts.set(part, text);
  return text;
}
