import { type Automaton, dead, universal } from "./automaton.ts";
import type { Budget } from "./budget.ts";

export type Search = { readonly found: string } | "none" | "too-complex";

/** So many looks of an automaton at its expression take as long as one step. */
const lookPerStep = 4;

/** What the memory of a state of the product counts as. */
const stepsOfState = 8;

/** Readable characters first: they become the letters of witnesses. */
const preferred = [
  ...[..."xabcdefghijklmnopqrstuvwyz0123456789-_./:@~+=,$&!'()*"].map((one) => one.codePointAt(0) as number),
  ...Array.from({ length: 26 }, (_, i) => 0x41 + i),
  ...Array.from({ length: 95 }, (_, i) => 0x20 + i),
  0xe9,
];

/** One class of characters that no automaton tells apart: how it is written, and its class in each of them. */
interface JointClass {
  readonly sample: string;
  readonly classes: readonly number[];
}

/**
 * A shortest text that every automaton of `inside` accepts and none of `outside` does. Breadth first over the
 * product, of which only the reached part is made. An edge costs a step for each automaton, a new state some more for
 * the memory that it takes, and so does what the automata have to make of themselves.
 */
export function findText(
  inside: readonly Automaton[],
  outside: readonly Automaton[],
  budget: Budget,
): Search {
  const automata = [...inside, ...outside];
  const classes = jointClasses(automata);
  const first = automata.map((one) => one.start);
  if (isHopeless(first, inside.length)) return "none";
  if (accepts(automata, first, inside.length)) return { found: "" };
  const seen = new Set<string>([first.join()]);
  const queue: { state: readonly number[]; from: number; sample: string }[] = [
    { state: first, from: -1, sample: "" },
  ];
  const work = () => automata.reduce((sum, one) => sum + one.work, 0);
  for (let at = 0; at < queue.length; at++) {
    const { state } = queue[at] as { state: readonly number[] };
    for (const joint of classes) {
      if (budget.remaining <= 0) return "too-complex";
      const before = work();
      const next = step(automata, state, joint, inside.length);
      budget.remaining -= automata.length + Math.ceil((work() - before) / lookPerStep);
      if (next === undefined) continue;
      const key = next.join();
      if (seen.has(key)) continue;
      seen.add(key);
      budget.remaining -= stepsOfState + automata.length;
      queue.push({ state: next, from: at, sample: joint.sample });
      if (accepts(automata, next, inside.length)) return { found: spell(queue) };
    }
  }
  return "none";
}

function spell(queue: readonly { readonly from: number; readonly sample: string }[]): string {
  let text = "";
  for (let at = queue.length - 1; at >= 0; ) {
    const entry = queue[at] as { from: number; sample: string };
    text = entry.sample + text;
    at = entry.from;
  }
  return text;
}

/** Undefined where no continuation can be found: something inside is dead, or something outside takes everything. */
function step(
  automata: readonly Automaton[],
  state: readonly number[],
  joint: JointClass,
  insideCount: number,
): readonly number[] | undefined {
  const next: number[] = [];
  for (let i = 0; i < automata.length; i++) {
    const before = state[i] as number;
    const after =
      before === dead || before === universal
        ? before
        : (automata[i] as Automaton).step(before, joint.classes[i] as number);
    if (after === (i < insideCount ? dead : universal)) return undefined;
    next.push(after);
  }
  return next;
}

const isHopeless = (state: readonly number[], insideCount: number): boolean =>
  state.some((one, i) => one === (i < insideCount ? dead : universal));

function accepts(automata: readonly Automaton[], state: readonly number[], insideCount: number): boolean {
  for (let i = 0; i < automata.length; i++) {
    if ((automata[i] as Automaton).accepts(state[i] as number) !== i < insideCount) return false;
  }
  return true;
}

function jointClasses(automata: readonly Automaton[]): readonly JointClass[] {
  const known = new Set<string>();
  const result: JointClass[] = [];
  const consider = (codePoint: number): void => {
    const classes = automata.map((one) => one.partition.classOf(codePoint));
    const key = classes.join();
    if (known.has(key)) return;
    known.add(key);
    result.push({ sample: String.fromCodePoint(codePoint), classes });
  };
  for (const codePoint of preferred) consider(codePoint);
  const starts = new Set<number>();
  for (const one of automata) for (const start of one.partition.starts) starts.add(start);
  for (const start of starts) {
    // Surrogates are no characters. The interval may go on behind them, so their end is looked at too.
    if (start < 0xd800 || start > 0xdfff) consider(start);
  }
  consider(0xe000);
  return result;
}
