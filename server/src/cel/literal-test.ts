import type { Dnf } from "./dnf.ts";
import { or } from "./dnf.ts";
import { Duration } from "./engine.ts";
import type { Reference } from "./reference.ts";
import type { Subject } from "./subject.ts";

/** The value equals one of the literals. CEL: values of different types are never equal, whole numbers are. */
export function equal(subject: Subject, reference: Reference, literals: readonly unknown[]): Dnf | undefined {
  const texts = literals.filter((literal) => typeof literal === "string");
  const parts: (Dnf | undefined)[] = [];
  if (texts.length > 0) parts.push(subject.text(texts.map((value) => ({ kind: "equals", value }))));
  for (const literal of literals) {
    if (typeof literal === "string") continue;
    const number = toNumber(literal, reference);
    if (typeof literal === "boolean") parts.push(subject.value({ test: "boolean", value: literal }));
    else if (literal === null) parts.push(subject.value({ test: "type", type: "null" }));
    else if (number !== undefined) {
      parts.push(subject.value({ test: "range", min: number, max: number, ...integer(reference) }));
    } else parts.push(undefined);
  }
  return parts.every((part) => part !== undefined) ? or(...parts) : undefined;
}

/** A literal as the number that predicates on the attribute speak of: seconds for durations and times. */
export function toNumber(literal: unknown, { type }: Reference): number | undefined {
  if (literal instanceof Duration) {
    return type.type === "duration" ? Number(literal.seconds) + literal.nanos / 1e9 : undefined;
  }
  if (literal instanceof Date) return type.type === "timestamp" ? literal.getTime() / 1000 : undefined;
  if (typeof literal === "bigint") return Number(literal);
  return typeof literal === "number" && Number.isFinite(literal) ? literal : undefined;
}

export function integer({ type }: Reference): { readonly integer?: true } {
  return type.type === "int" ? { integer: true } : {};
}
