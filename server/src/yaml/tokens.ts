import { type CST, Lexer, Parser } from "yaml";

/** How deep collections may nest. People need fewer than twenty levels; recursion is safe far beyond this. */
export const maxDepth = 200;

export interface Tokens {
  readonly tokens: readonly CST.Token[];
  /** The offset in the source at which nesting passes the limit; the tokens end there. */
  readonly tooDeep: number | undefined;
}

/**
 * Reads one document into the tokens of `yaml`, counting the parser's own stack: this parser is iterative, but
 * everything behind it recurses, so hostile nesting must be stopped here.
 */
export function readTokens(source: string): Tokens {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(source)) {
    const offset = parser.offset;
    for (const token of parser.next(lexeme)) tokens.push(token);
    // The document itself is the first on the stack.
    if (parser.stack.length > maxDepth + 1) return { tokens: [], tooDeep: offset };
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens, tooDeep: undefined };
}

type Item = CST.BlockMap["items"][number] | CST.CollectionItem;

/** What `walkTokens` meets. `item` is the pair whose key or value the token is. */
export interface TokenVisitor {
  property?(token: CST.SourceToken): void;
  node?(token: CST.Token, item: Item | undefined, role: "root" | "key" | "value"): void;
}

/** Visits every node and every property (anchor, tag) of a document in the order of the text. */
export function walkTokens(tokens: readonly CST.Token[], visitor: TokenVisitor): void {
  for (const token of tokens) {
    if (token.type !== "document") continue;
    for (const one of token.start) visitor.property?.(one);
    if (token.value !== undefined) walk(token.value, undefined, "root", visitor);
  }
}

function walk(
  token: CST.Token,
  item: Item | undefined,
  role: "root" | "key" | "value",
  visitor: TokenVisitor,
): void {
  visitor.node?.(token, item, role);
  if (token.type !== "block-map" && token.type !== "block-seq" && token.type !== "flow-collection") return;
  for (const one of token.items) {
    for (const property of one.start) visitor.property?.(property);
    if (one.key) walk(one.key, one, "key", visitor);
    for (const property of one.sep ?? []) visitor.property?.(property);
    if (one.value) walk(one.value, one, "value", visitor);
  }
}
