/**
 * The single-predicate mutations of a condition, as texts of conditions: what a slip of the author could have made of
 * it. Boundary scenarios must tell each of them from the condition itself.
 */

import { movedDuration, movedNumber, movedTimestamp, numberOf } from "./bound-steps.ts";
import type { ConditionRead } from "./condition.ts";
import { type CelNode, parse } from "./engine.ts";
import { tokens } from "./tokens.ts";

/** One atomic test mutated; the rest of the text stays as it is. */
export interface ConditionMutation {
  /**
   * `drop`: the test is left out: the condition is as if its neighbours stood alone.
   * `negate`: it holds exactly where it did not hold before (an error stays one).
   * `bound`: `<=` for `<` and the like, or a bound moved by the smallest step (below).
   * `widen`: an equality that became a prefix, a prefix or suffix that lost a character.
   * `member`: a member left out of the list that a value is looked up in.
   */
  readonly kind: "drop" | "negate" | "bound" | "widen" | "member";
  /** The whole mutated condition. */
  readonly source: string;
  /** The test that is mutated, at offsets of the original text. */
  readonly start: number;
  readonly end: number;
  /** In words: `amount <= 200.0 becomes amount < 200.0`. */
  readonly words: string;
}

/** `reads` are those of the compiled condition, which tell what type a bound has. A text with a syntax error has none. */
export function conditionMutations(
  source: string,
  reads: readonly ConditionRead[],
): readonly ConditionMutation[] {
  const parsed = parse(source);
  if ("error" in parsed) return [];
  const found = [...new Mutator(source, reads).mutate(parsed.ast, true)];
  // Dropping a member of a list of one, or a test under two operators, may say what another mutation says.
  return [...new Map(found.map((one) => [one.source, one])).values()].filter((one) => one.source !== source);
}

type Order = "<" | "<=" | ">" | ">=";
const strictness: Readonly<Record<Order, Order>> = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };

/** Tests of these are of a few fixed words, of which none is a prefix that anybody would mistake for another. */
const closedWords = /^(request\.method|mcp\.methodName|event\.operation|context\.environment|llm\.provider)$/;

class Mutator {
  /** The variable of the comprehension that is being mutated, which stands for a member of a list. */
  #member: string | undefined;

  constructor(
    private readonly source: string,
    private readonly reads: readonly ConditionRead[],
  ) {}

  /** `neutral`: the value that leaves the operator around the node as if the node were not there. */
  *mutate(node: CelNode, neutral: boolean): Generator<ConditionMutation> {
    switch (node.op) {
      case "&&":
        for (const part of node.args) yield* this.mutate(part, true);
        return;
      case "||":
        for (const part of node.args) yield* this.mutate(part, false);
        return;
      case "!_":
        // The atom below is replaced, since `!` and the atom are one test: `!has(x)` left out is `true`.
        yield* this.mutate(node.args, !neutral);
        return;
      case "?:":
        for (const part of node.args) yield* this.mutate(part, neutral);
        return;
      default:
        yield* this.#atom(node, neutral);
    }
  }

  *#atom(node: CelNode, neutral: boolean): Generator<ConditionMutation> {
    const own = this.#balanced(node.start, node.end);
    const text = this.#text(own);
    yield this.#made("drop", own, own, this.#nothing(node, neutral), `${text} is not asked for`);
    yield this.#made("negate", own, own, `!(${text})`, `${text} is turned around`);
    switch (node.op) {
      case "<":
      case "<=":
      case ">":
      case ">=":
        yield* this.#bounds(node, own);
        return;
      case "==":
      case "!=":
        yield* this.#equality(node, own);
        return;
      case "in":
        if (node.args[1].op === "list") yield* this.#members(node.args[1], own);
        return;
      case "rcall":
        yield* this.#method(node, own);
        return;
      default:
        return;
    }
  }

  /**
   * What stands for a test that is left out. Of a text in a list "any text" is asked rather than `true`, which means
   * the same and can be compared.
   */
  #nothing(node: CelNode, neutral: boolean): string {
    if (!neutral || this.#member === undefined) return String(neutral);
    const tested =
      node.op === "==" && node.args[1].op === "value" && typeof node.args[1].args === "string"
        ? node.args[0]
        : node.op === "rcall" && ["startsWith", "endsWith", "contains", "matches"].includes(node.args[0])
          ? node.args[1]
          : undefined;
    const isMember = tested?.op === "id" && tested.args === this.#member;
    return isMember ? `${this.#member}.startsWith("")` : "true";
  }

  *#bounds(node: Extract<CelNode, { readonly op: Order }>, own: Range): Generator<ConditionMutation> {
    const [left, right] = node.args;
    const between = this.#balancedBetween(left, right);
    const at = this.source.indexOf(node.op, between);
    yield this.#rewritten("bound", own, { start: at, end: at + node.op.length }, strictness[node.op]);
    for (const [side, other] of [
      [left, right],
      [right, left],
    ] as const)
      for (const moved of this.#moved(side, other))
        yield this.#rewritten("bound", own, { start: side.start, end: side.end }, moved);
  }

  /** A bound one step lower and one step higher; nothing where it is no literal. */
  #moved(bound: CelNode, other: CelNode): readonly string[] {
    const number = numberOf(bound);
    if (number !== undefined)
      return movedNumber(number, this.source.slice(bound.start, bound.end), this.#isWhole(other));
    if (bound.op !== "call" || bound.args[1].length !== 1) return [];
    const [name, [argument]] = bound.args;
    if (argument?.op !== "value" || typeof argument.args !== "string") return [];
    if (name === "duration") return movedDuration(argument.args);
    if (name === "timestamp") return movedTimestamp(argument.args);
    return [];
  }

  /** Whether what is compared with a bound is a whole number, as its declaration says. */
  #isWhole(node: CelNode): boolean {
    const inside = this.reads.filter((read) => read.start >= node.start && read.end <= node.end);
    return inside.every(({ type }) => type.type !== "double" && type.type !== "dyn");
  }

  *#equality(node: Extract<CelNode, { readonly op: "==" | "!=" }>, own: Range): Generator<ConditionMutation> {
    for (const [one, literal] of [node.args, [node.args[1], node.args[0]] as const]) {
      if (literal.op !== "value" || typeof literal.args !== "string" || literal.args === "") continue;
      if (!this.#isText(one)) continue;
      const call = `${this.#operand(one)}.startsWith(${this.source.slice(literal.start, literal.end)})`;
      yield this.#rewritten("widen", own, own, node.op === "==" ? call : `!${call}`);
    }
  }

  #isText(node: CelNode): boolean {
    const read = this.reads.find((one) => one.start === node.start && one.end === node.end);
    // What is no read is a variable of a comprehension, whose type is that of the list's members.
    if (read === undefined) return node.op === "id";
    return (read.type.type === "string" || read.type.type === "dyn") && !closedWords.test(read.path);
  }

  /** The text of a node that a method can be called on. */
  #operand(node: CelNode): string {
    const text = this.#text(this.#balanced(node.start, node.end));
    return node.op === "id" || node.op === "." || node.op === "[]" || node.op === "rcall"
      ? text
      : `(${text})`;
  }

  *#members(list: Extract<CelNode, { readonly op: "list" }>, own: Range): Generator<ConditionMutation> {
    const members = list.args.map((one) => this.#text(this.#balanced(one.start, one.end)));
    if (members.length < 2) return;
    const range = { start: list.start, end: list.end };
    for (const [index, member] of members.entries()) {
      const rest = members.filter((_, other) => other !== index);
      const words = `${member} is not among ${this.#text(range)}`;
      yield this.#made("member", own, range, `[${rest.join(", ")}]`, words);
    }
  }

  *#method(node: Extract<CelNode, { readonly op: "rcall" }>, own: Range): Generator<ConditionMutation> {
    const [name, , args] = node.args;
    const [first, second] = args;
    if ((name === "startsWith" || name === "endsWith") && first?.op === "value") {
      const text: unknown = first.args;
      if (typeof text !== "string" || [...text].length < 2) return;
      const characters = [...text];
      const shorter = (name === "startsWith" ? characters.slice(0, -1) : characters.slice(1)).join("");
      yield this.#rewritten("widen", own, { start: first.start, end: first.end }, JSON.stringify(shorter));
      return;
    }
    // The tests inside of a comprehension are tests of the condition, too.
    if (!["exists", "all", "exists_one"].includes(name) || second === undefined) return;
    const outside = this.#member;
    this.#member = first?.op === "id" ? first.args : undefined;
    yield* this.mutate(second, true);
    this.#member = outside;
  }

  #rewritten(kind: ConditionMutation["kind"], own: Range, range: Range, by: string): ConditionMutation {
    const after =
      this.source.slice(own.start, range.start) +
      by +
      this.source.slice(range.end, Math.max(own.end, range.end));
    return this.#made(kind, own, range, by, `${this.#text(own)} becomes ${after}`);
  }

  #made(
    kind: ConditionMutation["kind"],
    own: Range,
    range: Range,
    by: string,
    words: string,
  ): ConditionMutation {
    const source = this.source.slice(0, range.start) + by + this.source.slice(range.end);
    return { kind, source, ...own, words: words.replace(/\s+/g, " ") };
  }

  #text({ start, end }: Range): string {
    return this.source.slice(start, end);
  }

  #balancedBetween(left: CelNode, right: CelNode): number {
    const { end } = this.#balanced(left.start, left.end);
    return end <= right.start ? end : left.end;
  }

  /**
   * The parser's ranges leave out parentheses around an operand at either end: `(a + b) <= c` starts at `a`. What is
   * replaced must take both of a pair, or neither.
   */
  #balanced(start: number, end: number): Range {
    const all = tokens(this.source);
    let from = start;
    let to = end;
    let missing = 0;
    let depth = 0;
    for (const token of all) {
      if (token.start < start || token.end > end) continue;
      if (token.kind === "open") depth++;
      if (token.kind !== "close") continue;
      if (depth > 0) depth--;
      else missing++;
    }
    for (const token of [...all].reverse()) {
      if (missing === 0) break;
      if (token.end > from) continue;
      if (token.kind !== "open") break;
      from = token.start;
      missing--;
    }
    for (const token of all) {
      if (depth === 0) break;
      if (token.start < to) continue;
      if (token.kind !== "close") break;
      to = token.end;
      depth--;
    }
    return { start: from, end: to };
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}
