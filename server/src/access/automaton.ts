import { asciiLower, type CharSet, charSet, codePoints, Partition, scalar } from "./char-set.ts";
import { closure, compileNfa, type Instruction, type Nfa, universalLoops } from "./nfa.ts";
import type { RegexNode } from "./regex-node.ts";

/** The state of every automaton from which nothing, or everything, is accepted. */
export const dead = 0;
export const universal = 1;

/** A deterministic automaton whose states are made when they are first asked for. */
export interface Automaton {
  readonly partition: Partition;
  readonly start: number;
  /** States made so far. */
  readonly states: number;
  /** What making them cost so far, in looks at a place of the expression. */
  readonly work: number;
  /** The state after one character of the class `charClass` of the partition. */
  step(state: number, charClass: number): number;
  accepts(state: number): boolean;
}

export function run(automaton: Automaton, text: string): boolean {
  let state = automaton.start;
  for (const char of text) {
    if (state === dead) return false;
    if (state === universal) return true;
    state = automaton.step(state, automaton.partition.classOf(scalar(char.codePointAt(0) as number)));
  }
  return automaton.accepts(state);
}

const unknown = -1;

/** Subset construction over a nondeterministic automaton, made lazily and kept. */
export class RegexAutomaton implements Automaton {
  readonly partition: Partition;
  readonly start: number;
  readonly #nfa: Nfa;
  readonly #loops: ReadonlySet<number>;
  /** For each `chars` instruction, whether it takes each class. */
  readonly #takes = new Map<number, Uint8Array>();
  readonly #waiting: (readonly number[])[] = [[], []];
  readonly #accepting: boolean[] = [false, true];
  readonly #steps: Int32Array[];
  readonly #known = new Map<string, number>();
  work = 0;

  constructor(node: RegexNode) {
    this.#nfa = compileNfa(node);
    const sets = new Map<string, CharSet>();
    for (const one of this.#nfa.instructions) if (one.op === "chars") sets.set(one.set.join(), one.set);
    this.partition = Partition.of([...sets.values()]);
    this.#loops = universalLoops(this.#nfa);
    const count = this.partition.count;
    this.#steps = [new Int32Array(count).fill(dead), new Int32Array(count).fill(universal)];
    this.#describeInstructions(this.#nfa.instructions);
    this.start = this.#state([this.#nfa.start], true);
  }

  get states(): number {
    return this.#accepting.length;
  }

  accepts(state: number): boolean {
    return this.#accepting[state] === true;
  }

  step(state: number, charClass: number): number {
    const steps = this.#steps[state] as Int32Array;
    const known = steps[charClass] as number;
    if (known !== unknown) return known;
    const next: number[] = [];
    for (const index of this.#waiting[state] as readonly number[]) {
      if (this.#takes.get(index)?.[charClass] === 1) {
        next.push((this.#nfa.instructions[index] as Instruction & { op: "chars" }).next);
      }
    }
    const made = this.#state(next, false);
    steps[charClass] = made;
    return made;
  }

  #describeInstructions(instructions: readonly Instruction[]): void {
    const bySet = new Map<string, Uint8Array>();
    instructions.forEach((instruction, index) => {
      if (instruction.op !== "chars") return;
      const key = instruction.set.join();
      let takes = bySet.get(key);
      if (takes === undefined) {
        takes = new Uint8Array(this.partition.count);
        // Each class is a union of intervals between cuts, so one start inside the set decides for its class.
        for (let i = 0; i < instruction.set.length; i += 2) {
          const high = instruction.set[i + 1] as number;
          for (const start of this.#startsFrom(instruction.set[i] as number, high)) {
            takes[this.partition.classOf(start)] = 1;
          }
        }
        bySet.set(key, takes);
      }
      this.#takes.set(index, takes);
    });
  }

  #startsFrom(low: number, high: number): number[] {
    return this.partition.starts.filter((start) => start >= low && start <= high);
  }

  #state(from: readonly number[], atStart: boolean): number {
    const { waiting, accepts, visited } = closure(this.#nfa, from, atStart);
    this.work += visited + waiting.length;
    if (waiting.length === 0 && !accepts) return dead;
    if (accepts && waiting.some((index) => this.#loops.has(index))) return universal;
    const key = `${accepts ? "+" : "-"}${waiting.join()}`;
    const found = this.#known.get(key);
    if (found !== undefined) return found;
    const made = this.#waiting.push(waiting) - 1;
    this.#accepting.push(accepts);
    this.#steps.push(new Int32Array(this.partition.count).fill(unknown));
    this.#known.set(key, made);
    return made;
  }
}

/** A finite set of strings as a tree of prefixes: small and quick where a regular expression would be neither. */
export class SetAutomaton implements Automaton {
  readonly partition: Partition;
  readonly start = 2;
  /** All of its states are there from the start. */
  readonly work = 0;
  readonly #children: Map<number, number>[] = [new Map(), new Map(), new Map()];
  readonly #accepting: boolean[] = [false, true, false];

  constructor(values: Iterable<string>, ignoreCase: boolean) {
    const words = [...values].map((value) => codePoints(ignoreCase ? asciiLower(value) : value));
    const used = new Set(words.flat());
    this.partition = partitionOfCharacters(used, ignoreCase);
    for (const word of words) {
      let state: number = this.start;
      for (const one of word) {
        const children = this.#children[state] as Map<number, number>;
        const charClass = this.partition.classOf(one);
        let next = children.get(charClass);
        if (next === undefined) {
          next = this.#children.push(new Map()) - 1;
          this.#accepting.push(false);
          children.set(charClass, next);
        }
        state = next;
      }
      this.#accepting[state] = true;
    }
  }

  get states(): number {
    return this.#accepting.length;
  }

  accepts(state: number): boolean {
    return this.#accepting[state] === true;
  }

  step(state: number, charClass: number): number {
    return (this.#children[state] as Map<number, number>).get(charClass) ?? dead;
  }
}

/** A class for each character that is used, and one for all others. */
function partitionOfCharacters(used: ReadonlySet<number>, ignoreCase: boolean): Partition {
  const classes = new Map<number, number>();
  for (const one of used) {
    const charClass = classes.size + 1;
    classes.set(one, charClass);
  }
  if (ignoreCase) {
    for (const [one, charClass] of [...classes]) {
      if (one >= 0x61 && one <= 0x7a) classes.set(one - 32, charClass);
    }
  }
  const cuts = charSet([...classes.keys()].flatMap((one) => [one, one]));
  const starts = new Set<number>([0]);
  for (let i = 0; i < cuts.length; i += 2) {
    for (let one = cuts[i] as number; one <= (cuts[i + 1] as number) + 1; one++) starts.add(one);
  }
  starts.delete(0x110000);
  const sorted = [...starts].sort((a, b) => a - b);
  return new Partition(
    sorted,
    sorted.map((start) => classes.get(start) ?? 0),
    used.size + 1,
  );
}
