import type { Environment } from "./model.ts";

/** A `${name}` in a string: its name, and where it stands, from the dollar sign to behind the closing brace. */
export interface VariableUse {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const pattern = /\$\{([^{}]*)\}/g;

/** Every `${name}` of a text, in order, at offsets of the text. */
export function variablesIn(text: string): readonly VariableUse[] {
  return [...text.matchAll(pattern)].map((match) => ({
    name: (match[1] ?? "").trim(),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/**
 * Puts the environment's variables into a text. Values are not substituted again: there are no nested variables. An
 * undefined variable stays as written; `undefinedVariables` tells which those are.
 */
export function substitute(text: string, environment: Pick<Environment, "vars">): string {
  let result = "";
  let end = 0;
  for (const use of variablesIn(text)) {
    result += text.slice(end, use.start) + (environment.vars.get(use.name) ?? text.slice(use.start, use.end));
    end = use.end;
  }
  return result + text.slice(end);
}

/** The variables of a text that the environment does not define. */
export function undefinedVariables(
  text: string,
  environment: Pick<Environment, "vars">,
): readonly VariableUse[] {
  return variablesIn(text).filter((use) => !environment.vars.has(use.name));
}
