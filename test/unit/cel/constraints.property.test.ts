/** Keywords of schemas: the evaluator against ajv, and the lowering against the evaluator. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test, vi } from "vitest";
import { type OpaqueValue, partOf } from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction, Json } from "../../../server/src/access/interaction.ts";
import { compileCondition } from "../../../server/src/cel/compile.ts";
import type { CompiledCondition } from "../../../server/src/cel/condition.ts";
import { type CelEnvironment, plumblineEnvironment } from "../../../server/src/cel/environment.ts";
import { Random } from "./generate.ts";

const isDeep = process.env.PLUMBLINE_DEEP !== undefined;
const rounds = isDeep ? 8_000 : 500;
// A few seconds of work; the limit allows for machines that are busy.
vi.setConfig({ testTimeout: isDeep ? 1_800_000 : 90_000 });
const ajv = new Ajv2020({ strict: false, validateFormats: false, multipleOfPrecision: 9 });

type Schema = { readonly [keyword: string]: Json };

const texts = ["", "a", "ab", "abc", "EUR", "DE12", "x\ny", "😀", "😀😀", "a b", "A".repeat(1_200)];
const numbers = [-5, -1, 0, 0.1, 0.29, 0.5, 1, 1.5, 2, 5, 10, 100, 1e20, 1e-7];
const patterns = ["^a", "b$", "^[A-Z]{2,3}$", "a|b", "^$", "\\bb", "^(a|b)+$", "(?!x)", "😀", "^.{2}$"];

/** One property: any type, and any few keywords, also those that say nothing of values of the type. */
function property(random: Random): Schema {
  const type = random.pick<Schema>([
    { type: "string" },
    { type: "string" },
    { type: "integer" },
    { type: "number" },
    { type: "boolean" },
    { type: ["string", "null"] },
    { type: ["null", "integer"] },
    { type: "number", nullable: true },
    {},
  ]);
  const given = random.pick([0, 1, 1, 1, 2, 2, 3]);
  let made: Schema = type;
  for (let index = 0; index < given; index++) made = { ...made, ...keyword(random, type.type) };
  return random.chance(0.15) ? { allOf: [made, keyword(random, type.type, 0)] } : made;
}

/** `stray`: how often it is any keyword, which would make an `allOf` one of two types. */
function keyword(random: Random, type: Json | undefined, stray = 0.2): Schema {
  const number = () => random.pick(numbers);
  const value = (): Json => random.pick<Json>([...texts.slice(0, 7), ...numbers, true, false, null]);
  const ofNumbers: readonly (() => Schema)[] = [
    () => ({ minimum: number() }),
    () => ({ maximum: number() }),
    () => ({ exclusiveMinimum: number() }),
    () => ({ exclusiveMaximum: number() }),
    () => ({ multipleOf: random.pick([1, 2, 5, 0.5, 0.01]) }),
    () => ({ enum: [number(), number(), number()] }),
  ];
  const ofTexts: readonly (() => Schema)[] = [
    () => ({ minLength: random.pick([0, 1, 2, 3, 1_100]) }),
    () => ({ maxLength: random.pick([0, 1, 2, 3, 1_000, 1_100, 1_500]) }),
    () => ({ pattern: random.pick(patterns) }),
    () => ({ enum: [random.pick(texts), random.pick(texts), random.pick(texts)] }),
  ];
  const ofAny: readonly (() => Schema)[] = [
    () => ({ enum: [value(), value(), value(), value()] }),
    () => ({ const: value() }),
    ...ofNumbers,
    ...ofTexts,
  ];
  if (random.chance(stray)) return random.pick(ofAny)();
  const isText = JSON.stringify(type ?? "").includes("string");
  return random.pick(type === undefined ? ofAny : isText ? ofTexts : ofNumbers)();
}

/** RE2 has no lookahead, so that such a pattern asks nothing: ajv must not ask it either. */
function asAsked(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll(JSON.stringify("(?!x)"), '""'));
}

function conditions(random: Random, schema: Schema): readonly string[] {
  const x = "mcp.tool.arguments.x";
  const kind = JSON.stringify(schema);
  const text = JSON.stringify(random.pick(texts.slice(0, 8)));
  const number = random.pick(["-1", "0", "1", "2", "5"]);
  if (kind.includes('"string"'))
    return [`${x} == ${text}`, `${x} in [${text}, "a"]`, `${x}.startsWith(${text})`, `size(${x}) > 1`];
  if (kind.includes('"integer"')) return [`${x} == ${number}`, `${x} <= ${number}`, `${x} + 1 > ${number}`];
  if (kind.includes('"number"')) return [`${x} == ${number}`, `${x} < ${number}.5`, `${x} * 2.0 > 1.0`];
  if (kind.includes('"boolean"')) return [x, `!${x}`, `${x} == true`];
  return [`${x} == ${text}`, `${x} == ${number}`, `${x} in [${text}, ${number}, null, true]`];
}

/** Of an atom for a keyword: what ajv says of that keyword alone; of another one: what its text evaluates to. */
function opaqueValues(
  { partition }: CompiledCondition,
  value: Json | undefined,
  request: Interaction,
  environment: CelEnvironment,
): ReadonlyMap<string, OpaqueValue> {
  return new Map(
    partition.opaque.map(({ attribute: { key, keys }, text }): [string, OpaqueValue] => {
      const [, name = "", asked = ""] =
        /^schema:(\w+) ([\s\S]*):mcp\.tool\.arguments\.x$/.exec(keys[0] ?? "") ?? [];
      if (name === "") return [key, compileCondition(text, environment).evaluate(request).value];
      const holds = ajv.validate({ [name]: name === "pattern" ? asked : JSON.parse(asked) }, value ?? null);
      return [key, holds ? "true" : "false"];
    }),
  );
}

test("a read is an error exactly where ajv finds its value invalid, and the lowering says so too", () => {
  const counts = { invalid: 0, valid: 0, atoms: 0 };
  for (let seed = 1; seed <= rounds; seed++) {
    const random = new Random(seed);
    const schema = property(random);
    const tool = { type: "object", properties: { x: schema } };
    const environment = plumblineEnvironment().withToolArguments([{ name: "t", schema: tool }]);
    const validate = ajv.compile(asAsked(schema) as Schema);
    const compiled = ["has(mcp.tool.arguments.x)", ...conditions(random, schema)]
      .map((source) => compileCondition(source, environment))
      // A schema without a type may list texts only, and have one by that.
      .filter(({ problems }) => problems.every((one) => one.severity !== "error"));
    for (let round = 0; round < 8; round++) {
      const value = random.chance(0.05)
        ? undefined
        : random.pick<Json>([...texts, ...numbers, ...numbers, true, false, null]);
      const request: Interaction = {
        traffic: "ai",
        mcp: {
          server: "s",
          method: "tools/call",
          tool: { name: "t", arguments: value === undefined ? {} : { x: value } },
        },
      };
      const isValid = value === undefined || validate(value) === true;
      if (value !== undefined) counts[isValid ? "valid" : "invalid"]++;
      compiled.forEach((condition, index) => {
        const result = condition.evaluate(request);
        const told = `seed ${seed}: ${condition.source}\n${JSON.stringify(schema)}\n${JSON.stringify(value)?.slice(0, 80)}\n${JSON.stringify(result)}`;
        if (!isValid) expect(result.value, told).toBe("error");
        else if (index === 0 || condition.source.includes("=="))
          expect(result.value === "error", told).toBe(index > 0 && value === undefined);
        counts.atoms += condition.partition.opaque.length;
        const assigned = opaqueValues(condition, value, request, environment);
        expect(partOf(condition.partition, request, assigned), told).toBe(result.value);
      });
    }
  }
  expect(Math.min(...Object.values(counts)), JSON.stringify(counts)).toBeGreaterThan(rounds);
});
