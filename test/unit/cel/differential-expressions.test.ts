import { isCelError, run } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import { expect, test } from "vitest";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import { compileCondition } from "../../../server/src/cel/compile.ts";
import { plumblineEnvironment } from "../../../server/src/cel/environment.ts";
import { Random } from "./generate.ts";
import { argumentSchema, Expressions, typedRequest } from "./generate-expressions.ts";
import { bindings, type Fields } from "./oracle-bindings.ts";

const deep = process.env.PLUMBLINE_DEEP === "1";

/** The other implementation has no schema: what the tool's schema says is an integer has to come as one. */
function withIntegers(fields: Fields, request: Interaction): Fields {
  const mcp = request.mcp?.tool?.arguments ?? {};
  const integer = (value: unknown) => (typeof value === "number" ? BigInt(value) : value);
  const { address } = mcp;
  const typed = {
    ...mcp,
    ...("count" in mcp && { count: integer(mcp.count) }),
    ...(typeof address === "object" &&
      address !== null &&
      "zip" in address && { address: { ...address, zip: integer(address.zip) } }),
  };
  const tool = (fields.mcp as { readonly tool: Fields }).tool;
  return { ...fields, mcp: { ...(fields.mcp as Fields), tool: { ...tool, arguments: typed } } };
}

/** `true`, `false` or `error`, as the other implementation has it. */
function other(source: string, request: Interaction): string {
  const variables = withIntegers(bindings(request), request) as Parameters<typeof run>[1];
  const result = run(source, variables, { funcs: strings });
  return isCelError(result) || typeof result !== "boolean" ? "error" : String(result);
}

/**
 * Where the other implementation deviates from the specification itself is not drawn: `has()` of a null, `double()` of
 * a text that is no number, which it takes for NaN, `int("")`,
 * `duration("")`, and `getDayOfYear` and `getDayOfMonth` with a zone, which are a day off.
 */
test("another implementation of CEL gives the same value or error on random expressions", () => {
  const environment = plumblineEnvironment().withToolArguments([{ name: "t/x", schema: argumentSchema }]);
  const counts = { true: 0, false: 0, error: 0, "too complex": 0 };
  for (let seed = 1; seed <= (deep ? 20_000 : 1_000); seed++) {
    const random = new Random(seed * 104_729);
    const source = new Expressions(random).bool(2);
    const compiled = compileCondition(source, environment);
    if (compiled.problems[0]?.code === "cel/too-complex") {
      counts["too complex"]++;
      continue;
    }
    // A constant that can only fail is reported, and still evaluated.
    expect(
      compiled.problems.filter(({ code }) => code !== "cel/invalid-constant"),
      source,
    ).toEqual([]);
    for (let round = 0; round < 3; round++) {
      const request = typedRequest(random);
      const ours = compiled.evaluate(request);
      counts[ours.value]++;
      const where = `seed ${seed}: ${source}\n${JSON.stringify(ours)}\n${JSON.stringify(request)}`;
      expect(ours.value, where).toBe(other(source, request));
    }
  }
  expect(Math.min(counts.true, counts.false, counts.error)).toBeGreaterThan(400);
  expect(counts["too complex"]).toBeLessThan(counts.true / 10);
});
