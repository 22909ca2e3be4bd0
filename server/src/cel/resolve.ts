import type { Interaction } from "../access/interaction.ts";
import { agentgatewayFunctions } from "./agentgateway-functions.ts";
import { type Chain, chainOf, nameStart } from "./chain.ts";
import type { ConditionProblem, VariableType } from "./condition.ts";
import {
  bindLeaf,
  type CelNode,
  functionNames,
  isBuiltIn,
  LeafError,
  methodNames,
  type Scope,
  type TypeName,
  useStandardFunction,
} from "./engine.ts";
import { type CelEnvironment, delegator } from "./environment.ts";
import { type Characters, fieldOf } from "./fields.ts";
import { fitLiteral, fitMember } from "./fit-literal.ts";
import { elementType, leafTypeName, memberType, staticType, typeName } from "./leaf-type.ts";
import { unknownFunction, unknownVariable } from "./messages.ts";
import { delegatorReference, localReference, makeReference, type Reference } from "./reference.ts";
import { conform, InteractionView, localValue } from "./view.ts";

/** What the names of a condition are, node by node. */
export interface Resolution {
  readonly references: ReadonlyMap<CelNode, Reference>;
  /** `has(x)` nodes, with what they ask for. */
  readonly presences: ReadonlyMap<CelNode, Reference>;
  /** Nodes that call functions which only the engine has; their value is not known here. */
  readonly foreign: ReadonlySet<CelNode>;
  readonly problems: readonly ConditionProblem[];
}

/** Comprehension variables in scope: their types, and whether they are the delegators. */
type Locals = ReadonlyMap<string, { readonly type: VariableType; readonly delegators: boolean }>;

const comprehensions = new Set(["all", "exists", "exists_one", "map", "filter"]);

/**
 * Finds out what every name is, and binds each variable that is read to its type and its place in the interaction.
 * `isStatic`: for checks alone, with what schemas say of members of lists and of what may be null; requests need not
 * keep to it, so that what is evaluated is bound without.
 */
export function resolve(ast: CelNode, environment: CelEnvironment, isStatic = false): Resolution {
  const resolver = new Resolver(environment, isStatic);
  resolver.visit(ast, new Map());
  return resolver;
}

class Resolver implements Resolution {
  readonly references = new Map<CelNode, Reference>();
  readonly presences = new Map<CelNode, Reference>();
  readonly foreign = new Set<CelNode>();
  readonly problems: ConditionProblem[] = [];

  constructor(
    private readonly environment: CelEnvironment,
    private readonly isStatic: boolean,
  ) {}

  visit(node: CelNode, locals: Locals): void {
    const chain = chainOf(node);
    if (chain !== undefined && this.#bindChain(node, chain, locals)) return;
    switch (node.op) {
      case "value":
      case "id":
        return;
      case ".":
      case ".?":
        this.visit(node.args[0], locals);
        return;
      case "call":
        this.#call(node, locals);
        return;
      case "rcall":
        this.#methodCall(node, locals);
        return;
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
        this.visit(node.args, locals);
        return;
      case "in": {
        const [left, right] = node.args;
        if (this.#bindKeyTest(node, left, right, locals)) return;
        this.visit(left, locals);
        this.#visitCollection(right, locals);
        if (this.isStatic && right.op === "list" && right.args.some(isNull))
          bindLeaf(node, "bool", () => false);
        if (right.op === "list")
          for (const item of right.args) this.problems.push(...fitLiteral(left, item, this.references));
        else this.problems.push(...fitMember(right, left, this.references));
        return;
      }
      case "==":
      case "!=":
        for (const part of node.args) this.visit(part, locals);
        if (this.isStatic && node.args.some(isNull)) bindLeaf(node, "bool", () => false);
        this.problems.push(...fitLiteral(node.args[0], node.args[1], this.references));
        this.problems.push(...fitLiteral(node.args[1], node.args[0], this.references));
        return;
      default:
        for (const part of node.args) this.visit(part, locals);
    }
  }

  /** `"x-team" in request.headers` asks the same as has() does. */
  #bindKeyTest(node: CelNode, left: CelNode, right: CelNode, locals: Locals): boolean {
    const chain = chainOf(right);
    if (left.op !== "value" || typeof left.args !== "string" || chain === undefined) return false;
    const root = chain.root.args;
    if (locals.has(root) || !this.environment.variables.fields.has(root)) return false;
    let type: VariableType = this.environment.variables;
    const path: string[] = [];
    for (const key of [root, ...chain.steps.map((step) => step.key)]) {
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
    const inQuotes = { start: left.start + 1, end: left.end - 1 };
    const below = this.#step(type, left.args, path, inQuotes);
    this.#elsewhere(right, root);
    const reference = makeReference(this.environment, [...path, left.args], below);
    this.presences.set(node, reference);
    bindLeaf(node, "bool", (scope) => viewOf(scope).has(reference));
    return true;
  }

  #call(node: Extract<CelNode, { readonly op: "call" }>, locals: Locals): void {
    const [name, args] = node.args;
    const [first] = args;
    if (name === "has" && args.length === 1 && first !== undefined) {
      this.#has(node, first, locals);
      return;
    }
    if (!functionNames.has(name)) {
      if (this.#isForeign(name)) this.#bindForeign(node, name);
      else this.problems.push(unknownFunction(name, node.start, functionNames, undefined));
    } else useStandardFunction(node);
    for (const argument of args) this.visit(argument, locals);
  }

  #methodCall(node: Extract<CelNode, { readonly op: "rcall" }>, locals: Locals): void {
    const [name, receiver, args] = node.args;
    if (comprehensions.has(name)) {
      this.#comprehension(node, locals);
      return;
    }
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
    } else useStandardFunction(node);
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
      throw LeafError.because(`${reference.path} is not a list`);
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
    if (!this.#bindChain(argument, chain, locals)) {
      this.visit(argument, locals);
      return;
    }
    const reference = this.references.get(argument);
    if (reference === undefined) return;
    this.references.delete(argument);
    this.#bindPresence(node, argument.op === "id" ? rootPresence(reference) : reference);
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
        throw LeafError.because(`there is no variable ${name}`);
      });
      return true;
    }
    this.#elsewhere(node, name);
    if (name === "onBehalfOf" && chain.steps.length > 0) return this.#bindDelegator(node, chain);
    const keys: string[] = [name];
    let type = this.isStatic ? staticType(variable.type) : variable.type;
    let isMember = false;
    for (const step of chain.steps) {
      if (step.key === 0) {
        if (!this.isStatic || type.type !== "list") return false;
        keys.push(`${keys.pop()}[0]`);
        type = type.of;
        isMember = true;
      } else {
        const next = this.#step(type, step.key, keys, step);
        keys.push(step.key);
        type = next;
      }
      if (this.isStatic) type = staticType(type);
    }
    if (isMember) type = memberType(type);
    const reference = makeReference(this.environment, keys, type);
    this.#bind(node, reference, this.#leafType(reference), (value) => value);
    return true;
  }

  #leafType(reference: Reference): TypeName {
    return this.isStatic ? typeName(reference.type) : leafTypeName(reference);
  }

  /** A variable that no request has which the condition is evaluated on. */
  #elsewhere(node: CelNode, name: string): void {
    const why = this.environment.elsewhere.get(name);
    if (why === undefined) return;
    const { start, end } = node;
    const text = node.input.slice(start, end);
    const message = `${text} is never there: ${why}`;
    this.problems.push({ code: "cel/wrong-resource", severity: "error", message, start, end });
  }

  #bindDelegator(node: CelNode, chain: Chain): boolean {
    const [index, field, ...more] = chain.steps;
    if (this.isStatic && index?.key === 0 && field === undefined) {
      bindLeaf(node, typeName(delegator), () => null);
      return true;
    }
    if (index?.key !== 0 || field === undefined || typeof field.key !== "string" || more.length > 0)
      return false;
    this.#step(delegator, field.key, ["onBehalfOf[0]"], field);
    if (!delegator.fields.has(field.key)) {
      bindLeaf(node, "dyn", () => {
        throw LeafError.because(`onBehalfOf[0] has no field ${field.key}`);
      });
      return true;
    }
    const reference = delegatorReference(field.key);
    this.#bind(node, reference, leafTypeName(reference), (value) => value);
    return true;
  }

  #step(type: VariableType, key: string, path: readonly string[], at: Characters): VariableType {
    return fieldOf(type, key, path, at, this.environment, this.problems);
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
      if (this.isStatic) type = staticType(type);
      keys.push(step.key);
    }
    const reference = localReference(chain.root.args, keys, type, local.delegators);
    this.references.set(node, reference);
    bindLeaf(node, this.#leafType(reference), (scope) => {
      const value = localValue(reference, scope);
      if (value === undefined) throw LeafError.because(`${reference.path} is missing`);
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
      throw LeafError.because(`${name} is a function of agentgateway that Plumbline does not evaluate`);
    });
  }

  #isForeign(name: string): boolean {
    return this.environment.dialect === "agentgateway" && agentgatewayFunctions.has(name);
  }
}

function isNull(node: CelNode): boolean {
  return node.op === "value" && node.args === null;
}

function viewOf(scope: Scope): InteractionView {
  if (scope.view instanceof InteractionView) return scope.view;
  throw LeafError.because("a constant cannot read the request");
}

/** A whole variable such as agentgateway's `jwt`: whether there is a token is no attribute of its own. */
function rootPresence(reference: Reference): Reference {
  if (reference.source.kind === "group") return reference;
  const { path, name } = reference;
  const read = ({ jwt }: Interaction) => (name === "jwt" && jwt !== undefined ? true : undefined);
  const reason = `${path} as a whole is not one attribute`;
  return { path, name, type: { type: "dyn" }, source: { kind: "fact", read, reason } };
}
