import { re2Problem } from "../access/re2.ts";
import type { ConditionProblem } from "./condition.ts";
import { constantOf } from "./constants.ts";
import { type CelNode, check, partsOf, type TypeName } from "./engine.ts";
import type { Resolution } from "./resolve.ts";
import { re2Function } from "./standard-functions.ts";
import { article, typeProblem } from "./type-messages.ts";

/**
 * Type errors and expressions that are no RE2, each `&&`, `||`, `!` and ternary part on its own, so that one mistake
 * does not hide the next.
 */
export function typeProblems(ast: CelNode, resolution: Resolution): readonly ConditionProblem[] {
  const problems: ConditionProblem[] = [];
  visit(ast, (leaf, isRoot) => {
    const checked = check(leaf);
    if (!("type" in checked)) {
      // Where a name is unknown, whatever follows from it has been said already.
      if (!resolution.problems.some((one) => one.start >= leaf.start && one.end <= leaf.end)) {
        problems.push(typeProblem(checked));
      }
    } else if (checked.type !== "bool" && !checked.type.startsWith("dyn")) {
      problems.push(notBoolean(leaf, checked.type, isRoot));
    }
  });
  collectRegexProblems(ast, resolution, problems);
  return problems;
}

/** Calls back for every part that must be true or false and is no combination of others. */
function visit(node: CelNode, leaf: (node: CelNode, isRoot: boolean) => void, isRoot = true): void {
  switch (node.op) {
    case "&&":
    case "||":
      for (const part of node.args) visit(part, leaf, false);
      return;
    case "!_":
      visit(node.args, leaf, false);
      return;
    case "?:":
      visit(node.args[0], leaf, false);
      visit(node.args[1], leaf, isRoot);
      visit(node.args[2], leaf, isRoot);
      return;
    default:
      leaf(node, isRoot);
  }
}

function notBoolean(node: CelNode, type: TypeName, isRoot: boolean): ConditionProblem {
  const text = node.input.slice(node.start, node.end);
  const needs = isRoot ? "A condition must be true or false" : "&&, ||, ! and ?: need true or false here";
  const hint = text.length <= 40 ? `, as in ${text} == ...` : "";
  return {
    code: isRoot ? "cel/not-boolean" : "cel/type",
    severity: "error",
    message: `${needs}; this is ${article(type)}. Compare it with something${hint}.`,
    start: node.start,
    end: node.end,
  };
}

function collectRegexProblems(node: CelNode, resolution: Resolution, problems: ConditionProblem[]): void {
  if (node.op === "rcall" && node.args[0] === re2Function) {
    const [expression] = node.args[2];
    const constant = expression && constantOf(expression, resolution.foreign);
    if (expression && constant && "value" in constant && typeof constant.value === "string") {
      const problem = re2Problem(constant.value);
      if (problem !== undefined) {
        const { start, end } = expression;
        const message = `This is no RE2 expression: ${regexReason(problem, constant.value)}`;
        problems.push({ code: "cel/regex", severity: "error", message, start, end });
      }
    }
  }
  for (const part of partsOf(node)) collectRegexProblems(part, resolution, problems);
}

function regexReason(problem: string, expression: string): string {
  if (/\(\?<?[=!]/.test(expression)) {
    return "RE2 has no lookahead or lookbehind. Write the exclusion as a second condition: && !x.matches(...).";
  }
  if (/\\[1-9]/.test(expression)) return "RE2 has no back-references such as \\1.";
  return `${problem}. Enforcement points refuse it too.`;
}
