import type { Interaction } from "../access/interaction.ts";
import { type Chain, chainOf } from "./chain.ts";
import type { ConditionProblem, VariableType } from "./condition.ts";
import { conform } from "./conform.ts";
import { bindLeaf, type CelNode, isBuiltIn, LeafError, type Scope, type TypeName } from "./engine.ts";
import type { CelEnvironment } from "./environment.ts";
import { type Characters, fieldOf } from "./fields.ts";
import { leafTypeName, memberType, staticType, typeName } from "./leaf-type.ts";
import { unknownVariable } from "./messages.ts";
import { byOtherName } from "./other-names.ts";
import { delegatorReference, localReference, makeReference, type Reference } from "./reference.ts";
import { delegator } from "./standard-variables.ts";
import { InteractionView, localValue } from "./view.ts";

/** Comprehension variables in scope: their types, and whether they are the delegators. */
export type Locals = ReadonlyMap<string, { readonly type: VariableType; readonly delegators: boolean }>;

/** Binds chains of names to what they read, and keeps what it has bound. */
export class NameBinder {
  readonly references = new Map<CelNode, Reference>();
  readonly presences = new Map<CelNode, Reference>();
  readonly problems: ConditionProblem[] = [];
  /** Whether static checks would go by other types than evaluation does. */
  isLoose = false;

  constructor(
    private readonly environment: CelEnvironment,
    private readonly isStatic: boolean,
  ) {}

  /** Binds a chain that starts at a variable; false where it starts elsewhere, or is left to the library. */
  chain(node: CelNode, chain: Chain, locals: Locals): boolean {
    const name = chain.root.args;
    const local = locals.get(name);
    if (local !== undefined) return this.#bindLocal(node, chain, local);
    if (isBuiltIn(name) && !this.environment.variables.fields.has(name)) return false;
    const foreign = byOtherName(chain, this.environment);
    if (foreign !== undefined) this.problems.push(foreign);
    if (foreign?.severity === "error") {
      bindLeaf(node, "dyn", () => {
        throw LeafError.because(foreign.message);
      });
      return true;
    }
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
    let type = this.#known(variable.type);
    let isMember = false;
    for (const step of chain.steps) {
      if (step.key === 0) {
        this.isLoose = true;
        if (!this.isStatic || type.type !== "list") return false;
        keys.push(`${keys.pop()}[0]`);
        type = type.of;
        isMember = true;
      } else {
        const next = this.#step(type, step.key, keys, step);
        keys.push(step.key);
        type = next;
      }
      type = this.#known(type);
    }
    if (isMember) type = memberType(type);
    const reference = makeReference(this.environment, keys, type);
    this.read(node, reference, this.#leafType(reference), (value) => value);
    return true;
  }

  #leafType(reference: Reference): TypeName {
    const [known, evaluated] = [typeName(reference.type), leafTypeName(reference)];
    if (known !== evaluated) this.isLoose = true;
    return this.isStatic ? known : evaluated;
  }

  /** What checks take a type for: the evaluator knows nothing of what may be null. */
  #known(type: VariableType): VariableType {
    const known = staticType(type);
    if (known !== type) this.isLoose = true;
    return this.isStatic ? known : type;
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
    if (index?.key === 0 && field === undefined) this.isLoose = true;
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
    this.read(node, reference, leafTypeName(reference), (value) => value);
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
      type = this.#known(type);
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

  /** Makes the node a read of the reference; `check` makes its CEL value of what was read, or throws `LeafError`. */
  read(node: CelNode, reference: Reference, type: TypeName, check: (value: unknown) => unknown): void {
    this.references.set(node, reference);
    bindLeaf(node, type, (scope) => check(viewOf(scope).read(reference)));
  }

  /** `"x-team" in request.headers` asks the same as has() does. */
  keyTest(node: CelNode, left: CelNode, right: CelNode, locals: Locals): boolean {
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

  /** Makes `node`, `has(argument)`, the question whether what the argument is bound to is there. */
  presence(node: CelNode, argument: CelNode): void {
    const found = this.references.get(argument);
    if (found === undefined) return;
    this.references.delete(argument);
    const reference = argument.op === "id" ? rootPresence(found) : found;
    this.presences.set(node, reference);
    bindLeaf(node, "bool", (scope) =>
      reference.source.kind === "local"
        ? localValue(reference, scope) !== undefined
        : viewOf(scope).has(reference),
    );
  }
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
