import { agentgatewayFunctions } from "./agentgateway-functions.ts";
import { type Locals, NameBinder } from "./bind-names.ts";
import { chainOf, nameStart } from "./chain.ts";
import type { ConditionProblem } from "./condition.ts";
import {
  bindLeaf,
  type CelNode,
  functionNames,
  LeafError,
  methodNames,
  useStandardFunction,
  valueMethodNames,
} from "./engine.ts";
import type { CelEnvironment } from "./environment.ts";
import { fitLiteral, fitMember } from "./fit-literal.ts";
import { elementType } from "./leaf-type.ts";
import { unknownFunction } from "./messages.ts";
import type { Reference } from "./reference.ts";

/** What the names of a condition are, node by node. */
export interface Resolution {
  readonly references: ReadonlyMap<CelNode, Reference>;
  /** `has(x)` nodes, with what they ask for. */
  readonly presences: ReadonlyMap<CelNode, Reference>;
  /** Nodes that call functions which only the engine has; their value is not known here. */
  readonly foreign: ReadonlySet<CelNode>;
  readonly problems: readonly ConditionProblem[];
  /** Schemas say more of what it reads than evaluation goes by, so that static checks may find more. */
  readonly isLoose: boolean;
}

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
  readonly foreign = new Set<CelNode>();
  readonly #names: NameBinder;

  constructor(
    private readonly environment: CelEnvironment,
    private readonly isStatic: boolean,
  ) {
    this.#names = new NameBinder(environment, isStatic);
  }

  get references(): ReadonlyMap<CelNode, Reference> {
    return this.#names.references;
  }

  get presences(): ReadonlyMap<CelNode, Reference> {
    return this.#names.presences;
  }

  get isLoose(): boolean {
    return this.#names.isLoose;
  }

  get problems(): ConditionProblem[] {
    return this.#names.problems;
  }

  visit(node: CelNode, locals: Locals): void {
    const chain = chainOf(node);
    if (chain !== undefined && this.#names.chain(node, chain, locals)) return;
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
        if (this.#names.keyTest(node, left, right, locals)) return;
        this.visit(left, locals);
        this.#visitCollection(right, locals);
        if (right.op === "list" && right.args.some(isNull)) this.#comparesNull(node);
        if (right.op === "list")
          for (const item of right.args) this.problems.push(...fitLiteral(left, item, this.references));
        else this.problems.push(...fitMember(right, left, this.references));
        return;
      }
      case "==":
      case "!=":
        for (const part of node.args) this.visit(part, locals);
        if (node.args.some(isNull)) this.#comparesNull(node);
        this.problems.push(...fitLiteral(node.args[0], node.args[1], this.references));
        this.problems.push(...fitLiteral(node.args[1], node.args[0], this.references));
        return;
      default:
        for (const part of node.args) this.visit(part, locals);
    }
  }

  /** Anything may be compared with null where checks are static. */
  #comparesNull(node: CelNode): void {
    this.#names.isLoose = true;
    if (this.isStatic) bindLeaf(node, "bool", () => false);
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
      else
        this.problems.push(
          unknownFunction(name, nameStart(node, receiver, name), valueMethodNames, receiver),
        );
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
    this.#names.read(node, reference, "dyn", (value) => {
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
    if (!this.#names.chain(argument, chain, locals)) {
      this.visit(argument, locals);
      return;
    }
    this.#names.presence(node, argument);
  }

  /** agentgateway's `has(jwt)`: whether there is a token at all. */
  #rootPresence(argument: CelNode): boolean {
    return this.environment.dialect === "agentgateway" && argument.op === "id";
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
