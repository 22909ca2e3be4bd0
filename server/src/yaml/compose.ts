import { Composer, type CST, type ParsedNode, Schema, type YAMLParseError } from "yaml";
import { placeAtOpening } from "./error-places.ts";
import { readTokens } from "./tokens.ts";

/** What `yaml` makes of the source of one document; offsets from its start. */
export interface Composed {
  readonly contents: ParsedNode | null;
  readonly errors: readonly YAMLParseError[];
  readonly tokens: readonly CST.Token[];
  /** Where nesting passes the limit; there is nothing else then. */
  readonly tooDeep: number | undefined;
}

/** One for all documents: making it takes longer than reading a small document. */
const schema = new Schema({ schema: "core" });

export function composeSource(source: string): Composed {
  const { tokens, tooDeep } = readTokens(source);
  if (tooDeep !== undefined) return { contents: null, errors: [], tokens: [], tooDeep };
  return composeTokens(tokens, source.length);
}

/** The parser makes an Error for each mistake, of which a hostile file has a million: a stack for each takes seconds. */
function withoutStacks<T>(work: () => T): T {
  // Of V8; elsewhere it is nothing.
  const limit = Error as ErrorConstructor & { stackTraceLimit?: number | undefined };
  const before = limit.stackTraceLimit;
  limit.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    limit.stackTraceLimit = before;
  }
}

/** Makes nodes of tokens, by the core schema of YAML 1.2, whatever the directives say. */
export function composeTokens(tokens: readonly CST.Token[], length: number): Composed {
  // Duplicate keys are found while converting, where both places are known.
  const composer = new Composer<ParsedNode, true>({
    schema,
    version: "1.2",
    uniqueKeys: false,
    keepSourceTokens: true,
    logLevel: "silent",
    prettyErrors: false,
  });
  const errors: YAMLParseError[] = [];
  let contents: ParsedNode | null = null;
  let first = true;
  for (const document of withoutStacks(() => [...composer.compose(tokens, true, length)])) {
    // Not spread into a call: a hostile file can have more errors than a call can have arguments.
    for (const error of document.errors) errors.push(error);
    // The source holds one document; whatever a broken one makes the parser add is not meant.
    if (first) contents = document.contents;
    first = false;
  }
  placeAtOpening(errors, tokens);
  return { contents, errors, tokens, tooDeep: undefined };
}
