import { Composer, type CST, type ParsedNode, type YAMLParseError } from "yaml";
import { type ConditionTrap, conditionTraps, defuse } from "./condition-trap.ts";
import type { Dialect } from "./cuts.ts";
import { readTokens } from "./tokens.ts";

export interface ReadDocument {
  readonly contents: ParsedNode | null;
  readonly errors: readonly YAMLParseError[];
  readonly tokens: readonly CST.Token[];
  /** Where nesting passes the limit; there are no contents then. */
  readonly tooDeep: number | undefined;
  readonly traps: readonly ConditionTrap[];
}

/** More rounds than conditions that hide each other; each round reads the tokens once. */
const maxRounds = 10;

/**
 * Parses the source of one document by YAML 1.2 with the core schema, whatever its directives say. In a policy file,
 * conditions that YAML would change are made harmless first, so that they cost nothing but their own problem.
 */
export function readDocument(source: string, dialect: Dialect): ReadDocument {
  const mended: ConditionTrap[] = [];
  let current = source;
  for (let round = 0; ; round++) {
    const { tokens, tooDeep } = readTokens(current);
    if (tooDeep !== undefined) return { contents: null, errors: [], tokens: [], tooDeep, traps: [] };
    const traps = dialect === "plumbline" && round < maxRounds ? conditionTraps(tokens, current) : [];
    const harmful = traps.filter((trap) => !trap.commentOnly);
    if (harmful.length > 0) {
      // A broken condition can hide the ones behind it, so that the tokens are read anew.
      mended.push(...harmful);
      current = defuse(current, harmful);
      continue;
    }
    return { ...compose(tokens, source.length), tokens, tooDeep: undefined, traps: [...mended, ...traps] };
  }
}

/** Makes the nodes and errors of one document from its tokens. */
function compose(tokens: readonly CST.Token[], length: number): Pick<ReadDocument, "contents" | "errors"> {
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
  for (const document of composer.compose(tokens, true, length)) {
    errors.push(...document.errors);
    // The source holds one document; whatever a broken one makes the parser add is not meant.
    if (first) contents = document.contents;
    first = false;
  }
  return { contents, errors };
}
