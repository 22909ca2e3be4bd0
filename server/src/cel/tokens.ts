/**
 * A tolerant lexer for CEL: it never fails, and covers the whole text. Completion, semantic tokens and the bounds
 * that are checked before parsing use it; the parser has its own.
 */
export type TokenKind =
  | "identifier"
  | "number"
  | "string"
  | "operator"
  | "open"
  | "close"
  | "comment"
  | "unknown";

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** A string without its closing quote. */
  readonly unterminated?: true;
}

const operators = [
  "&&",
  "||",
  "==",
  "!=",
  "<=",
  ">=",
  "<",
  ">",
  "+",
  "-",
  "*",
  "/",
  "%",
  "!",
  "?",
  ":",
  ".",
  ",",
];
const identifierPattern = /[A-Za-z_][A-Za-z0-9_]*/y;
const numberPattern = /0[xX][0-9a-fA-F]*[uU]?|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[uU]?/y;

/** The tokens in order; white space lies between them. */
export function tokens(source: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const unit = source.charAt(at);
    if (/\s/.test(unit)) {
      at++;
      continue;
    }
    const token = readToken(source, at);
    found.push(token);
    at = token.end;
  }
  return found;
}

function readToken(source: string, start: number): Token {
  const make = (kind: TokenKind, end: number): Token => ({
    kind,
    start,
    end,
    text: source.slice(start, end),
  });
  if (source.startsWith("//", start)) {
    const newline = source.indexOf("\n", start);
    return make("comment", newline < 0 ? source.length : newline);
  }
  const quoted = /^(?:[rR]?[bB]?|[bB][rR])(?="""|'''|"|')/.exec(source.slice(start, start + 6));
  if (quoted !== null) return readString(source, start, quoted[0]);
  const identifier = sticky(identifierPattern, source, start);
  if (identifier > start) return make("identifier", identifier);
  const number = sticky(numberPattern, source, start);
  if (number > start) return make("number", number);
  const unit = source.charAt(start);
  if ("([{".includes(unit)) return make("open", start + 1);
  if (")]}".includes(unit)) return make("close", start + 1);
  const operator = operators.find((one) => source.startsWith(one, start));
  return operator === undefined ? make("unknown", start + 1) : make("operator", start + operator.length);
}

function readString(source: string, start: number, prefix: string): Token {
  const open = start + prefix.length;
  const one = source.charAt(open);
  const quote = source.startsWith(one.repeat(3), open) ? one.repeat(3) : one;
  let at = open + quote.length;
  while (at < source.length) {
    if (source.startsWith(quote, at)) {
      const end = at + quote.length;
      return { kind: "string", start, end, text: source.slice(start, end) };
    }
    if (quote.length === 1 && source.charAt(at) === "\n") break;
    at += source.charAt(at) === "\\" ? 2 : 1;
  }
  const end = Math.min(at, source.length);
  return { kind: "string", start, end, text: source.slice(start, end), unterminated: true };
}

function sticky(pattern: RegExp, source: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(source) ? pattern.lastIndex : start;
}
