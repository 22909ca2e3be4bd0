import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import oniguruma from "vscode-oniguruma";
import textmate, { type IGrammar, type IRawGrammar } from "vscode-textmate";

const require = createRequire(import.meta.url);
const folder = path.resolve(import.meta.dirname, "../../../syntaxes");

const FILES: Readonly<Record<string, string>> = {
  "source.plumbline": "plumbline.tmLanguage.json",
  "source.plumbline.cel": "cel.tmLanguage.json",
};

/** The grammar as VS Code loads it. */
export async function loadGrammar(): Promise<IGrammar> {
  await oniguruma.loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scopeName): Promise<IRawGrammar | null> => {
      const file = FILES[scopeName];
      if (file === undefined) return null;
      return textmate.parseRawGrammar(readFileSync(path.join(folder, file), "utf8"), file);
    },
  });
  const grammar = await registry.loadGrammar("source.plumbline");
  if (grammar === null) throw new Error("the grammar did not load");
  return grammar;
}

export interface Token {
  readonly text: string;
  readonly scopes: readonly string[];
  readonly endsLine: boolean;
}

export function tokenize(grammar: IGrammar, text: string): readonly Token[] {
  let state = textmate.INITIAL;
  return text.split("\n").flatMap((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    const found = tokens.map(({ startIndex, endIndex, scopes }) => ({
      text: line.slice(startIndex, endIndex),
      scopes,
      endsLine: false,
    }));
    return [...found, { text: "", scopes: [], endsLine: true }];
  });
}
