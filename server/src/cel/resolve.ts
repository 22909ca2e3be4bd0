import type { Interaction } from "../access/interaction.ts";
import type { ConditionProblem, VariableType } from "./condition.ts";
import {
  bindLeaf,
  type CelNode,
  functionNames,
  isBuiltIn,
  LeafError,
  makeDouble,
  methodNames,
  type Scope,
  type TypeName,
  useRe2,
} from "./engine.ts";
import { type CelEnvironment, delegator } from "./environment.ts";
import { unknownField, unknownFunction, unknownVariable } from "./messages.ts";
import {
  delegatorReference,
  displayPath,
  localReference,
  makeReference,
  type Reference,
} from "./reference.ts";
import { conform, InteractionView } from "./view.ts";

/** What the names of a condition are, node by node. */
export interface Resolution {
  readonly references: ReadonlyMap<CelNode, Reference>;
  /** `has(x)` nodes, with what they ask for. */
  readonly presences: ReadonlyMap<CelNode, Reference>;
  /** Nodes that call functions which only the engine has; their value is not known here. */
  readonly foreign: ReadonlySet<CelNode>;
  readonly problems: readonly ConditionProblem[];
}

/** A static chain of names: `a.b["c"]`, with the range of each. */
export interface Chain {
  readonly root: Extract<CelNode, { readonly op: "id" }>;
  readonly steps: readonly { readonly key: string | 0; readonly start: number; readonly end: number }[];
}

/** Comprehension variables in scope: their types, and whether they are the delegators. */
type Locals = ReadonlyMap<string, { readonly type: VariableType; readonly delegators: boolean }>;

const comprehensions = new Set(["all", "exists", "exists_one", "map", "filter"]);

/** agentgateway's own functions, as of its `schema/cel-functions.md`; conditions that call them stay opaque. */
const agentgatewayFunctions = new Set([
  ...[
    "json",
    "toJson",
    "with",
    "mapValues",
    "filterKeys",
    "merge",
    "flatten",
    "flattenRecursive",
    "default",
    "coalesce",
  ],
  ...[
    "base64",
    "encode",
    "decode",
    "random",
    "uuid",
    "variables",
    "cidr",
    "ip",
    "containsIP",
    "containsCIDR",
    "isIP",
  ],
  ...[
    "regexReplace",
    "replace",
    "hash",
    "md5",
    "sha1",
    "sha256",
    "fail",
    "unredacted",
    "redacted",
    "cookie",
    "raw",
  ],
  ...["toInt", "toDouble", "stripPrefix", "stripSuffix", "now", "parseUrl", "trim", "query"],
]);

/** Finds out what every name is, and binds each variable that is read to its type and its place in the interaction. */
export function resolve(ast: CelNode, environment: CelEnvironment): Resolution {
  const resolver = new Resolver(environment);
  resolver.visit(ast, new Map());
  return resolver;
}

class Resolver implements Resolution {
  readonly references = new Map<CelNode, Reference>();
  readonly presences = new Map<CelNode, Reference>();
  readonly foreign = new Set<CelNode>();
  readonly problems: ConditionProblem[] = [];

  constructor(private readonly environment: CelEnvironment) {}

  visit(node: CelNode, locals: Locals): void {
    const chain = chainOf(node);
    if (chain !== undefined && this.#bindChain(node, chain, locals)) return;
    switch (node.op) {
      case "value":
      case "id":
        return;
      case ".":
      case ".?":
        return this.visit(node.args[0], locals);
      case "call":
        return this.#call(node, locals);
      case "rcall":
        return this.#methodCall(node, locals);
      case "list":
        for (const item of node.args) this.visit(item, locals);
        return;
      case "map":
        for (const [key, value] of node.args) {
          this.visit(key, locals);
          this.visit(value, locals);
        }
        return;
      case "!_":
      case "-_":
        return this.visit(node.args, locals);
      case "in": {
        const [left, right] = node.args;
        if (this.#bindKeyTest(node, left, right, locals)) return;
        this.visit(left, locals);
        this.#visitCollection(right, locals);
        if (right.op === "list") for (const item of right.args) this.#fitNumber(left, item);
        return;
      }
      case "==":
      case "!=":
        for (const part of node.args) this.visit(part, locals);
        this.#fitNumber(node.args[0], node.args[1]);
        this.#fitNumber(node.args[1], node.args[0]);
        return;
      default:
        for (const part of node.args) this.visit(part, locals);
    }
  }

  /** `"x-team" in request.headers` asks the same as has() does. */
  #bindKeyTest(node: CelNode, left: CelNode, right: CelNode, locals: Locals): boolean {
    const chain = chainOf(right);
    if (left.op !== "value" || typeof left.args !== "string" || chain === undefined) return false;
    if (locals.has(chain.root.args) || !this.environment.variables.fields.has(chain.root.args)) return false;
    let type: VariableType = this.environment.variables;
    const path: string[] = [];
    for (const key of [chain.root.args, ...chain.steps.map((step) => step.key)]) {
      const next: VariableType | undefined =
        type.type === "object"
          ? type.fields.get(String(key))?.type
          : type.type === "map"
            ? type.of
            : undefined;
      if (next === undefined || key === 0) return false;
      path.push(key);
      type = next;
    }
    if (type.type !== "object" && type.type !== "map") return false;
    const below = type.type === "map" ? type.of : (type.fields.get(left.args)?.type ?? { type: "dyn" });
    const reference = makeReference(this.environment, [...path, left.args], below);
    this.presences.set(node, reference);
    bindLeaf(node, "bool", (scope) => viewOf(scope).has(reference));
    return true;
  }

  /** A `number` of JSON Schema may be compared with `200` as well as with `200.0`. */
  #fitNumber(left: CelNode, right: CelNode): void {
    if (this.references.get(left)?.type.type !== "double") return;
    makeDouble(right.op === "-_" ? right.args : right);
  }

  #call(node: Extract<CelNode, { readonly op: "call" }>, locals: Locals): void {
    const [name, args] = node.args;
    const [first] = args;
    if (name === "has" && args.length === 1 && first !== undefined) return this.#has(node, first, locals);
    if (!functionNames.has(name)) {
      if (this.#isForeign(name)) this.#bindForeign(node, name);
      else this.problems.push(unknownFunction(name, node.start, functionNames, undefined));
    }
    for (const argument of args) this.visit(argument, locals);
  }

  #methodCall(node: Extract<CelNode, { readonly op: "rcall" }>, locals: Locals): void {
    const [name, receiver, args] = node.args;
    if (comprehensions.has(name)) return this.#comprehension(node, locals);
    if (receiver.op === "id" && receiver.args === "cel" && name === "bind") {
      const [variable, value, body] = args;
      if (value !== undefined) this.visit(value, locals);
      if (variable?.op === "id" && body !== undefined) {
        this.visit(body, new Map(locals).set(variable.args, { type: { type: "dyn" }, delegators: false }));
      }
      return;
    }
    this.visit(receiver, locals);
    for (const argument of args) this.visit(argument, locals);
    if (!methodNames.has(name)) {
      if (this.#isForeign(name)) this.#bindForeign(node, name);
      else this.problems.push(unknownFunction(name, nameStart(node, receiver, name), methodNames, receiver));
    } else if (name === "matches") useRe2(node);
  }

  #comprehension(node: Extract<CelNode, { readonly op: "rcall" }>, locals: Locals): void {
    const [, receiver, [variable, ...bodies]] = node.args;
    this.#visitCollection(receiver, locals);
    if (variable?.op !== "id") return;
    const list = this.references.get(receiver);
    const element = elementType(list?.type);
    const delegators = list?.source.kind === "delegators";
    const inner: Locals = new Map(locals).set(variable.args, { type: element, delegators });
    for (const body of bodies) this.visit(body, inner);
  }

  /** The right side of `in`, or what a comprehension runs over. */
  #visitCollection(node: CelNode, locals: Locals): void {
    this.visit(node, locals);
    const reference = this.references.get(node);
    if (reference?.type.type !== "dyn") return;
    // A claim or argument of unknown type is meant as a list here. CEL would take the keys of a map, which no
    // enforcement point does for claims: that would be a way around them, so that it is an error.
    this.#bind(node, reference, "dyn", (value) => {
      if (Array.isArray(value)) return value;
      throw new LeafError(`${reference.path} is not a list`);
    });
  }

  #has(node: CelNode, argument: CelNode, locals: Locals): void {
    const chain = chainOf(argument);
    if (chain === undefined || (argument.op !== "." && !this.#rootPresence(argument))) {
      const { start, end } = argument;
      const message =
        'has() asks for a field by its name, as in has(jwt.team). For other keys write: "x-team" in request.headers.';
      this.problems.push({ code: "cel/type", severity: "error", message, start, end });
      return;
    }
    if (!this.#bindChain(argument, chain, locals)) return this.visit(argument, locals);
    const reference = this.references.get(argument);
    if (reference === undefined) return;
    this.references.delete(argument);
    if (argument.op === "id") {
      const { path, name, type } = reference;
      const read = (interaction: Interaction) =>
        name === "jwt" && interaction.jwt !== undefined ? true : undefined;
      const fact: Reference = {
        path,
        name,
        type: { type: "dyn" },
        source: { kind: "fact", read, reason: `${path} as a whole is not one attribute` },
      };
      return this.#bindPresence(
        node,
        type.type === "object" && reference.source.kind === "group" ? reference : fact,
      );
    }
    this.#bindPresence(node, reference);
  }

  #bindPresence(node: CelNode, reference: Reference): void {
    this.presences.set(node, reference);
    bindLeaf(node, "bool", (scope) =>
      reference.source.kind === "local"
        ? localValue(reference, scope) !== undefined
        : viewOf(scope).has(reference),
    );
  }

  /** agentgateway's `has(jwt)`: whether there is a token at all. */
  #rootPresence(argument: CelNode): boolean {
    return this.environment.dialect === "agentgateway" && argument.op === "id";
  }

  /** Binds a chain that starts at a variable; false where it starts elsewhere, or is left to the library. */
  #bindChain(node: CelNode, chain: Chain, locals: Locals): boolean {
    const name = chain.root.args;
    const local = locals.get(name);
    if (local !== undefined) return this.#bindLocal(node, chain, local);
    if (isBuiltIn(name) && !this.environment.variables.fields.has(name)) return false;
    const variable = this.environment.variables.fields.get(name);
    if (variable === undefined) {
      this.problems.push(unknownVariable(name, chain.root.start, this.environment));
      bindLeaf(node, "dyn", () => {
        throw new LeafError(`there is no variable ${name}`);
      });
      return true;
    }
    if (name === "onBehalfOf" && chain.steps.length > 0) return this.#bindDelegator(node, chain);
    const keys: string[] = [name];
    let type = variable.type;
    for (const step of chain.steps) {
      if (step.key === 0) return false;
      const next = this.#step(type, step.key, keys, step);
      keys.push(step.key);
      type = next;
    }
    const reference = makeReference(this.environment, keys, type);
    this.#bind(node, reference, leafTypeName(reference), (value) => value);
    return true;
  }

  #bindDelegator(node: CelNode, chain: Chain): boolean {
    const [index, field, ...more] = chain.steps;
    if (index?.key !== 0 || field === undefined || typeof field.key !== "string" || more.length > 0)
      return false;
    this.#step(delegator, field.key, ["onBehalfOf[0]"], field);
    if (!delegator.fields.has(field.key)) {
      bindLeaf(node, "dyn", () => {
        throw new LeafError(`onBehalfOf[0] has no field ${field.key}`);
      });
      return true;
    }
    const reference = delegatorReference(field.key);
    this.#bind(node, reference, leafTypeName(reference), (value) => value);
    return true;
  }

  #bindLocal(
    node: CelNode,
    chain: Chain,
    local: { readonly type: VariableType; readonly delegators: boolean },
  ): boolean {
    if (local.type.type !== "object") return false;
    const keys: string[] = [];
    let type: VariableType = local.type;
    for (const step of chain.steps) {
      if (step.key === 0) return false;
      type = this.#step(type, step.key, [chain.root.args, ...keys], step);
      keys.push(step.key);
    }
    const reference = localReference(chain.root.args, keys, type, local.delegators);
    this.references.set(node, reference);
    bindLeaf(node, leafTypeName(reference), (scope) => {
      const value = localValue(reference, scope);
      if (value === undefined) throw new LeafError(`${reference.path} is missing`);
      return conform(value, reference);
    });
    return true;
  }

  #bind(node: CelNode, reference: Reference, type: TypeName, check: (value: unknown) => unknown): void {
    this.references.set(node, reference);
    bindLeaf(node, type, (scope) => check(viewOf(scope).read(reference)));
  }

  #bindForeign(node: CelNode, name: string): void {
    this.foreign.add(node);
    bindLeaf(node, "dyn", () => {
      throw new LeafError(`${name} is a function of agentgateway that Plumbline does not evaluate`);
    });
  }

  #isForeign(name: string): boolean {
    return this.environment.dialect === "agentgateway" && agentgatewayFunctions.has(name);
  }

  #step(
    type: VariableType,
    key: string,
    path: readonly string[],
    at: { start: number; end: number },
  ): VariableType {
    switch (type.type) {
      case "dyn":
        return type;
      case "map":
        return type.of;
      case "object": {
        const field = type.fields.get(key);
        if (field !== undefined) return field.type;
        if (!type.open) this.problems.push(unknownField(key, displayPath(path), type, this.environment, at));
        return { type: "dyn" };
      }
      default: {
        const message = `${displayPath(path)} is a ${typeName(type)}: it has no field "${key}".`;
        this.problems.push({ code: "cel/type", severity: "error", message, start: at.start, end: at.end });
        return { type: "dyn" };
      }
    }
  }
}

/** The chain of names that a node is, or undefined where something else is in it. */
export function chainOf(node: CelNode): Chain | undefined {
  switch (node.op) {
    case "id":
      return { root: node, steps: [] };
    case ".": {
      const left = chainOf(node.args[0]);
      // The library keeps where the name starts as the position of the node.
      return (
        left && { ...left, steps: [...left.steps, { key: node.args[1], start: node.pos, end: node.end }] }
      );
    }
    case "[]": {
      const [inner, index] = node.args;
      if (index.op !== "value") return undefined;
      const key = typeof index.args === "string" ? index.args : index.args === 0n ? 0 : undefined;
      const left = key === undefined ? undefined : chainOf(inner);
      if (left === undefined || key === undefined) return undefined;
      return { ...left, steps: [...left.steps, { key, start: index.start, end: index.end }] };
    }
    default:
      return undefined;
  }
}

function viewOf(scope: Scope): InteractionView {
  if (scope.view instanceof InteractionView) return scope.view;
  throw new LeafError("a constant cannot read the request");
}

function localValue(reference: Reference, scope: Scope) {
  if (reference.source.kind !== "local") return undefined;
  let current: unknown = scope.local(reference.source.name);
  for (const key of reference.source.keys) {
    if (typeof current !== "object" || current === null || Array.isArray(current)) return undefined;
    current = Object.hasOwn(current, key) ? (current as Record<string, unknown>)[key] : undefined;
  }
  return current as Parameters<typeof conform>[0] | undefined;
}

/** Elements of JSON lists keep their own types: only those of lists that are lists of strings by nature have one. */
function elementType(type: VariableType | undefined): VariableType {
  return type?.type === "list" && type.of.type === "object" ? type.of : { type: "dyn" };
}

function nameStart(node: CelNode, receiver: CelNode, name: string): number {
  const at = node.input.indexOf(name, receiver.end);
  return at < 0 ? node.start : at;
}

/** Members of JSON lists are `dyn`, whatever their schema says: only the list itself is checked when it is read. */
function leafTypeName({ type, source }: Reference): TypeName {
  const inherent =
    source.kind === "attribute" && source.attribute.id !== "jwt.claims" && !isJson(source.attribute.id);
  return type.type === "list" && !inherent ? "list<dyn>" : typeName(type);
}

function isJson(id: string): boolean {
  return id === "mcp.tool.arguments" || id === "request.body";
}

/** The library's name of a type. */
export function typeName(type: VariableType): TypeName {
  switch (type.type) {
    case "timestamp":
      return "google.protobuf.Timestamp";
    case "duration":
      return "google.protobuf.Duration";
    case "null":
      return "null";
    case "list":
      return type.of.type === "string" ? "list<string>" : "list<dyn>";
    case "map":
    case "object":
      return "map<string, dyn>";
    case "string":
    case "int":
    case "double":
    case "bool":
    case "dyn":
      return type.type;
  }
}
