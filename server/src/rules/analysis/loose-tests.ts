/** Tests of a name that other names pass, too: a regular expression without ends, a part, an open host. */
import { describesCaller } from "./attribute-meanings.ts";
import type { TextTest } from "./condition-tests.ts";
import { otherName, type PartOfName } from "./other-names.ts";

export interface Looseness {
  /** What is taken, as the object of a sentence. */
  readonly takes: string;
  /** A text that passes and that others could have, where one is known. */
  readonly example?: string;
  readonly advice: string;
  /** Of a regular expression: what has to stand before and behind it. */
  readonly anchors?: { readonly before: string; readonly after: string };
  /** Of a regular expression with open points: what it is with them escaped. */
  readonly escaped?: string;
}

/** Undefined where only what is meant passes, as far as the test itself tells. */
export function loosenessOf(test: TextTest): Looseness | undefined {
  const { operator, value, read } = test;
  switch (operator) {
    case "==":
    case "!=":
    case "in":
      return undefined;
    case "matches":
      return looseRegex(test);
    case "contains":
      return {
        takes: `any text that has ${quoted(value)} somewhere in it`,
        ...exampleOf({ path: read.path, text: value, before: true, after: true }),
        advice: compareWhole,
      };
    case "endsWith":
      if (endsAtBoundary(test)) return undefined;
      return {
        takes: `any text that ends in ${quoted(value)}, whatever stands before`,
        ...exampleOf({ path: read.path, text: value, before: true, after: false }),
        advice: compareWhole,
      };
    case "startsWith":
      return openAuthority(test) ?? openPrefix(test);
  }
}

const compareWhole = "Compare the whole text with ==, or with `in` a list.";

const quoted = (text: string): string => JSON.stringify(text);

function exampleOf(part: PartOfName): Pick<Looseness, "example"> {
  const example = otherName(part);
  return example === undefined ? {} : { example };
}

/**
 * `@acme.example` is everybody there, and so is a suffix of a group or repository that begins with a separator. Of a
 * name `/sa/shop` or `:ref:refs/heads/main` is the smaller part: whose it is stands before.
 */
function endsAtBoundary({ value, read }: Pick<TextTest, "value" | "read">): boolean {
  return value.startsWith("@") || (read.attributes.some(describesCaller) && /^[^\p{L}\d]/u.test(value));
}

/** A prefix that ends within the trust domain or host: whoever registers a longer one is let in. */
function openAuthority({ value, read }: TextTest): Looseness | undefined {
  const authority = /^(?:spiffe|https):\/\/([^/]*)$/.exec(value)?.[1];
  if (authority === undefined) return undefined;
  const whose = value.startsWith("spiffe") ? "trust domain" : "host";
  const takes = authority === "" ? `every ${whose}` : `every ${whose} that begins with ${quoted(authority)}`;
  const within = authority === "" ? "evil.example" : `${authority}.evil.example`;
  const example = whose === "host" ? `https://${within}/` : `spiffe://${within}/job`;
  return {
    takes,
    ...(read.path === "source.principal" && whose === "host" ? {} : { example }),
    advice:
      authority === ""
        ? `Say which ${whose} is meant, with "/" behind it.`
        : `End the prefix with "/", behind the ${whose}.`,
  };
}

/** A prefix that ends within a word: that of `shop` is the one of `shop-evil`, too. */
function openPrefix({ value, read }: TextTest): Looseness | undefined {
  if (!/[\p{L}\d]$/u.test(value)) return undefined;
  // What is no beginning of a SPIFFE ID has findings of its own.
  const example = otherName({ path: read.path, text: value, before: false, after: true });
  if (example === undefined) return undefined;
  return {
    takes: `any text that begins with ${quoted(value)}, whatever follows`,
    example,
    advice:
      "Compare the whole text with ==, or end the prefix with the separator that follows in what is meant.",
  };
}

function looseRegex(test: TextTest): Looseness | undefined {
  const { value: pattern, read } = test;
  // Flags stand before the first anchor: (?i)^...$.
  const flags = /^\(\?[imsU]+\)/.exec(pattern)?.[0] ?? "";
  const body = pattern.slice(flags.length);
  const alternatives = topAlternatives(body);
  const isOpenAtStart = !isAnchored(body, (one) => /^(?:\^|\\A)/.test(one));
  const isOpenAtEnd = !isAnchored(body, endsAnchored);
  const several = alternatives.length > 1;
  const literal = literalIn(body);
  if (!isOpenAtStart && !isOpenAtEnd) return several ? undefined : openDot(test);
  if (literal !== undefined && !isOpenAtEnd && endsAtBoundary({ value: literal, read })) return undefined;
  const ends = isOpenAtStart && isOpenAtEnd ? "both ends" : isOpenAtStart ? "the beginning" : "the end";
  return {
    takes: `any text in which ${quoted(pattern)} matches somewhere, since it is open at ${ends}${several ? " of an alternative" : ""}`,
    ...(literal === undefined
      ? {}
      : exampleOf({ path: read.path, text: literal, before: isOpenAtStart, after: isOpenAtEnd })),
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

/**
 * A point of a trust domain or host that is written as it is stands for any character. Of a host at least one other
 * point has to be left, or nobody can register what passes.
 */
function openDot({ value: pattern }: TextTest): Looseness | undefined {
  const found = /^\^(spiffe|https):\/\/((?:[\w-]|\\\.|\[\.\]|\.(?![*+?{]))+)(?=\/|\$$)/.exec(pattern);
  const [whole = "", scheme = "", authority = ""] = found ?? [];
  const dots = [...authority.matchAll(/\\\.|\[\.\]|\./g)];
  const open = dots.find(([dot]) => dot === ".");
  if (open === undefined || (scheme === "https" && dots.length < 2)) return undefined;
  const behind = pattern.slice(whole.length).replace(/\$$/, "");
  const rest = behind === "" ? "" : literalIn(behind.replace(/\/\.[*+]$/, "/job"));
  const plain = (text: string): string => text.replace(/\\\.|\[\.\]/g, ".");
  const other = `${plain(authority.slice(0, open.index))}-${plain(authority.slice(open.index + 1))}`;
  const whose = scheme === "spiffe" ? "trust domain" : "host";
  const start = whole.length - authority.length;
  return {
    takes: `every ${whose} that has any character where ${quoted(pattern)} has a point`,
    ...(rest === undefined ? {} : { example: `${scheme}://${other}${rest}` }),
    advice: "Write [.] for a point that is one.",
    escaped: `${pattern.slice(0, start)}${escapeDots(authority)}${pattern.slice(whole.length)}`,
  };
}

const escapeDots = (text: string): string =>
  text.replace(/\\\.|\[\.\]|\./g, (dot) => (dot === "." ? "[.]" : dot));

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
  const body = pattern.replace(/^\^/, "").replace(/\$$/, "").replaceAll("[.]", "\\.");
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
