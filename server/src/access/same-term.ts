import type { Literal, Term, Test } from "./predicate.ts";
import type { TextPart, TextPattern } from "./text-pattern.ts";

/** Whether two terms have equal literals in the same order. Terms that hold on the same requests need not. */
export function isWrittenAlike(one: Term, other: Term): boolean {
  const [a, b] = [one.literals, other.literals];
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (!sameLiteral(a[at] as Literal, b[at] as Literal)) return false;
  return true;
}

function sameLiteral(a: Literal, b: Literal): boolean {
  return (
    a === b ||
    (a.negated === b.negated &&
      (a.attribute === b.attribute || a.attribute.key === b.attribute.key) &&
      sameTest(a.test, b.test))
  );
}

function sameTest(a: Test, b: Test): boolean {
  switch (a.test) {
    case "present":
      return b.test === "present";
    case "type":
      return b.test === "type" && a.type === b.type;
    case "text":
      return b.test === "text" && samePattern(a.pattern, b.pattern);
    case "boolean":
      return b.test === "boolean" && a.value === b.value;
    case "range":
      return (
        b.test === "range" &&
        a.min === b.min &&
        a.max === b.max &&
        a.minOpen === b.minOpen &&
        a.maxOpen === b.maxOpen &&
        a.integer === b.integer
      );
    case "cidr":
      return b.test === "cidr" && a.network === b.network;
    case "member":
      return b.test === "member" && a.scalar === b.scalar && samePattern(a.pattern, b.pattern);
    case "opaque":
      return b.test === "opaque" && a.value === b.value;
  }
}

function samePattern(a: TextPattern, b: TextPattern): boolean {
  if (a.ignoreCase !== b.ignoreCase) return false;
  if (a.kind === "oneOf") return b.kind === "oneOf" && sameTexts(a.values, b.values);
  return b.kind === "sequence" && sameParts(a.parts, b.parts);
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

function sameParts(a: readonly TextPart[], b: readonly TextPart[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (!samePart(a[at] as TextPart, b[at] as TextPart)) return false;
  return true;
}

function samePart(a: TextPart, b: TextPart): boolean {
  if ("literal" in a) return "literal" in b && a.literal === b.literal;
  if ("any" in a) return "any" in b && a.any === b.any;
  return "regex" in b && a.regex === b.regex;
}
