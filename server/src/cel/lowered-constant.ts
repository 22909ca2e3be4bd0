import { type CelNode, isEvaluationError, partsOf, run } from "./engine.ts";
import type { Constant } from "./member-tests.ts";
import type { Resolution } from "./resolve.ts";
import { InteractionView } from "./view.ts";

/** The value of a node that reads nothing of the request; undefined where it reads something. */
export function constantIn(node: CelNode, resolution: Resolution): Constant | undefined {
  if (!isConstant(node, resolution)) return undefined;
  try {
    return { value: run(node, new InteractionView({ traffic: "api" })) };
  } catch (error) {
    if (isEvaluationError(error)) return { error: true };
    throw error;
  }
}

function isConstant(node: CelNode, resolution: Resolution): boolean {
  const reference = resolution.references.get(node) ?? resolution.presences.get(node);
  if (reference !== undefined) return reference.source.kind === "constant";
  if (resolution.foreign.has(node)) return false;
  return node.op === "id"
    ? typeNames.has(node.args)
    : partsOf(node).every((part) => isConstant(part, resolution));
}

const typeNames = new Set([
  "string",
  "bool",
  "int",
  "uint",
  "double",
  "map",
  "list",
  "bytes",
  "null_type",
  "type",
]);
