import { didYouMean } from "../text/did-you-mean.ts";
import type { ConditionProblem, ObjectType, VariableType } from "./condition.ts";
import { schemaTypeName } from "./conform.ts";
import type { CelNode } from "./engine.ts";
import type { CelEnvironment } from "./environment.ts";
import { tokens } from "./tokens.ts";

/** `Tool payments-tools/refund has no argument "amout". Did you mean "amount" (number, required)? ...` */
export function unknownField(
  name: string,
  path: string,
  type: ObjectType,
  environment: CelEnvironment,
  at: { readonly start: number; readonly end: number },
): ConditionProblem {
  const owner = environment.owners.find((one) => one.path === path);
  const outer = environment.owners.find((one) => path.startsWith(`${one.path}.`));
  const best = didYouMean(name, type.fields.keys());
  const field = best === undefined ? undefined : type.fields.get(best);
  const subject = owner?.label ?? path;
  const hint =
    best !== undefined && field !== undefined
      ? ` Did you mean "${best}" (${describe(field.type, field.required, owner ?? outer)})?`
      : listOf(owner === undefined ? "fields" : `${owner.noun}s`, [...type.fields.keys()]);
  const origin = (owner ?? outer)?.origin;
  return {
    code: "cel/unknown-field",
    severity: "error",
    message: `${subject} ${owner?.isPlural ? "have" : "has"} no ${owner?.noun ?? "field"} "${name}".${hint}${origin === undefined ? "" : ` ${origin}`}`,
    start: at.start,
    end: at.end,
    ...(best !== undefined && { replaceWith: best }),
  };
}

function describe(type: VariableType, required: boolean, owner: unknown): string {
  const name = schemaTypeName(type);
  if (owner === undefined) return name;
  return `${name}, ${required ? "required" : "optional"}`;
}

function listOf(what: string, names: readonly string[]): string {
  if (names.length === 0) return "";
  const shown = names.slice(0, 8).join(", ");
  return ` Its ${what} are ${shown}${names.length > 8 ? ", ..." : ""}.`;
}

/** A text that the schema's list of values does not have. */
export function unknownValue(
  path: string,
  value: string,
  values: readonly string[],
  literal: CelNode,
): ConditionProblem {
  const best = didYouMean(value, values) ?? values.find((one) => value.length > 2 && one.startsWith(value));
  const quote = literal.input.charAt(literal.start) === "'" ? "'" : '"';
  const hint = best === undefined ? "" : ` Did you mean "${best}"?`;
  const shown = values.slice(0, 8).map((one) => JSON.stringify(one));
  return {
    code: "cel/unknown-value",
    severity: "warning",
    message: `${path} is never ${JSON.stringify(value)}: its schema allows ${shown.join(", ")}${values.length > 8 ? ", ..." : ""}.${hint}`,
    start: literal.start,
    end: literal.end,
    ...(best !== undefined && !/["'\\]/.test(best) && { replaceWith: quote + best + quote }),
  };
}

export function unknownVariable(name: string, start: number, environment: CelEnvironment): ConditionProblem {
  const names = [...environment.variables.fields.keys()];
  const best = didYouMean(name, names);
  const owner = names.find((root) => {
    const type = environment.variables.fields.get(root)?.type;
    return type?.type === "object" && type.fields.has(name);
  });
  const suggestion = best ?? (owner === undefined ? undefined : `${owner}.${name}`);
  const hint =
    suggestion === undefined ? `Conditions can read ${names.join(", ")}.` : `Did you mean "${suggestion}"?`;
  return {
    code: "cel/unknown-variable",
    severity: "error",
    message: `There is no variable "${name}". ${hint}`,
    start,
    end: start + name.length,
    ...(suggestion !== undefined && { replaceWith: suggestion }),
  };
}

export function unknownFunction(
  name: string,
  start: number,
  known: ReadonlySet<string>,
  receiver: CelNode | undefined,
): ConditionProblem {
  const best = didYouMean(name, known);
  const hint = best === undefined ? "" : ` Did you mean "${best}"?`;
  const what = receiver === undefined ? "function" : "method";
  return {
    code: "cel/unknown-function",
    severity: "error",
    message: `CEL has no ${what} "${name}".${hint}`,
    start,
    end: start + name.length,
    ...(best !== undefined && { replaceWith: best }),
  };
}

/** What the parser says, in words, at the characters that are wrong. An empty range is moved onto the last token. */
export function syntaxProblem(
  source: string,
  error: { readonly code: string; readonly summary: string; readonly start: number; readonly end: number },
): ConditionProblem {
  const atEnd = source.slice(error.start).trim() === "";
  const text = source.slice(error.start, error.end);
  const [start, end] = atEnd ? lastToken(source) : [error.start, Math.max(error.end, error.start + 1)];
  const fix = replacement(text, source, error.start);
  return {
    code: "cel/syntax",
    severity: "error",
    message: syntaxMessage(source, error, text, atEnd, fix?.with),
    start: fix?.start ?? start,
    end: fix?.end ?? end,
    ...(fix !== undefined && { replaceWith: fix.with }),
  };
}

/** Operators of other languages, and what they are called in CEL. */
function replacement(text: string, source: string, start: number) {
  const word = /^(?:and|or|not|AND|OR|NOT)\b/.exec(source.slice(start))?.[0];
  const named: Readonly<Record<string, string>> = { and: "&&", or: "||", not: "!" };
  if (word !== undefined) return { start, end: start + word.length, with: named[word.toLowerCase()] ?? "" };
  if (text === "=" && source.slice(start - 2, start) === "==")
    return { start: start - 2, end: start + 1, with: "==" };
  if (text === "=") return { start, end: start + 1, with: "==" };
  if (text === "&") return { start, end: start + 1, with: "&&" };
  if (text === "|") return { start, end: start + 1, with: "||" };
  return undefined;
}

function syntaxMessage(
  source: string,
  error: { readonly code: string; readonly summary: string },
  text: string,
  atEnd: boolean,
  fix: string | undefined,
): string {
  if (fix !== undefined) return `CEL has no "${text === "=" ? "=" : text.trim()}" here. Write ${fix}.`;
  switch (error.code) {
    case "unterminated_string":
    case "unterminated_triple_quoted_string":
      return "This string has no closing quote.";
    case "newline_in_string":
      return 'This string has no closing quote on its line. Use """...""" for text of several lines.';
    case "reserved_identifier":
      return `"${text}" is a reserved word of CEL and cannot be a name.`;
    case "invalid_escape_sequence":
      return `CEL has no escape ${text}. Write \\\\ for a backslash, or a raw string: r"...".`;
    case "invalid_macro_argument":
      return 'The first argument names the variable that stands for each element, as in jwt.groups.exists(g, g == "x").';
    case "limit_exceeded":
      return `This condition is too large: ${error.summary}.`;
  }
  const expected = /^Expected (\w+)/.exec(error.summary)?.[1];
  const wanted = expected === undefined ? undefined : tokenNames[expected];
  if (source.trim() === "") return "The condition is empty. Leave the key out if there is no condition.";
  if (atEnd) {
    return wanted === undefined
      ? "The condition ends too early: something must follow here."
      : `The condition ends too early: ${wanted} is missing.`;
  }
  if (wanted !== undefined)
    return `${wanted[0]?.toUpperCase()}${wanted.slice(1)} is missing before "${text}".`;
  if (error.code.startsWith("invalid_")) return `${error.summary}.`;
  return `"${text}" cannot stand here. An operator such as && or == may be missing before it.`;
}

const tokenNames: Readonly<Record<string, string>> = {
  RPAREN: 'the closing ")"',
  RBRACKET: 'the closing "]"',
  RBRACE: 'the closing "}"',
  COLON: 'the ":" of "condition ? a : b"',
  IDENTIFIER: "a name",
};

function lastToken(source: string): [number, number] {
  const last = tokens(source).at(-1);
  return last === undefined ? [0, source.length] : [last.start, last.end];
}
