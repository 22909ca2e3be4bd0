import type { Literal, Term, Terms } from "../access/predicate.ts";

/**
 * Whether it shows at a glance that no interaction satisfies both: on some attribute every pair of terms asks for
 * fixed texts or prefixes that exclude each other. A gateway with a thousand routes has a million pairs of them, of
 * which the exact theories need to see only the few that this does not settle. False says nothing.
 */
export function plainlyDisjoint(a: Terms, b: Terms): boolean {
  return a.every((one) => b.every((other) => termsExclude(one, other)));
}

function termsExclude(a: Term, b: Term): boolean {
  return a.literals.some((one) =>
    b.literals.some((other) => one.attribute.key === other.attribute.key && literalsExclude(one, other)),
  );
}

function literalsExclude(a: Literal, b: Literal): boolean {
  const [left, right] = [plainForm(a), plainForm(b)];
  if (left === undefined || right === undefined) return false;
  return left.texts.every((one) =>
    right.texts.every((other) => {
      if (!left.prefixes && !right.prefixes) return one !== other;
      if (left.prefixes && right.prefixes) return !one.startsWith(other) && !other.startsWith(one);
      return left.prefixes ? !other.startsWith(one) : !one.startsWith(other);
    }),
  );
}

interface PlainForm {
  readonly texts: readonly string[];
  /** Whether anything may follow the texts. */
  readonly prefixes: boolean;
}

function plainForm({ test, negated }: Literal): PlainForm | undefined {
  if (negated || test.test !== "text" || test.pattern.ignoreCase === true) return undefined;
  const { pattern } = test;
  if (pattern.kind === "oneOf") return { texts: pattern.values, prefixes: false };
  const [head, rest, ...others] = pattern.parts;
  const isPrefix =
    head !== undefined && "literal" in head && rest !== undefined && "any" in rest && rest.any === "chars";
  return isPrefix && others.length === 0 ? { texts: [head.literal], prefixes: true } : undefined;
}
