import { type CharSet, isEveryChar } from "./char-set.ts";
import type { RegexNode } from "./regex-node.ts";

/** One instruction of a nondeterministic automaton; numbers are indices of instructions. */
export type Instruction =
  | { readonly op: "chars"; readonly set: CharSet; readonly next: number }
  | { readonly op: "split"; readonly next: readonly number[] }
  /** Passes only at the start, or at the end, of the whole text. */
  | { readonly op: "start" | "end"; readonly next: number }
  | { readonly op: "match" };

export interface Nfa {
  readonly start: number;
  readonly instructions: readonly Instruction[];
}

export function compileNfa(root: RegexNode): Nfa {
  const instructions: Instruction[] = [{ op: "match" }];
  const add = (instruction: Instruction): number => instructions.push(instruction) - 1;

  function compile(node: RegexNode, next: number): number {
    switch (node.op) {
      case "empty":
        return next;
      case "chars":
        return add({ op: "chars", set: node.set, next });
      case "start":
      case "end":
        return add({ op: node.op, next });
      case "concat":
        return node.items.reduceRight((after, item) => compile(item, after), next);
      case "alternate":
        return add({ op: "split", next: node.items.map((item) => compile(item, next)) });
      case "repeat":
        return repeat(node.item, node.min, node.max, next);
    }
  }

  function repeat(item: RegexNode, min: number, max: number | undefined, next: number): number {
    let after = next;
    if (max === undefined) {
      // The loop leads back to itself, so its place is taken before its body is known.
      const exits: number[] = [];
      after = add({ op: "split", next: exits });
      exits.push(compile(item, after), next);
    } else {
      for (let i = min; i < max; i++) after = add({ op: "split", next: [compile(item, after), next] });
    }
    for (let i = 0; i < min; i++) after = compile(item, after);
    return after;
  }

  return { start: compile(root, 0), instructions };
}

/** Where an automaton stands without reading: the `chars` instructions it waits at, and whether it may stop. */
export interface Closure {
  readonly waiting: readonly number[];
  readonly accepts: boolean;
  /** How many instructions were looked at. */
  readonly visited: number;
}

/** Follows everything that reads nothing. `atStart`: whether no character has been read yet. */
export function closure(nfa: Nfa, from: readonly number[], atStart: boolean): Closure {
  const waiting = new Set<number>();
  let accepts = false;
  const seen = new Set<number>();
  // What lies behind an end assertion can only accept; it never reads again.
  const seenAtEnd = new Set<number>();
  const stack: [number, boolean][] = from.map((one) => [one, false]);
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const [index, atEnd] = top;
    const visited = atEnd ? seenAtEnd : seen;
    if (visited.has(index)) continue;
    visited.add(index);
    const instruction = nfa.instructions[index] as Instruction;
    switch (instruction.op) {
      case "match":
        accepts = true;
        break;
      case "chars":
        if (!atEnd) waiting.add(index);
        break;
      case "split":
        for (const next of instruction.next) stack.push([next, atEnd]);
        break;
      case "start":
        if (atStart) stack.push([instruction.next, atEnd]);
        break;
      case "end":
        stack.push([instruction.next, true]);
        break;
    }
  }
  const all = seen.size + seenAtEnd.size;
  return { waiting: [...waiting].sort((a, b) => a - b), accepts, visited: all };
}

/** The `chars` instructions from which every continuation is accepted: loops over everything at the end. */
export function universalLoops(nfa: Nfa): ReadonlySet<number> {
  const found = new Set<number>();
  nfa.instructions.forEach((instruction, index) => {
    if (instruction.op !== "chars" || !isEveryChar(instruction.set)) return;
    const after = closure(nfa, [instruction.next], false);
    if (after.accepts && after.waiting.includes(index)) found.add(index);
  });
  return found;
}
