import { type Assignment, termHoldsOn } from "./assignment.ts";
import type { Literal, Term, Terms } from "./predicate.ts";
import type { AttributeValue } from "./value.ts";

/**
 * Finds the terms that hold on one request without looking at all: each term is filed under the rarest of its
 * literals that a value can be looked up by, and every term that is looked up is then tested.
 */
export class PointIndex {
  readonly #filed = new Map<string, Term[]>();
  readonly #lengths = new Map<string, Set<number>>();
  /** Terms without a literal to file them under. */
  readonly #others: Term[] = [];

  constructor(terms: Terms) {
    const counts = new Map<string, number>();
    const keys = terms.map((term) => term.literals.map(keysOf).filter((some) => some.length > 0));
    for (const some of keys.flat(2)) counts.set(some, (counts.get(some) ?? 0) + 1);
    const weight = (some: readonly string[]) => some.reduce((sum, key) => sum + (counts.get(key) ?? 0), 0);
    for (const [at, term] of terms.entries()) {
      const [first, ...rest] = keys[at] ?? [];
      if (first === undefined) {
        this.#others.push(term);
        continue;
      }
      for (const key of rest.reduce((best, some) => (weight(some) < weight(best) ? some : best), first)) {
        this.#file(key, term);
      }
    }
  }

  #file(key: string, term: Term): void {
    const known = this.#filed.get(key);
    if (known !== undefined) {
      known.push(term);
      return;
    }
    this.#filed.set(key, [term]);
    const [, attribute = "", length = ""] = /^\^(.*?)\n(\d+)\n/s.exec(key) ?? [];
    if (length === "") return;
    const lengths = this.#lengths.get(attribute);
    if (lengths === undefined) this.#lengths.set(attribute, new Set([Number(length)]));
    else lengths.add(Number(length));
  }

  /** Every term that holds, in no particular order. */
  holding(values: Assignment): readonly Term[] {
    const found = new Set(this.#others.filter((term) => termHoldsOn(term, values)));
    for (const { attribute, value } of values.values()) {
      for (const key of this.#keysOfValue(attribute.key, value)) {
        for (const term of this.#filed.get(key) ?? []) {
          if (!found.has(term) && termHoldsOn(term, values)) found.add(term);
        }
      }
    }
    return [...found];
  }

  *#keysOfValue(attribute: string, value: AttributeValue): Generator<string> {
    switch (value.kind) {
      case "text":
        yield equalKey(attribute, value.value);
        yield memberKey(attribute, value.value);
        for (const length of this.#lengths.get(attribute) ?? []) {
          if (length <= value.value.length) yield headKey(attribute, value.value.slice(0, length));
        }
        break;
      case "list":
        for (const member of value.members) yield memberKey(attribute, member);
        break;
      case "opaque":
        yield equalKey(attribute, value.value);
        break;
      case "absent":
      case "null":
      case "number":
      case "boolean":
      case "map":
        break;
    }
  }
}

const equalKey = (attribute: string, text: string): string => `=${attribute}\n${text}`;
const memberKey = (attribute: string, text: string): string => `~${attribute}\n${text}`;
const headKey = (attribute: string, text: string): string => `^${attribute}\n${text.length}\n${text}`;

/** Under one of these a value is found that the literal holds for; none where it cannot be looked up. */
function keysOf({ attribute, test, negated }: Literal): readonly string[] {
  if (negated) return [];
  if (test.test === "opaque") return [equalKey(attribute.key, test.value)];
  if ((test.test !== "text" && test.test !== "member") || test.pattern.ignoreCase) return [];
  const { pattern } = test;
  if (test.test === "member") {
    return pattern.kind === "oneOf" ? pattern.values.map((value) => memberKey(attribute.key, value)) : [];
  }
  if (pattern.kind === "oneOf") return pattern.values.map((value) => equalKey(attribute.key, value));
  const [head] = pattern.parts;
  return head !== undefined && "literal" in head && head.literal !== ""
    ? [headKey(attribute.key, head.literal)]
    : [];
}
