import { type ASTNode, Environment, EvaluationError, ParseError } from "@marcbachmann/cel-js";
import { Duration } from "@marcbachmann/cel-js/evaluator";
import { LeafError } from "./leaf-error.ts";
import {
  Cidr,
  networkFunctionNames,
  networkMethodNames,
  registerNetworkFunctions,
} from "./network-functions.ts";
import { functionName, methodName, registerStandardFunctions } from "./standard-functions.ts";

/**
 * The only file that knows the CEL library (@marcbachmann/cel-js, pinned to 8.0.0). It parses, checks and evaluates;
 * what a variable is and what its absence means is ours: `bindLeaf` gives a node its type and its value.
 */
export type CelNode = ASTNode;

export { Duration };

/** What the library leaves public on its nodes but not in its types; pinned with its version. */
interface InternalNode {
  setMeta(key: string, value: unknown): this;
  evaluate(evaluator: unknown, node: unknown, context: unknown): unknown;
}

interface InternalChecker {
  check(node: unknown, context: unknown): { readonly name: string };
  getType(name: string): unknown;
}

interface InternalContext {
  getValue(name: string): unknown;
}

/** The values of one evaluation: what the leaves read. */
export interface Scope {
  /** The value of a comprehension variable. */
  local(name: string): unknown;
  /** Whatever `run` was given. */
  readonly view: unknown;
}

/** Types of the library by name: `list<string>`, `google.protobuf.Duration`. */
export type TypeName = string;

const library = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
const definitions = library.getDefinitions();
const register = (signature: string, handler: (...values: never[]) => unknown) => {
  library.registerFunction(signature, handler, { async: false });
};
registerStandardFunctions(register);
library.registerType("Cidr", Cidr);
registerNetworkFunctions(register);

/** Names of functions that are called on nothing, and of those that are called on a value. */
export const functionNames: ReadonlySet<string> = new Set([
  "has",
  ...networkFunctionNames,
  ...definitions.functions.filter((one) => one.receiverType === null).map((one) => one.name),
]);
export const methodNames: ReadonlySet<string> = new Set([
  ...networkMethodNames,
  ...definitions.functions
    .filter((one) => one.receiverType !== null && one.receiverType !== "CelNamespace")
    .map((one) => one.name),
]);

/** Those that a value can have: `none` and `of` are of the namespace `optional` only. */
export const valueMethodNames: ReadonlySet<string> = new Set([
  ...networkMethodNames,
  ...definitions.functions
    .filter((one) => one.receiverType !== null && !one.receiverType.endsWith("Namespace"))
    .map((one) => one.name),
]);

/** Names of types and namespaces, which are no variables: `string`, `google`. */
export function isBuiltIn(name: string): boolean {
  return library.hasVariable(name);
}

export { LeafError };

export type Parsed =
  | { readonly ast: CelNode }
  | {
      readonly error: {
        readonly code: string;
        readonly summary: string;
        readonly start: number;
        readonly end: number;
      };
    };

export function parse(source: string): Parsed {
  try {
    return { ast: library.parse(source).ast };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const { start = source.length, end = source.length } = error.range ?? {};
    return { error: { code: error.code, summary: error.summary, start, end } };
  }
}

/** Makes a node a leaf: its parts are neither checked nor evaluated any more. `read` may throw `LeafError`. */
export function bindLeaf(node: CelNode, type: TypeName, read: (scope: Scope) => unknown): void {
  internal(node)
    .setMeta("check", (checker: InternalChecker) => checker.getType(type))
    .setMeta("evaluate", (_evaluator: unknown, _node: unknown, context: InternalContext) =>
      read({ local: (name) => context.getValue(name), view: context.getValue("@view") }),
    )
    .setMeta("alternate", undefined)
    .setMeta("macro", undefined)
    .setMeta("async", false);
}

/** Makes a call of a function that we have replaced a call of ours. */
export function useStandardFunction(node: Extract<CelNode, { readonly op: "call" | "rcall" }>): void {
  node.args[0] = node.op === "call" ? functionName(node.args[0]) : methodName(node.args[0]);
}

/** Makes an integer literal a double. */
export function makeDouble(node: CelNode): void {
  if (node.op !== "value" || typeof node.args !== "bigint") return;
  (node as unknown as { args: number }).args = Number(node.args);
}

export type Checked =
  | { readonly type: TypeName }
  | { readonly code: string; readonly summary: string; readonly node: CelNode };

/** The type of a node, or the first type error below it. */
export function check(node: CelNode): Checked {
  // The library keeps the checked type on a node, so that every question is asked through a fresh one.
  const probe = library.parse("null");
  let found: TypeName = "dyn";
  internal(probe.ast).setMeta("check", (checker: InternalChecker, _node: unknown, context: unknown) => {
    const type = checker.check(node, context);
    found = type.name;
    return type;
  });
  const { error } = probe.check();
  if (error === undefined) return { type: found };
  const at = error.node !== undefined && "op" in error.node ? (error.node as CelNode) : node;
  return { code: error.code, summary: error.summary, node: at };
}

/** A parsed expression whose one node passes evaluation on to the node that `run` was asked for. */
const runner = library.parse("null");
internal(runner.ast)
  .setMeta("check", (checker: InternalChecker) => checker.getType("dyn"))
  .setMeta("evaluate", (evaluator: unknown, _node: unknown, context: InternalContext) => {
    const target = context.getValue("@node") as InternalNode;
    return target.evaluate(evaluator, target, context);
  });
runner.check();

/** The value of a checked node. Throws `LeafError` or `EvaluationError`; `isEvaluationError` tells them. */
export function run(node: CelNode, view: unknown): unknown {
  return runner({ "@node": node, "@view": view });
}

/**
 * An error of evaluation: of the library, of a leaf, or of JavaScript where the library passes a value on unchecked
 * (an unknown time zone is a RangeError, `json()` of bytes that are none a SyntaxError).
 */
export function isEvaluationError(error: unknown): error is Error {
  return [EvaluationError, LeafError, RangeError, SyntaxError].some((kind) => error instanceof kind);
}

export { EvaluationError };

/** The nodes directly below a node, as written: macros are not expanded. */
export function partsOf(node: CelNode): readonly CelNode[] {
  switch (node.op) {
    case "value":
    case "id":
      return [];
    case ".":
    case ".?":
      return [node.args[0]];
    case "call":
      return node.args[1];
    case "rcall":
      return [node.args[1], ...node.args[2]];
    case "list":
      return node.args;
    case "map":
      return node.args.flat();
    case "!_":
    case "-_":
      return [node.args];
    default:
      return node.args;
  }
}

function internal(node: CelNode): InternalNode {
  return node as unknown as InternalNode;
}
