import { tooComplex } from "./bounds.ts";
import { chainOf } from "./chain.ts";
import { type CelNode, parse, partsOf } from "./engine.ts";
import { displayPath } from "./reference.ts";

/** A literal text that a condition compares a name with, at offsets of the condition's decoded text. */
export interface TextTest {
  /** `equals` is `==`, `!=` and an entry of the list behind `in`. */
  readonly test: "equals" | "matches" | "contains" | "startsWith" | "endsWith";
  /** As a person would write it: `jwt.sub`, `source.principal`. */
  readonly path: string;
  readonly text: string;
  /** The literal, with its quotes. */
  readonly literal: Range;
  /** What stands between its quotes; undefined where that is not the text itself (escapes, a prefix, three quotes). */
  readonly inside: Range | undefined;
  /**
   * Whether the condition can only become true by this test being true (`asserted`), by its being false (`negated`), or
   * by both, as far as the operators around it tell.
   */
  readonly polarity: Polarity;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

type Polarity = "asserted" | "negated" | "either";

const methods: ReadonlySet<string> = new Set(["matches", "contains", "startsWith", "endsWith"]);
const isMethod = (name: string): name is Exclude<TextTest["test"], "equals"> => methods.has(name);

/** In the order of the text. Empty where the condition cannot be parsed, which has a finding of its own. */
export function textTests(source: string): readonly TextTest[] {
  if (tooComplex(source) !== undefined) return [];
  const parsed = parse(source);
  return "error" in parsed ? [] : testsIn(parsed.ast, "asserted");
}

function testsIn(node: CelNode, polarity: Polarity): readonly TextTest[] {
  switch (node.op) {
    case "&&":
    case "||":
      return node.args.flatMap((part) => testsIn(part, polarity));
    case "!_":
      return testsIn(node.args, opposite[polarity]);
    case "?:": {
      const [condition, yes, no] = node.args;
      return [...testsIn(condition, "either"), ...testsIn(yes, polarity), ...testsIn(no, polarity)];
    }
    case "==":
    case "!=": {
      const [left, right] = node.args;
      const equality = node.op === "==" ? polarity : opposite[polarity];
      return [
        ...test("equals", left, right, equality),
        ...test("equals", right, left, equality),
        ...below(node),
      ];
    }
    case "in": {
      const [left, right] = node.args;
      const entries = right.op === "list" ? right.args : [];
      return [...entries.flatMap((entry) => test("equals", left, entry, polarity)), ...below(node)];
    }
    case "rcall": {
      const [name, receiver, args] = node.args;
      const [only] = args;
      const own =
        isMethod(name) && only !== undefined && args.length === 1 ? test(name, receiver, only, polarity) : [];
      return [...own, ...below(node)];
    }
    default:
      return below(node);
  }
}

/** Of what is below anything else than a logical operator, nothing is said about when it has to be true. */
function below(node: CelNode): readonly TextTest[] {
  return partsOf(node).flatMap((part) => testsIn(part, "either"));
}

const opposite: Readonly<Record<Polarity, Polarity>> = {
  asserted: "negated",
  negated: "asserted",
  either: "either",
};

function test(
  kind: TextTest["test"],
  name: CelNode,
  literal: CelNode,
  polarity: Polarity,
): readonly TextTest[] {
  const chain = chainOf(name);
  if (chain === undefined || literal.op !== "value" || typeof literal.args !== "string") return [];
  const { start, end, args: text } = literal;
  const isPlain = literal.input.slice(start + 1, end - 1) === text;
  return [
    {
      test: kind,
      path: displayPath([chain.root.args, ...chain.steps.map((step) => String(step.key))]),
      text,
      literal: { start, end },
      inside: isPlain ? { start: start + 1, end: end - 1 } : undefined,
      polarity,
    },
  ];
}
