import type { Attribute } from "./attribute.ts";
import type { Literal, Term, Terms } from "./predicate.ts";
import { valueHolds } from "./theory.ts";
import type { AttributeValue } from "./value.ts";

/** Values of attributes, by attribute key. An attribute that is not in it is absent; an opaque one is `false`. */
export type Assignment = ReadonlyMap<string, AssignedValue>;

export interface AssignedValue {
  readonly attribute: Attribute;
  readonly value: AttributeValue;
}

const absent: AttributeValue = { kind: "absent" };
const opaqueFalse: AttributeValue = { kind: "opaque", value: "false" };

export function assignedValue(values: Assignment, attribute: Attribute): AttributeValue {
  return values.get(attribute.key)?.value ?? (attribute.sort === "opaque" ? opaqueFalse : absent);
}

export function literalHoldsOn(literal: Literal, values: Assignment): boolean {
  return valueHolds(assignedValue(values, literal.attribute), literal);
}

export function termHoldsOn(one: Term, values: Assignment): boolean {
  return one.literals.every((literal) => literalHoldsOn(literal, values));
}

/** The first term that holds. */
export function firstHolding(terms: Terms, values: Assignment): Term | undefined {
  return terms.find((one) => termHoldsOn(one, values));
}

export function decideOn(
  fn: { readonly allow: Terms; readonly deny: Terms },
  values: Assignment,
): "allow" | "deny" {
  if (firstHolding(fn.deny, values) !== undefined) return "deny";
  return firstHolding(fn.allow, values) === undefined ? "deny" : "allow";
}
