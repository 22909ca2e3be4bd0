import type { CST, YAMLParseError } from "yaml";
import { walkTokens } from "./tokens.ts";

/** Each is looked for among all brackets; nobody reads more. */
const maxMoved = 200;

/**
 * Moves errors about something that is not closed from where that is noticed, often entries later, to the quote or
 * bracket that is open: there the author has to look.
 */
export function placeAtOpening(errors: readonly YAMLParseError[], tokens: readonly CST.Token[]): void {
  const unclosed = errors
    .filter((error) => /^Missing closing|end with a [\]}]/.test(error.message))
    .slice(0, maxMoved);
  if (unclosed.length === 0) return;
  const quotes = new Map<number, number>();
  const brackets: { readonly close: string; readonly offset: number }[] = [];
  walkTokens(tokens, {
    node(token) {
      if (token.type === "single-quoted-scalar" || token.type === "double-quoted-scalar")
        quotes.set(token.offset + token.source.length, token.offset);
      if (token.type === "flow-collection") {
        const close = token.start.source === "[" ? "]" : "}";
        if (token.end[0]?.source !== close) brackets.push({ close, offset: token.offset });
      }
    },
  });
  for (const error of unclosed) {
    const at = error.pos[0];
    const close = /end with a ([\]}])/.exec(error.message)?.[1];
    const start =
      close === undefined
        ? quotes.get(at)
        : brackets.findLast((one) => one.close === close && one.offset < at)?.offset;
    if (start !== undefined) error.pos = close === undefined ? [start, at] : [start, start + 1];
  }
}
