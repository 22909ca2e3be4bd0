import { expect, test } from "vitest";
import { type OpaqueValue, partOf } from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import { compileCondition } from "../../../server/src/cel/compile.ts";
import type { CompiledCondition } from "../../../server/src/cel/condition.ts";
import { type CelEnvironment, plumblineEnvironment } from "../../../server/src/cel/environment.ts";
import { parametersOf } from "../../../server/src/policy/build/parameters.ts";
import { condition, interaction, Random, toolSchema } from "./generate.ts";

const deep = process.env.PLUMBLINE_DEEP === "1";
const environment = plumblineEnvironment()
  .withToolArguments([{ name: "payments/refund", schema: toolSchema }])
  .withParameters(
    ["all"],
    parametersOf(
      ["/a/b", "/a/{one}", "/{one}/{two}", "/a/{two}/shop", "/shop/a{two}", "/shop/{one}b"].map((path) => ({
        path,
        parameters: [],
      })),
    ),
  );
const pathParameters = ["request.pathParameters.one", "request.pathParameters.two"];

/** Each opaque atom is a condition by itself; its text evaluates to the value that the atom takes. */
function opaqueValues(
  { partition }: CompiledCondition,
  request: Interaction,
  where: CelEnvironment,
): ReadonlyMap<string, OpaqueValue> {
  return new Map(
    partition.opaque.map((atom) => {
      const compiled = compileCondition(atom.text, where);
      expect(compiled.problems, atom.text).toEqual([]);
      return [atom.attribute.key, compiled.evaluate(request).value];
    }),
  );
}

test("a condition evaluates to exactly the part of its partition that holds", () => {
  const counts = { true: 0, false: 0, error: 0 };
  let opaque = 0;
  for (let seed = 1; seed <= (deep ? 20_000 : 800); seed++) {
    const random = new Random(seed);
    const source = condition(random, 3, pathParameters);
    const compiled = compileCondition(source, environment);
    expect(compiled.problems, source).toEqual([]);
    if (compiled.partition.opaque.length > 0) opaque++;
    for (let round = 0; round < 12; round++) {
      const request = interaction(random);
      const { value } = compiled.evaluate(request);
      counts[value]++;
      const assigned = opaqueValues(compiled, request, environment);
      const where = `seed ${seed}: ${source}\n${JSON.stringify(request)}`;
      let part: string;
      try {
        part = partOf(compiled.partition, request, assigned);
      } catch (error) {
        throw new Error(where, { cause: error });
      }
      expect(part, where).toBe(value);
      expect(compiled.explain(request).length, where).toBeGreaterThan(0);
    }
  }
  // The generator reaches all three values, and most conditions lower without opaque atoms.
  expect(Math.min(counts.true, counts.false, counts.error)).toBeGreaterThan(500);
  expect(opaque).toBeLessThan((deep ? 20_000 : 800) / 2);
});
