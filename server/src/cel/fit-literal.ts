/** Literals, and what schemas say of the values that they are compared with. */
import type { ConditionProblem, VariableType } from "./condition.ts";
import { type CelNode, makeDouble } from "./engine.ts";
import { unknownValue } from "./messages.ts";
import type { Reference } from "./reference.ts";

type References = ReadonlyMap<CelNode, Reference>;

/**
 * A `number` of JSON Schema may be compared with `200` as well as with `200.0`; a text of which the schema lists the
 * values only with those.
 */
export function fitLiteral(
  left: CelNode,
  right: CelNode,
  references: References,
): readonly ConditionProblem[] {
  const reference = references.get(left);
  if (reference?.type.type === "double") makeDouble(right.op === "-_" ? right.args : right);
  if (reference !== undefined) return fitText(reference, reference.type, right);
  return left.op === "[]" ? fitMember(left.args[0], right, references) : [];
}

/** A member of a list of texts. */
export function fitMember(list: CelNode, text: CelNode, references: References): readonly ConditionProblem[] {
  const reference = references.get(list);
  return reference?.type.type === "list" ? fitText(reference, reference.type.of, text) : [];
}

function fitText({ path }: Reference, type: VariableType, text: CelNode): readonly ConditionProblem[] {
  if (type.type !== "string" || type.values === undefined) return [];
  if (text.op !== "value" || typeof text.args !== "string" || type.values.includes(text.args)) return [];
  return [unknownValue(path, text.args, type.values, text)];
}
