/** What is wrong with a JSON text, and where: half-open UTF-16 offsets. */
export interface JsonError {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export interface JsonVisitor {
  /** An object or array starts or ends. */
  open?(kind: "object" | "array", offset: number): void;
  close?(): void;
  /** A key, its quotes included. */
  key?(start: number, end: number): void;
}

interface Token {
  readonly end: number;
  readonly problem?: { readonly start: number; readonly end: number; readonly message: string };
}

const hex4 = /^[0-9a-fA-F]{4}$/;
const numberToken = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const wordToken = /[^\s,:[\]{}"]+/y;

/**
 * Walks a JSON text (RFC 8259) from its start and stops at the first error, which it returns. Iterative, so that
 * depth costs nothing; exact, unlike the positions that engines put into the messages of `JSON.parse`.
 */
export function scanJson(text: string, visitor: JsonVisitor = {}): JsonError | undefined {
  const stack: ("object" | "array")[] = [];
  let at = skipSpace(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);
  let expected: "value" | "value-or-end" | "key" | "key-or-end" | "after" = "value";
  for (;;) {
    at = skipSpace(text, at);
    const inside = stack.at(-1);
    if (expected === "after") {
      if (inside === undefined) return at < text.length ? trailing(text, at) : undefined;
      const unit = text[at];
      if (unit === ",") {
        at++;
        expected = inside === "object" ? "key" : "value";
        continue;
      }
      if (unit !== (inside === "object" ? "}" : "]")) return separator(text, at, inside);
    }
    const unit = text[at];
    if (unit === undefined) return endOfText(text, inside);
    if (expected === "after" || expected === "value-or-end" || expected === "key-or-end") {
      if (unit === (inside === "object" ? "}" : "]")) {
        stack.pop();
        visitor.close?.();
        at++;
        expected = "after";
        continue;
      }
    }
    if (expected === "key" || expected === "key-or-end") {
      const key = unit === '"' ? readString(text, at) : undefined;
      if (key === undefined) return noKey(text, at, unit);
      if (key.problem !== undefined) return key.problem;
      visitor.key?.(at, key.end);
      const colon = skipSpace(text, key.end);
      if (text[colon] !== ":")
        return { start: at, end: key.end, message: 'A ":" and a value are missing behind this key.' };
      at = colon;
      at++;
      expected = "value";
    } else if (unit === "{" || unit === "[") {
      const kind = unit === "{" ? "object" : "array";
      stack.push(kind);
      visitor.open?.(kind, at);
      at++;
      expected = kind === "object" ? "key-or-end" : "value-or-end";
    } else {
      const token = readScalar(text, at);
      if (token.problem !== undefined) return token.problem;
      at = token.end;
      expected = "after";
    }
  }
}

export function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const unit = text.charCodeAt(at);
    if (unit !== 32 && unit !== 10 && unit !== 13 && unit !== 9) return at;
    at++;
  }
}

function readScalar(text: string, at: number): Token {
  const unit = text.charAt(at);
  if (unit === '"') return readString(text, at);
  if (unit === "," || unit === ":" || unit === "]" || unit === "}")
    return problem(at, at + 1, `A value is missing before this "${unit}".`);
  wordToken.lastIndex = at;
  const word = wordToken.exec(text)?.[0] ?? unit;
  const end = at + word.length;
  if (word === "true" || word === "false" || word === "null") return { end };
  numberToken.lastIndex = at;
  if (numberToken.exec(text)?.[0] === word) return { end };
  if (word.startsWith("//") || word.startsWith("/*"))
    return problem(at, end, "JSON has no comments. Remove this one.");
  if (word.startsWith("'")) return problem(at, end, "JSON takes double quotes only. Write \" instead of '.");
  if (/^[-+.]?[0-9]/.test(word))
    return problem(
      at,
      end,
      `${shorten(word)} is no JSON number: no leading zeros or "+", and digits on both sides of the point.`,
    );
  return problem(at, end, `${shorten(word)} is no JSON value. Put text in double quotes.`);
}

function readString(text: string, start: number): Token {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 34) return { end: at + 1 };
    if (unit === 92) {
      const next = text.charAt(at + 1);
      if (next === "u") {
        if (!hex4.test(text.slice(at + 2, at + 6)))
          return problem(
            at,
            Math.min(at + 6, text.length),
            "\\u must be followed by four hexadecimal digits.",
          );
        at += 5;
      } else if (next !== "" && '"\\/bfnrt'.includes(next)) at++;
      else
        return problem(
          at,
          Math.min(at + 2, text.length),
          `\\${next} is no escape. Write \\\\ for a backslash.`,
        );
    } else if (unit === 10 || unit === 13)
      return problem(start, at, "The closing double quote of this text is missing on its line.");
    else if (unit < 32) {
      const code = unit.toString(16).padStart(4, "0");
      return problem(at, at + 1, `A control character stands in this text. Write it as \\u${code}.`);
    }
  }
  return problem(start, text.length, "The closing double quote of this text is missing.");
}

function problem(start: number, end: number, message: string): Token {
  return { end, problem: { start, end, message } };
}

function one(text: string, at: number, message: string): JsonError {
  // At the end of the text the last character is shown.
  const start = Math.min(at, Math.max(0, text.trimEnd().length - 1));
  return { start, end: Math.min(start + 1, text.length), message };
}

function trailing(text: string, at: number): JsonError {
  return one(
    text,
    at,
    "The JSON value has ended before this. Remove the rest, or put both values into a list.",
  );
}

function separator(text: string, at: number, inside: "object" | "array"): JsonError {
  const close = inside === "object" ? "}" : "]";
  if (at >= text.length) return endOfText(text, inside);
  return one(text, at, `A "," or "${close}" is missing before this.`);
}

function noKey(text: string, at: number, unit: string): JsonError {
  if (unit === "}") return one(text, at, 'JSON takes no "," before "}". Remove the comma.');
  return one(text, at, "A key in double quotes must stand here.");
}

function endOfText(text: string, inside: "object" | "array" | undefined): JsonError {
  if (inside !== undefined)
    return one(text, text.length, `The closing "${inside === "object" ? "}" : "]"}" is missing.`);
  return { start: 0, end: 0, message: "There is no JSON here: the text is empty." };
}

function shorten(word: string): string {
  return word.length > 40 ? `${word.slice(0, 40)}...` : word;
}
