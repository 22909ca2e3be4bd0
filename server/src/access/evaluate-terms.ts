import type { Interaction } from "./interaction.ts";
import { matchesPattern } from "./match-pattern.ts";
import { inNetwork } from "./network.ts";
import type { Literal, Partition, Term, Terms, Test } from "./predicate.ts";
import { readAttribute } from "./read-attribute.ts";
import type { AttributeValue } from "./value.ts";

export { readAttribute } from "./read-attribute.ts";

export type OpaqueValue = "true" | "false" | "error";

/** Three-valued: `unknown` where an opaque atom without an assigned value would decide. */
export type Holds = boolean | "unknown";

/** Values of opaque atoms, by the key of their attribute. */
export type OpaqueAssignment = ReadonlyMap<string, OpaqueValue>;

const nothingAssigned: OpaqueAssignment = new Map();

export function literalHolds(
  literal: Literal,
  interaction: Interaction,
  opaque: OpaqueAssignment = nothingAssigned,
): Holds {
  const { attribute, test, negated } = literal;
  if (attribute.sort !== "opaque") return testHolds(readAttribute(interaction, attribute), test) !== negated;
  const value = opaque.get(attribute.key);
  return value === undefined ? "unknown" : testHolds({ kind: "opaque", value }, test) !== negated;
}

/** Whether all literals hold: false as soon as one is false, whatever the opaque atoms are. */
export function termHolds(term: Term, interaction: Interaction, opaque?: OpaqueAssignment): Holds {
  let result: Holds = true;
  for (const literal of term.literals) {
    const one = literalHolds(literal, interaction, opaque);
    if (one === false) return false;
    if (one === "unknown") result = "unknown";
  }
  return result;
}

/** Whether some term holds: true as soon as one is true, whatever the opaque atoms are. */
export function termsHold(terms: Terms, interaction: Interaction, opaque?: OpaqueAssignment): Holds {
  let result: Holds = false;
  for (const term of terms) {
    const one = termHolds(term, interaction, opaque);
    if (one === true) return true;
    if (one === "unknown") result = "unknown";
  }
  return result;
}

/** The part of a partition that holds. More than one, or none, is a defect of whoever made it: this throws. */
export function partOf(
  partition: Partition,
  interaction: Interaction,
  opaque?: OpaqueAssignment,
): OpaqueValue | "unknown" {
  const parts = (["true", "false", "error"] as const).map((part) => ({
    part,
    holds: termsHold(partition[part], interaction, opaque),
  }));
  const certain = parts.filter((one) => one.holds === true);
  if (certain.length > 1) {
    throw new Error(`a partition is ${certain.map((one) => one.part).join(" and ")} at once`);
  }
  if (certain[0] !== undefined) return certain[0].part;
  if (parts.some((one) => one.holds === "unknown")) return "unknown";
  throw new Error("a partition is neither true, false nor error");
}

/** Whether a value passes a test; an absent one passes none. Opaque tests are about assignments, not values. */
export function testHolds(value: AttributeValue, test: Test): boolean {
  switch (test.test) {
    case "present":
      return value.kind !== "absent";
    case "type":
      return value.kind === test.type;
    case "text":
      return value.kind === "text" && matchesPattern(test.pattern, value.value);
    case "boolean":
      return value.kind === "boolean" && value.value === test.value;
    case "range":
      return value.kind === "number" && inRange(value.value, test);
    case "cidr":
      return value.kind === "text" && inNetwork(value.value, test.network);
    case "member":
      if (value.kind === "text") return test.scalar === true && matchesPattern(test.pattern, value.value);
      return value.kind === "list" && value.members.some((member) => matchesPattern(test.pattern, member));
    case "opaque":
      return value.kind === "opaque" && value.value === test.value;
  }
}

function inRange(value: number, range: Extract<Test, { readonly test: "range" }>): boolean {
  const { min, max } = range;
  if (min !== undefined && (range.minOpen ? value <= min : value < min)) return false;
  if (max !== undefined && (range.maxOpen ? value >= max : value > max)) return false;
  return range.integer !== true || Number.isInteger(value);
}
