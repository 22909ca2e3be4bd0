/** A pair in words, for whoever has to find out why two answers differ. */
import { testKey } from "../../../../server/src/access/literal-key.ts";
import type { AccessFunction, Term, Terms } from "../../../../server/src/access/predicate.ts";

export const termInWords = (term: Term): string =>
  term.literals.length === 0
    ? "always"
    : term.literals
        .map((one) => `${one.negated ? "not " : ""}${one.attribute.key} ${testKey(one.test)}`)
        .join(" and ");

const list = (name: string, terms: Terms): readonly string[] =>
  terms.map((term) => `    ${name} ${termInWords(term)}`);

export const functionInWords = (fn: AccessFunction): string =>
  [...list("allow", fn.allow), ...list("deny", fn.deny)].join("\n") || "    nothing";

export function pairInWords(left: AccessFunction, right: AccessFunction, impossible: Terms = []): string {
  const lines = [`  left\n${functionInWords(left)}\n  right\n${functionInWords(right)}`];
  if (impossible.length > 0) lines.push("  impossible", ...list("where", impossible));
  return lines.join("\n");
}
