import { soleStart, soleText, sortedSet, startOfSegment, testKey } from "./literal-key.ts";
import type { Test } from "./predicate.ts";

/** A node for each text would be much memory for long sets. */
const mostInNodes = 8;

/**
 * The tests of one attribute by what they say, each with a number. Big policies are mostly equal texts, sets of texts,
 * prefixes and templates that end in one segment, which are found by their texts, so that no key is made for them.
 */
export class TestNumbers {
  readonly #equal = new Map<string, number>();
  readonly #prefix = new Map<string, number>();
  readonly #segmentAfter = new Map<string, number>();
  readonly #member = new Map<string, number>();
  readonly #sets: SetNode = {};
  readonly #others = new Map<string, number>();

  /** The number of the test; a test that has none yet gets the fresh one. */
  numberOf(test: Test, fresh: number): number {
    if (test.test === "text" && test.pattern.ignoreCase !== true) {
      const { pattern } = test;
      const text = soleText(pattern);
      if (text !== undefined) return numberIn(this.#equal, text, fresh);
      if (pattern.kind === "oneOf" && pattern.values.length <= mostInNodes) {
        const node = nodeOf(this.#sets, pattern.values);
        node.number ??= fresh;
        return node.number;
      }
      const start = soleStart(pattern);
      if (start !== undefined) return numberIn(this.#prefix, start, fresh);
      const before = startOfSegment(pattern);
      if (before !== undefined) return numberIn(this.#segmentAfter, before, fresh);
    } else if (test.test === "member" && test.scalar !== true && test.pattern.ignoreCase !== true) {
      const text = soleText(test.pattern);
      if (text !== undefined) return numberIn(this.#member, text, fresh);
    }
    return numberIn(this.#others, testKey(test), fresh);
  }
}

function numberIn(numbers: Map<string, number>, key: string, fresh: number): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, fresh);
  return fresh;
}

/** Sets of texts, by their sorted texts one after the other. */
interface SetNode {
  number?: number;
  next?: Map<string, SetNode>;
}

function nodeOf(sets: SetNode, values: readonly string[]): SetNode {
  const sorted = sortedSet(values);
  let node = sets;
  for (let at = 0; at < sorted.length; at++) {
    const text = sorted[at] as string;
    node.next ??= new Map();
    let next = node.next.get(text);
    if (next === undefined) {
      next = {};
      node.next.set(text, next);
    }
    node = next;
  }
  return node;
}
