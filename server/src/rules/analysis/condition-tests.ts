/** The tests of text in a condition, read from what the author wrote: for rules that look at how a test is made. */
import type { CompiledCondition, ConditionRead } from "../../cel/condition.ts";
import { type CelNode, parse, partsOf } from "../../cel/engine.ts";

export interface TextTest {
  readonly operator: "==" | "!=" | "in" | "startsWith" | "endsWith" | "contains" | "matches";
  /** What is tested: `jwt.sub`, or a field of a variable of `exists`; of the variable itself the list that it is of. */
  readonly read: ConditionRead;
  /** The decoded literal. */
  readonly value: string;
  /** The literal with its quotes, at offsets of the condition's text (`policy/place-in-condition.ts` has its place). */
  readonly literal: Span;
  /**
   * Whether the test makes the condition true (it stands below no `!`), or keeps it from being so. Undefined where it
   * depends: it decides which branch of a `? :` is taken, or is compared itself.
   */
  readonly isPositive: boolean | undefined;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

const known = new WeakMap<CompiledCondition, readonly TextTest[]>();

/** In the order of the text; none of a condition with an error, which says nothing for certain. Made once. */
export function textTests(condition: CompiledCondition): readonly TextTest[] {
  const earlier = known.get(condition);
  if (earlier !== undefined) return earlier;
  const isBroken = condition.problems.some((one) => one.severity === "error");
  const parsed = isBroken ? undefined : parse(condition.source);
  const found =
    parsed === undefined || "error" in parsed ? [] : [...new Finder(condition).visit(parsed.ast, true)];
  known.set(condition, found);
  return found;
}

type Operator = TextTest["operator"];
const methods: ReadonlySet<string> = new Set(["startsWith", "endsWith", "contains", "matches"]);
const isMethod = (name: string): name is Operator => methods.has(name);

class Finder {
  readonly #reads: ReadonlyMap<string, ConditionRead>;
  /** Variables of quantifiers that are being visited, and the lists that they go through. */
  readonly #members = new Map<string, ConditionRead | undefined>();

  constructor({ reads }: CompiledCondition) {
    this.#reads = new Map(reads.map((read) => [`${read.start} ${read.end}`, read]));
  }

  *visit(node: CelNode, positive: boolean | undefined): Generator<TextTest> {
    switch (node.op) {
      case "&&":
      case "||":
        for (const part of node.args) yield* this.visit(part, positive);
        return;
      case "!_":
        yield* this.visit(node.args, positive === undefined ? undefined : !positive);
        return;
      case "?:": {
        const [decides, ...branches] = node.args;
        yield* this.visit(decides, undefined);
        for (const branch of branches) yield* this.visit(branch, positive);
        return;
      }
      case "==":
      case "!=": {
        const isEqual = node.op === "==";
        const holds = positive === undefined ? undefined : isEqual === positive;
        const [left, right] = node.args;
        yield* this.#test(node.op, left, right, holds);
        yield* this.#test(node.op, right, left, holds);
        for (const part of node.args) yield* this.visit(part, undefined);
        return;
      }
      case "in": {
        const [left, right] = node.args;
        if (right.op === "list") for (const item of right.args) yield* this.#test("in", left, item, positive);
        // `"x" in jwt.aud`: a member of what is read.
        yield* this.#test("in", right, left, positive);
        return;
      }
      case "rcall": {
        const [name, receiver, args] = node.args;
        const [first] = args;
        if (isMethod(name) && first !== undefined) yield* this.#test(name, receiver, first, positive);
        const isQuantifier = name === "exists" || name === "all" || name === "exists_one";
        yield* this.visit(receiver, undefined);
        if (isQuantifier && first?.op === "id") {
          const outer = this.#members.get(first.args);
          this.#members.set(first.args, this.#reads.get(`${receiver.start} ${receiver.end}`));
          for (const part of args) yield* this.visit(part, positive);
          this.#members.set(first.args, outer);
          return;
        }
        for (const part of args) yield* this.visit(part, undefined);
        return;
      }
      default:
        for (const part of partsOf(node)) yield* this.visit(part, undefined);
    }
  }

  *#test(
    operator: Operator,
    tested: CelNode,
    literal: CelNode,
    isPositive: boolean | undefined,
  ): Generator<TextTest> {
    const read =
      this.#reads.get(`${tested.start} ${tested.end}`) ??
      (tested.op === "id" ? this.#members.get(tested.args) : undefined);
    if (read === undefined || literal.op !== "value" || typeof literal.args !== "string") return;
    yield {
      operator,
      read,
      value: literal.args,
      literal: { start: literal.start, end: literal.end },
      isPositive,
    };
  }
}

/** The text between the quotes of a literal; undefined where escapes make it another than what it stands for. */
export function plainContent({ source }: CompiledCondition, { literal, value }: TextTest): Span | undefined {
  const quote = /^[rR]?("""|'''|"|')/.exec(source.slice(literal.start, literal.end));
  const start = literal.start + (quote?.[0].length ?? 0);
  const end = literal.end - (quote?.[1]?.length ?? 0);
  return quote !== null && source.slice(start, end) === value ? { start, end } : undefined;
}
