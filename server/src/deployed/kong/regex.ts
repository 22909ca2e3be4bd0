import { re2Problem } from "../../access/re2.ts";
import { isExpressibleRegex } from "../../access/text-language.ts";
import { exactly, fullMatch, prefix, type TextPattern } from "../../access/text-pattern.ts";

/** An expression as a pattern of whole texts, or why it is none. */
export type ReadRegex = { readonly pattern: TextPattern } | { readonly problem: string };

/**
 * The regular expression of a route's path. Kong writes `^` before it, without a group around it, and looks for a
 * match that may end anywhere: of `~/a|/b` only the first alternative is anchored at the start.
 * Source: Kong `kong/router/transform.lua`, `path_val_transform`.
 */
export function pathRegex(written: string): ReadRegex {
  return searched(`^${written.replaceAll("?<", "?P<").replaceAll("?PP<", "?P<")}`);
}

/** The regular expression of a header value (`~*...`), which Kong searches in the lower-cased value. */
export function headerRegex(written: string): ReadRegex {
  const read = searched(written.toLowerCase(), true);
  return "pattern" in read ? { pattern: { ...read.pattern, ignoreCase: true } } : read;
}

/** A search as a match of the whole text: each alternative gets `.*` on the sides that it does not anchor. */
function searched(regex: string, ignoreCase = false): ReadRegex {
  const problem = re2Problem(regex);
  if (problem !== undefined) return { problem };
  const expressible = isExpressibleRegex(regex, ignoreCase);
  if (expressible !== true) return { problem: expressible };
  const alternatives = topLevelAlternatives(regex).map(whole);
  const bad = alternatives.find((one) => "problem" in one);
  if (bad !== undefined) return bad;
  const parts = alternatives.flatMap((one) => ("regex" in one ? [one] : []));
  const [only] = parts;
  if (parts.length === 1 && only?.plain !== undefined) return { pattern: only.plain };
  const joined = parts.map((one) => one.regex).join("|");
  return re2Problem(joined) === undefined
    ? { pattern: fullMatch(joined) }
    : { problem: "it cannot be taken apart at its anchors" };
}

interface Alternative {
  readonly regex: string;
  /** What it comes to, where it has no more than a fixed text behind the start. */
  readonly plain: TextPattern | undefined;
}

function whole(alternative: string): Alternative | { readonly problem: string } {
  let body = alternative;
  const fromStart = body.startsWith("^");
  while (body.startsWith("^")) body = body.slice(1);
  const toEnd = /(?<!\\)(?:\\\\)*\$$/.test(body);
  if (toEnd) body = body.slice(0, -1);
  if (hasAnchor(body)) return { problem: "it has an anchor in its middle" };
  const regex = `${fromStart ? "" : "(?s:.*)"}(?:${body})${toEnd ? "" : "(?s:.*)"}`;
  const isFixed = fromStart && /^(?:[^\\.*+?()[\]{}|^$]|\\[^A-Za-z0-9])*$/.test(body);
  if (!isFixed) return { regex, plain: undefined };
  const text = body.replaceAll(/\\(.)/g, "$1");
  return { regex, plain: toEnd ? exactly(text) : prefix(text) };
}

/** Whether an assertion stands in the body, outside of classes: what is matched then depends on where it stands. */
function hasAnchor(body: string): boolean {
  for (const { character, escaped, inClass } of characters(body)) {
    if (inClass) continue;
    if (escaped ? "AzZbB".includes(character) : character === "^" || character === "$") return true;
  }
  return false;
}

function topLevelAlternatives(regex: string): readonly string[] {
  const cuts: number[] = [];
  let depth = 0;
  for (const { character, escaped, inClass, at } of characters(regex)) {
    if (escaped || inClass) continue;
    if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === "|" && depth === 0) cuts.push(at);
  }
  return [...cuts, regex.length].map((cut, index) =>
    regex.slice(index === 0 ? 0 : (cuts[index - 1] ?? 0) + 1, cut),
  );
}

function* characters(
  regex: string,
): Generator<{ character: string; escaped: boolean; inClass: boolean; at: number }> {
  let inClass = false;
  for (let at = 0; at < regex.length; at++) {
    const character = regex.charAt(at);
    if (character === "\\") {
      at++;
      yield { character: regex.charAt(at), escaped: true, inClass, at };
      continue;
    }
    if (inClass && character === "]") inClass = false;
    yield { character, escaped: false, inClass, at };
    if (!inClass && character === "[") {
      inClass = true;
      // A bracket right behind the opening one, or behind its negation, is a member of the class.
      if (regex.charAt(at + 1) === "^") at++;
      if (regex.charAt(at + 1) === "]") at++;
    }
  }
}
