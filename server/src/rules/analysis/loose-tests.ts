/** Tests of a name that other names pass, too: a regular expression without ends, a part, an open host. */
import type { TextTest } from "./condition-tests.ts";

export interface Looseness {
  /** What is taken, as the object of a sentence. */
  readonly takes: string;
  /** A text that passes and that others could have, where one is known. */
  readonly example?: string;
  readonly advice: string;
  /** Of a regular expression: what has to stand before and behind it. */
  readonly anchors?: { readonly before: string; readonly after: string };
}

/** Undefined where only what is meant passes, as far as the test itself tells. */
export function loosenessOf({ operator, value, read }: TextTest): Looseness | undefined {
  switch (operator) {
    case "==":
    case "!=":
    case "in":
      return undefined;
    case "matches":
      return looseRegex(value);
    case "contains":
      return {
        takes: `any text that has ${quoted(value)} somewhere in it`,
        example: `evil-${value}-evil`,
        advice: `Compare the whole text with ==, or with \`in\` a list.`,
      };
    case "endsWith":
      return {
        takes: `any text that ends in ${quoted(value)}, whatever stands before`,
        example: beforeEnd(value, read.path),
        advice: `Compare the whole text with ==, or with \`in\` a list.`,
      };
    case "startsWith":
      return openAuthority(value);
  }
}

const quoted = (text: string): string => JSON.stringify(text);

function beforeEnd(value: string, path: string): string {
  const isPath = value.startsWith("/") && path.startsWith("source.");
  return isPath ? `spiffe://other.example${value}` : `evil${value}`;
}

/** A prefix that ends within the trust domain or host: whoever registers a longer one is let in. */
function openAuthority(value: string): Looseness | undefined {
  const authority = /^(?:spiffe|https):\/\/([^/]*)$/.exec(value)?.[1];
  if (authority === undefined) return undefined;
  const whose = value.startsWith("spiffe") ? "trust domain" : "host";
  return {
    takes: `every ${whose} that begins with ${quoted(authority)}`,
    example: `${value}.evil.example/`,
    advice: `End the prefix with "/", behind the ${whose}.`,
  };
}

function looseRegex(pattern: string): Looseness | undefined {
  // Flags stand before the first anchor: (?i)^...$.
  const flags = /^\(\?[imsU]+\)/.exec(pattern)?.[0] ?? "";
  const body = pattern.slice(flags.length);
  const alternatives = topAlternatives(body);
  const isOpenAtStart = !isAnchored(body, (one) => /^(?:\^|\\A)/.test(one));
  const isOpenAtEnd = !isAnchored(body, endsAnchored);
  if (!isOpenAtStart && !isOpenAtEnd) return undefined;
  const ends = isOpenAtStart && isOpenAtEnd ? "both ends" : isOpenAtStart ? "the beginning" : "the end";
  const several = alternatives.length > 1;
  const example = literalIn(body);
  return {
    takes: `any text in which ${quoted(pattern)} matches somewhere, since it is open at ${ends}${several ? " of an alternative" : ""}`,
    ...(example === undefined
      ? {}
      : { example: `${isOpenAtStart ? "evil." : ""}${example}${isOpenAtEnd ? ".evil" : ""}` }),
    advice: `\`matches\` searches: write ^ before and $ behind what has to be the whole text${several ? ", and parentheses around the alternatives" : ""}.`,
    // What ends in a space or a colon could not be told from YAML's own any more.
    ...(flags !== "" || /^\s|[\s:]$/.test(pattern)
      ? {}
      : {
          anchors: {
            before: several ? "^(?:" : isOpenAtStart ? "^" : "",
            after: several ? ")$" : isOpenAtEnd ? "$" : "",
          },
        }),
  };
}

/** Whether all ways to match are anchored, be it within parentheses: `(^a$)|(^b$)`. */
function isAnchored(pattern: string, isAnchoredText: (text: string) => boolean): boolean {
  return topAlternatives(pattern).every((one) => {
    if (isAnchoredText(one)) return true;
    const inner = /^\((?:\?:|\?P?<\w+>)?([^?].*)\)$/s.exec(one)?.[1];
    // The parentheses have to be a pair: not those of `(a)(b)`.
    return inner !== undefined && isBalanced(inner) && isAnchored(inner, isAnchoredText);
  });
}

function isBalanced(pattern: string): boolean {
  let depth = 0;
  for (const character of pattern.replace(/\\./gs, "").replace(/\[\]?[^\]]*\]/g, "")) {
    if (character === "(") depth++;
    else if (character === ")" && --depth < 0) return false;
  }
  return depth === 0;
}

/** The text that a pattern without operators matches; undefined for others. */
function literalIn(pattern: string): string | undefined {
  const body = pattern.replace(/^\^/, "").replace(/\$$/, "");
  return /^(?:[\w:/@. -]|\\[./-])+$/.test(body) ? body.replaceAll("\\", "") : undefined;
}

/** A `.*` or `.+` at the end says that anything may follow: that is what its author means. */
function endsAnchored(alternative: string): boolean {
  const end = /(?:\$|\\z|(?:^|[^\\])\.[*+])$/.exec(alternative);
  if (end === null) return false;
  if (end[0] !== "$") return true;
  const backslashes = /\\*$/.exec(alternative.slice(0, -1))?.[0].length ?? 0;
  return backslashes % 2 === 0;
}

/** The parts between the `|` that stand in no parentheses and no class. */
function topAlternatives(pattern: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let inClass = false;
  let from = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === "\\") at++;
    else if (inClass) inClass = character !== "]" || pattern.charAt(at - 1) === "[";
    else if (character === "[") inClass = true;
    else if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === "|" && depth === 0) {
      parts.push(pattern.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, pattern.slice(from)];
}
