import { RE2JS, RE2JSException } from "@bufbuild/re2";

/**
 * The only regular expressions of this engine: RE2, linear in the text. JavaScript's own can take seconds on a
 * hostile pattern and accept what no enforcement point does (lookahead, back-references).
 */
const compiled = new Map<string, RE2JS>();

/** The compiled expression. Throws `RE2JSException` where it is not RE2; ask `re2Problem` first for foreign ones. */
export function re2(expression: string): RE2JS {
  const known = compiled.get(expression);
  if (known !== undefined) return known;
  const made = RE2JS.compile(expression);
  // Expressions come from files: a bound keeps a hostile workspace from filling the table.
  if (compiled.size >= 2_000) compiled.clear();
  compiled.set(expression, made);
  return made;
}

/** What RE2 says against an expression, or undefined where it is one. */
export function re2Problem(expression: string): string | undefined {
  try {
    re2(expression);
    return undefined;
  } catch (error) {
    if (error instanceof RE2JSException) return error.message.replace(/^error parsing regexp: /, "");
    throw error;
  }
}

/** An expression that matches exactly this text. */
export function re2Quote(text: string): string {
  return RE2JS.quote(text);
}
