import type { Attribute } from "../access/attribute.ts";
import { holds, type JsonType, type OpaqueAtom, type Partition, type Test } from "../access/predicate.ts";
import { and, type Dnf, never, not, or, TooManyTerms, toTerms } from "./dnf.ts";
import type { CelNode } from "./engine.ts";
import type { CelEnvironment } from "./environment.ts";
import { equal, integer, toNumber } from "./literal-test.ts";
import { lowerNetworkTest } from "./lower-network.ts";
import { constantIn } from "./lowered-constant.ts";
import { elementTests, membersPass, textMethods } from "./member-tests.ts";
import { OpaqueAtoms, whyOpaque } from "./opaque-atoms.ts";
import { actClaim, type Reference } from "./reference.ts";
import type { Resolution } from "./resolve.ts";
import { type Subject, subjectOf } from "./subject.ts";
import type { TextTest } from "./text-test.ts";
import { conjunction, constantParts, decide, negation, type Three } from "./three.ts";

/** The condition as predicates. What they cannot say is opaque, one atom for each largest such part. */
export function lower(ast: CelNode, resolution: Resolution, environment: CelEnvironment): Partition {
  const lowering = new Lowering(resolution, environment);
  let parts: Three;
  try {
    parts = lowering.lower(ast);
  } catch (error) {
    if (!(error instanceof TooManyTerms)) throw error;
    lowering.opaque.atoms.clear();
    parts = lowering.opaque.make(ast, "it has too many alternatives to compare");
  }
  return {
    true: toTerms(parts.true),
    false: toTerms(parts.false),
    error: toTerms(parts.error),
    opaque: [...lowering.opaque.atoms.values(), ...schemaAtoms(parts, resolution)],
  };
}

/** The keywords of schemas that stand in the parts and that predicates cannot say. */
function schemaAtoms(parts: Three, { references, presences }: Resolution): readonly OpaqueAtom[] {
  const atoms = new Map<string, OpaqueAtom>();
  for (const reference of [...references.values(), ...presences.values()])
    for (const atom of subjectOf(reference)?.atoms ?? []) atoms.set(atom.attribute.key, atom);
  if (atoms.size === 0) return [];
  const literals = [parts.true, parts.false, parts.error].flat(2);
  const used = new Set(literals.map(({ attribute }) => attribute.key));
  return [...atoms.values()].filter((atom) => used.has(atom.attribute.key));
}

const flipped: Readonly<Record<string, string>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

class Lowering {
  readonly opaque: OpaqueAtoms;

  constructor(
    private readonly resolution: Resolution,
    private readonly environment: CelEnvironment,
  ) {
    this.opaque = new OpaqueAtoms(resolution, environment);
  }

  lower(node: CelNode): Three {
    switch (node.op) {
      case "&&": {
        const [a, b] = [this.lower(node.args[0]), this.lower(node.args[1])];
        return conjunction(a, b);
      }
      case "||": {
        const [a, b] = [this.lower(node.args[0]), this.lower(node.args[1])];
        return negation(conjunction(negation(a), negation(b)));
      }
      case "!_":
        return negation(this.lower(node.args));
      case "?:": {
        const [condition, a, b] = [
          this.lower(node.args[0]),
          this.lower(node.args[1]),
          this.lower(node.args[2]),
        ];
        const choose = (part: keyof Three) => or(and(condition.true, a[part]), and(condition.false, b[part]));
        return { true: choose("true"), false: choose("false"), error: or(condition.error, choose("error")) };
      }
      default:
        return this.#leaf(node);
    }
  }

  #leaf(node: CelNode): Three {
    const value = constantIn(node, this.resolution);
    if (value !== undefined) return constantParts(value);
    const presence = this.resolution.presences.get(node);
    if (presence !== undefined)
      return this.#presence(presence) ?? this.opaque.make(node, whyOpaque(presence));
    return this.#read(node) ?? this.opaque.make(node, this.opaque.reason(node));
  }

  #read(node: CelNode): Three | undefined {
    const reference = this.resolution.references.get(node);
    if (reference !== undefined) return this.#boolean(reference);
    switch (node.op) {
      case "==":
        return this.#equality(node);
      case "!=": {
        const parts = this.#equality(node);
        return parts && negation(parts);
      }
      case "<":
      case "<=":
      case ">":
      case ">=":
        return this.#order(node);
      case "in":
        return this.#membership(node);
      case "rcall":
        return this.#textMethod(node) ?? lowerNetworkTest(node, this.resolution) ?? this.#comprehension(node);
      default:
        return undefined;
    }
  }

  #presence(reference: Reference): Three | undefined {
    const subject = subjectOf(reference);
    if (subject === undefined) return undefined;
    const { error, true: there } = subject.presence;
    return { error, true: and(there, not(error)), false: and(not(there), not(error)) };
  }

  #boolean(reference: Reference): Three | undefined {
    const subject = subjectOf(reference);
    const isBoolean = subject?.value({ test: "type", type: "boolean" });
    const isTrue = subject?.value({ test: "boolean", value: true });
    return subject && isBoolean && isTrue && decide(and(isBoolean, subject.readable), isTrue);
  }

  #equality(node: Extract<CelNode, { readonly op: "==" | "!=" }>): Three | undefined {
    const sides = this.#sides(node.args[0], node.args[1]);
    if (sides === undefined) return undefined;
    const value = equal(sides.subject, sides.reference, [sides.literal]);
    return value && decide(sides.subject.readable, value, sides.subject);
  }

  #order(node: Extract<CelNode, { readonly op: "<" | "<=" | ">" | ">=" }>): Three | undefined {
    const sides = this.#sides(node.args[0], node.args[1]);
    const bound = sides && toNumber(sides.literal, sides.reference);
    if (sides === undefined || bound === undefined) return undefined;
    const { subject, reference } = sides;
    const operator = sides.flipped ? flipped[node.op] : node.op;
    const open = operator === "<" || operator === ">" ? true : undefined;
    const isUpper = operator === "<" || operator === "<=";
    const range: Test = isUpper
      ? { test: "range", max: bound, ...(open && { maxOpen: open }), ...integer(reference) }
      : { test: "range", min: bound, ...(open && { minOpen: open }), ...integer(reference) };
    const comparable = readableAs("number", subject, reference);
    const value = subject.value(range);
    return comparable && value && decide(comparable, value);
  }

  #membership(node: Extract<CelNode, { readonly op: "in" }>): Three | undefined {
    const [left, right] = node.args;
    const list = constantIn(right, this.resolution);
    const reference = this.resolution.references.get(left);
    if (reference !== undefined && list !== undefined && "value" in list && Array.isArray(list.value)) {
      const subject = subjectOf(reference);
      const value = subject && equal(subject, reference, list.value);
      return subject && value && decide(subject.readable, value, subject);
    }
    const member = constantIn(left, this.resolution);
    const collection = this.resolution.references.get(right);
    if (collection === undefined || member === undefined || !("value" in member)) return undefined;
    if (typeof member.value !== "string") return undefined;
    return this.#members(collection, [{ kind: "equals", value: member.value }], node);
  }

  #textMethod(node: Extract<CelNode, { readonly op: "rcall" }>): Three | undefined {
    const [name, receiver, [argument]] = node.args;
    const kind = textMethods.get(name);
    const reference = this.resolution.references.get(receiver);
    const value = argument && constantIn(argument, this.resolution);
    if (kind === undefined || reference === undefined || value === undefined) return undefined;
    const subject = subjectOf(reference);
    if (subject === undefined || !("value" in value) || typeof value.value !== "string") return undefined;
    const readable = readableAs("text", subject, reference);
    const passes = subject.text([{ kind, value: value.value }]);
    return readable && passes && decide(readable, passes, subject);
  }

  #comprehension(node: Extract<CelNode, { readonly op: "rcall" }>): Three | undefined {
    const [name, receiver, [variable, predicate]] = node.args;
    const reference = this.resolution.references.get(receiver);
    if (reference === undefined || variable?.op !== "id" || predicate === undefined) return undefined;
    if (reference.source.kind === "delegators") return this.#delegators(name, predicate);
    if (name !== "exists") return undefined;
    const tests = elementTests(predicate, variable.args, (part) => constantIn(part, this.resolution));
    return tests && this.#members(reference, tests, node);
  }

  /** `onBehalfOf` has one element where the token has an `act` claim, else none. */
  #delegators(name: string, predicate: CelNode): Three | undefined {
    if (name !== "exists" && name !== "all" && name !== "exists_one") return undefined;
    const inner = new Lowering(this.resolution, this.environment);
    const parts = inner.lower(predicate);
    if (inner.opaque.atoms.size > 0) return undefined;
    const delegated: Dnf = [[holds(actClaim, { test: "present" })]];
    const empty = not(delegated);
    const whenEmpty = name === "all";
    return {
      true: or(and(delegated, parts.true), whenEmpty ? empty : never),
      false: or(and(delegated, parts.false), whenEmpty ? never : empty),
      error: and(delegated, parts.error),
    };
  }

  /** Whether a list has a member that passes one of the tests. */
  #members(reference: Reference, tests: readonly TextTest[], node: CelNode): Three | undefined {
    const subject = subjectOf(reference);
    if (subject?.attribute === undefined) return undefined;
    const isList = readableAs("list", subject, reference);
    const found = membersPass(subject, tests);
    if (isList === undefined || found === undefined) return undefined;
    const parts = decide(isList, found);
    if (hasOnlyTexts(subject.attribute) || tests.every((test) => test.kind === "equals")) return parts;
    // A member that is no text makes a text method fail, which is an error unless another member passes. No
    // predicate tells whether a list has such a member, so that it is left to an atom.
    const atom = this.opaque.make(node, "a list may have members that are no text");
    return {
      true: parts.true,
      false: and(parts.false, not(atom.error)),
      error: or(parts.error, and(parts.false, atom.error)),
    };
  }

  /** A reference and a literal, on either side of an operator. */
  #sides(left: CelNode, right: CelNode) {
    for (const [one, other, isFlipped] of [
      [left, right, false],
      [right, left, true],
    ] as const) {
      const reference = this.resolution.references.get(one);
      const constant = constantIn(other, this.resolution);
      if (reference === undefined || constant === undefined || !("value" in constant)) continue;
      const subject = subjectOf(reference);
      if (subject !== undefined) return { reference, subject, literal: constant.value, flipped: isFlipped };
    }
    return undefined;
  }
}

/** It is readable, and of the type that an operator works on; `undefined` where predicates cannot say it. */
function readableAs(type: JsonType, subject: Subject, reference: Reference): Dnf | undefined {
  if (reference.type.type !== "dyn") return subject.readable;
  const isOfType = subject.value({ test: "type", type });
  return isOfType && and(isOfType, subject.readable);
}

/** Attributes whose lists have strings only, by nature. */
function hasOnlyTexts({ id }: Attribute): boolean {
  return id === "jwt.aud" || id === "client.groups" || id === "request.headers" || id === "request.query";
}
