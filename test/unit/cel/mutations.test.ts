import { expect, test } from "vitest";
import { compileCondition } from "../../../server/src/cel/compile.ts";
import { plumblineEnvironment } from "../../../server/src/cel/environment.ts";
import { conditionMutations } from "../../../server/src/cel/mutations.ts";
import { condition, Random, toolSchema } from "./generate.ts";

const environment = plumblineEnvironment().withToolArguments([
  { name: "payments/refund", schema: toolSchema },
]);

/** `kind: mutated condition`. */
function mutated(source: string): readonly string[] {
  const compiled = compileCondition(source, environment);
  expect(compiled.problems, source).toEqual([]);
  return conditionMutations(source, compiled.reads).map((one) => `${one.kind}: ${one.source}`);
}

test("an upper bound of a double: strictness, and a hundredth to both sides", () => {
  expect(mutated("mcp.tool.arguments.amount <= 200.0")).toEqual([
    "drop: true",
    "negate: !(mcp.tool.arguments.amount <= 200.0)",
    "bound: mcp.tool.arguments.amount < 200.0",
    "bound: mcp.tool.arguments.amount <= 199.99",
    "bound: mcp.tool.arguments.amount <= 200.01",
  ]);
});

test("a bound moves in the step of its type, and of its digits", () => {
  const bounds = (source: string) => mutated(source).filter((one) => one.startsWith("bound"));
  expect(bounds("4096 > llm.params.max_tokens")).toEqual([
    "bound: 4096 >= llm.params.max_tokens",
    "bound: 4095 > llm.params.max_tokens",
    "bound: 4097 > llm.params.max_tokens",
  ]);
  expect(bounds("mcp.tool.arguments.amount >= -0.125")).toEqual([
    "bound: mcp.tool.arguments.amount > -0.125",
    "bound: mcp.tool.arguments.amount >= -0.126",
    "bound: mcp.tool.arguments.amount >= -0.124",
  ]);
  expect(bounds('credential.ttl < duration("1m30s")')).toEqual([
    'bound: credential.ttl <= duration("1m30s")',
    'bound: credential.ttl < duration("89s")',
    'bound: credential.ttl < duration("91s")',
  ]);
  expect(bounds('context.time < timestamp("2026-01-15T10:00:00Z")')).toEqual([
    'bound: context.time <= timestamp("2026-01-15T10:00:00Z")',
    'bound: context.time < timestamp("2026-01-15T09:59:59Z")',
    'bound: context.time < timestamp("2026-01-15T10:00:01Z")',
  ]);
});

test("a bound with more digits than doubles have only changes its strictness", () => {
  const source = `mcp.tool.arguments.amount < 4000.${"1".repeat(200)}`;
  expect(mutated(source).filter((one) => one.startsWith("bound"))).toEqual([
    `bound: ${source.replace("<", "<=")}`,
  ]);
});

test("a test that is left out leaves its neighbours alone, under whatever operators", () => {
  const drops = (source: string) => mutated(source).filter((one) => one.startsWith("drop"));
  expect(drops("has(jwt.a) && has(jwt.b) || has(jwt.c)")).toEqual([
    "drop: true && has(jwt.b) || has(jwt.c)",
    "drop: has(jwt.a) && true || has(jwt.c)",
    "drop: has(jwt.a) && has(jwt.b) || false",
  ]);
  // `!false` is what `&&` does not notice.
  expect(drops("!has(jwt.a) && !(has(jwt.b) || has(jwt.c))")).toEqual([
    "drop: !false && !(has(jwt.b) || has(jwt.c))",
    "drop: !has(jwt.a) && !(false || has(jwt.c))",
    "drop: !has(jwt.a) && !(has(jwt.b) || false)",
  ]);
});

test("texts: an equality becomes a prefix, a prefix loses a character, a list a member", () => {
  const others = (source: string) => mutated(source).filter((one) => !/^(drop|negate)/.test(one));
  expect(others('request.host == "api.example"')).toEqual(['widen: request.host.startsWith("api.example")']);
  expect(others('"api.example" != request.host')).toEqual(['widen: !request.host.startsWith("api.example")']);
  expect(others('request.path.startsWith("/v1/")')).toEqual(['widen: request.path.startsWith("/v1")']);
  expect(others('request.host.endsWith(".example")')).toEqual(['widen: request.host.endsWith("example")']);
  expect(others('mcp.tool.name in ["a", "b"]')).toEqual([
    'member: mcp.tool.name in ["b"]',
    'member: mcp.tool.name in ["a"]',
  ]);
  expect(others('mcp.tool.name in ["a"]')).toEqual([]);
  // Nobody takes one method for the beginning of another.
  expect(others('request.method == "GET"')).toEqual([]);
});

test("what a comprehension asks of a member is mutated, too", () => {
  expect(mutated('jwt.groups.exists(g, g == "support")')).toEqual([
    "drop: true",
    'negate: !(jwt.groups.exists(g, g == "support"))',
    'drop: jwt.groups.exists(g, g.startsWith(""))',
    'negate: jwt.groups.exists(g, !(g == "support"))',
    'widen: jwt.groups.exists(g, g.startsWith("support"))',
  ]);
});

test("parentheses around operands stay in pairs", () => {
  expect(mutated("(mcp.tool.arguments.amount + 1.0) <= (mcp.tool.arguments.amount * 2.0)")).toEqual([
    "drop: true",
    "negate: !((mcp.tool.arguments.amount + 1.0) <= (mcp.tool.arguments.amount * 2.0))",
    "bound: (mcp.tool.arguments.amount + 1.0) < (mcp.tool.arguments.amount * 2.0)",
  ]);
});

test("a condition that cannot be parsed has none", () => {
  expect(conditionMutations("amount <", [])).toEqual([]);
});

test("mutations of random conditions compile, differ from the condition, and from each other", () => {
  const runs = process.env.PLUMBLINE_DEEP === undefined ? 300 : 6_000;
  let count = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const source = condition(new Random(seed));
    const { reads } = compileCondition(source, environment);
    const found = conditionMutations(source, reads);
    expect(found.length, source).toBeGreaterThan(0);
    expect(new Set([source, ...found.map((one) => one.source)]).size, source).toBe(found.length + 1);
    for (const one of found) {
      const { problems } = compileCondition(one.source, environment);
      const errors = problems.filter((problem) => problem.severity === "error");
      expect(errors, `seed ${seed}: ${source}\n${one.source}`).toEqual([]);
      expect(source.slice(one.start, one.end), source).not.toBe("");
      count++;
    }
  }
  expect(count).toBeGreaterThan(runs * 3);
});
