import type { Interaction } from "../access/interaction.ts";
import type { ConditionValue } from "./condition.ts";
import { type CelNode, EvaluationError, isEvaluationError, LeafError, run } from "./engine.ts";
import { writtenName } from "./standard-functions.ts";
import { article } from "./type-messages.ts";
import { InteractionView } from "./view.ts";

/** Evaluates a checked condition on one interaction. An error of CEL is a value here, with its reason in words. */
export function evaluateCondition(ast: CelNode, interaction: Interaction): ConditionValue {
  const result = evaluateNode(ast, new InteractionView(interaction));
  if ("reason" in result) return { value: "error", reason: result.reason };
  if (result.value === true) return { value: "true" };
  if (result.value === false) return { value: "false" };
  return { value: "error", reason: "the condition is neither true nor false" };
}

export function evaluateNode(
  node: CelNode,
  view: InteractionView | undefined,
): { readonly value: unknown } | { readonly reason: string } {
  try {
    return { value: run(node, view) };
  } catch (error) {
    if (isEvaluationError(error)) return { reason: reasonOf(error) };
    throw error;
  }
}

function reasonOf(error: Error): string {
  if (error instanceof LeafError) return error.message;
  if (!(error instanceof EvaluationError)) return `a function refused its argument (${error.message})`;
  const { summary } = error;
  const binary = /^no such overload: (.+) (==|!=|<=?|>=?|in|[-+*/%]) (.+)$/.exec(summary);
  if (binary !== null) {
    const [, left = "", operator = "", right = ""] = binary;
    const what =
      error.node === undefined ? "" : ` (${error.node.input.slice(error.node.start, error.node.end)})`;
    return `"${operator}" does not work on ${article(left)} and ${article(right)}${what}`;
  }
  const unary = /^no such overload: ([!-])(.+)$/.exec(summary);
  if (unary !== null) return `"${unary[1]}" does not work on ${article(unary[2] ?? "")}`;
  const call = /^found no matching overload for '([^.']+)\.(\w+)\(/.exec(summary);
  if (call !== null) {
    const name = writtenName(call[2] ?? "");
    return `${name}() does not work on ${article(call[1] ?? "")}`;
  }
  const operand = /^Logical operator requires bool operands, got '(.+)'$/.exec(summary);
  if (operand !== null) return `&&, || and ! need true or false, not ${article(operand[1] ?? "")}`;
  const key = /^No such key: (.+)$/.exec(summary);
  if (key !== null) return `there is no field "${key[1]}"`;
  return summary.charAt(0).toLowerCase() + summary.slice(1);
}
