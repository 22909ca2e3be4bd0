/** Literals, and what schemas say of the values that they are compared with. */
import { parseAddress, parseNetwork } from "../access/network.ts";
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
  if (reference !== undefined)
    return [...fitText(reference, reference.type, right), ...fitAddress(reference, right)];
  return left.op === "[]" ? fitMember(left.args[0], right, references) : [];
}

/** A member of a list of texts. */
export function fitMember(list: CelNode, text: CelNode, references: References): readonly ConditionProblem[] {
  const reference = references.get(list);
  return reference?.type.type === "list" ? fitText(reference, reference.type.of, text) : [];
}

/** Whoever compares an address with a network, as other policy languages let one do, asks for what is never so. */
function fitAddress(
  { path, source }: Reference,
  { op, args, start, end }: CelNode,
): readonly ConditionProblem[] {
  if (source.kind !== "attribute" || source.attribute.sort !== "ip") return [];
  if (op !== "value" || typeof args !== "string" || parseAddress(args) !== undefined) return [];
  const is = `${path} is one address, so that it is never ${JSON.stringify(args)}`;
  const network = parseNetwork(args) === undefined ? "10.0.0.0/8" : args;
  const message = `${is}. Ask whether a network has it: cidr("${network}").containsIP(${path}).`;
  return [{ code: "cel/unknown-value", severity: "warning", message, start, end }];
}

function fitText({ path }: Reference, type: VariableType, text: CelNode): readonly ConditionProblem[] {
  if (type.type !== "string" || type.values === undefined) return [];
  if (text.op !== "value" || typeof text.args !== "string" || type.values.includes(text.args)) return [];
  return [unknownValue(path, text.args, type.values, text)];
}
