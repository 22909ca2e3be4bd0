import type { ConditionProblem } from "./condition.ts";
import { type Token, tokens } from "./tokens.ts";

/**
 * Bounds that hold before a condition is parsed, so that nothing that walks it can overflow the stack or take long:
 * every walk recurses at most once an operator, and evaluation costs at most (list length) ^ (nested comprehensions).
 */
const maximum = { characters: 10_000, operators: 500, depth: 64, comprehensions: 2 };

const comprehensions = new Set(["all", "exists", "exists_one", "map", "filter"]);

export function tooComplex(source: string): ConditionProblem | undefined {
  if (source.length > maximum.characters) {
    return problem(
      0,
      source.length,
      `it has ${source.length} characters, the limit is ${maximum.characters}`,
    );
  }
  const open: boolean[] = [];
  let operators = 0;
  let before: Token | undefined;
  let unary = 0;
  for (const token of tokens(source)) {
    const prefix = (token.text === "!" || token.text === "-") && !endsOperand(before);
    unary = prefix ? unary + 1 : 0;
    if (token.kind === "operator" && token.text !== ",") operators++;
    if (operators > maximum.operators) {
      return problem(token.start, token.end, `it has more than ${maximum.operators} operators`);
    }
    if (token.kind === "open") open.push(token.text === "(" && comprehensions.has(before?.text ?? ""));
    if (token.kind === "close") open.pop();
    if (open.length > maximum.depth || unary > maximum.depth) {
      return problem(token.start, token.end, `it is nested deeper than ${maximum.depth} levels`);
    }
    if (open.filter((one) => one).length > maximum.comprehensions) {
      const what = `more than ${maximum.comprehensions} of all, exists, exists_one, map and filter stand inside each other`;
      return problem(before?.start ?? token.start, token.end, what);
    }
    before = token;
  }
  return undefined;
}

function endsOperand(token: Token | undefined): boolean {
  return token !== undefined && ["identifier", "number", "string", "close"].includes(token.kind);
}

function problem(start: number, end: number, why: string): ConditionProblem {
  const message =
    `This condition is too complex to check and evaluate safely: ${why}. ` +
    "It is never true. Split it into several rules.";
  return { code: "cel/too-complex", severity: "error", message, start, end };
}
