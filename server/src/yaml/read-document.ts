import { Composer, type CST, type ParsedNode, type YAMLParseError } from "yaml";
import { readTokens } from "./tokens.ts";

export interface ReadDocument {
  readonly contents: ParsedNode | null;
  readonly errors: readonly YAMLParseError[];
  readonly tokens: readonly CST.Token[];
  /** Where nesting passes the limit; there are no contents then. */
  readonly tooDeep: number | undefined;
}

/** Parses the source of one document by YAML 1.2 with the core schema, whatever its directives say. Never throws. */
export function readDocument(source: string): ReadDocument {
  const { tokens, tooDeep } = readTokens(source);
  if (tooDeep !== undefined) return { contents: null, errors: [], tokens: [], tooDeep };
  // Duplicate keys are found while converting, where both places are known.
  const composer = new Composer<ParsedNode, true>({
    schema: "core",
    version: "1.2",
    uniqueKeys: false,
    keepSourceTokens: true,
    logLevel: "silent",
    prettyErrors: false,
  });
  const errors: YAMLParseError[] = [];
  let contents: ParsedNode | null = null;
  let first = true;
  for (const document of composer.compose(tokens, true, source.length)) {
    errors.push(...document.errors);
    // The source holds one document; whatever a broken one makes the parser add is not meant.
    if (first) contents = document.contents;
    first = false;
  }
  return { contents, errors, tokens, tooDeep: undefined };
}
