import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kinds, type SchemaNode, schemaOf } from "../../../server/src/policy/schema-kinds.ts";
import { validate } from "../../../server/src/policy/schema-validator.ts";
import { runs } from "../access/generators.ts";
import { ajvBy, documentsByKind, errorsOfAjv, type Json } from "./schema-oracle.ts";

/** A draw of a number below a bound. */
type Draw = (bound: number) => number;

const draws: fc.Arbitrary<readonly number[]> = fc.array(fc.nat(), { minLength: 60, maxLength: 60 });
const drawFrom = (numbers: readonly number[]): Draw => {
  let next = 0;
  return (bound) => (numbers[next++ % numbers.length] ?? 0) % bound;
};

const WRONG: readonly Json[] = [
  null,
  false,
  0,
  0.5,
  "",
  "15m",
  "\u{1f600}",
  "a/b",
  [],
  [null, null],
  {},
  { type: "agent" },
  { "~/": [{}] },
];

/** Every mapping and list in a value, with itself. */
function containers(value: Json): readonly (Json[] | { [key: string]: Json })[] {
  if (typeof value !== "object" || value === null) return [];
  return [value, ...Object.values(value).flatMap(containers)];
}

/** One edit, in place, of a document that nobody else has; `words` are keys and values of the same kind of document. */
function edit(document: Json, draw: Draw, words: readonly string[], others: readonly Json[]): void {
  const all = containers(document);
  const target = all[draw(all.length)];
  if (target === undefined) return;
  const keys = Object.keys(target);
  const key = keys[draw(Math.max(1, keys.length))];
  const word = words[draw(words.length)] ?? "";
  const replacement = (): Json => {
    const parts = containers(others[draw(others.length)] ?? null);
    const part = parts[draw(Math.max(1, parts.length))];
    return structuredClone(draw(3) === 0 ? word : draw(2) === 0 ? (part ?? null) : pick(WRONG, draw));
  };
  if (Array.isArray(target)) {
    const index = draw(target.length + 1);
    const item = target[index];
    if (draw(3) === 0) target.splice(index, 1);
    else if (draw(2) === 0 && item !== undefined) target.push(structuredClone(item));
    else target[index] = replacement();
    return;
  }
  const action = draw(4);
  if (action === 0 || key === undefined) target[word] = replacement();
  else if (action === 1) delete target[key];
  else if (action === 2) target[key] = replacement();
  else {
    const value = target[key] ?? null;
    delete target[key];
    target[word] = value;
  }
}

function pick<T extends Json>(list: readonly T[], draw: Draw): Json {
  return list[draw(list.length)] ?? null;
}

function wordsOf(value: Json): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  const keys = Array.isArray(value) ? [] : Object.keys(value);
  return [...keys, ...Object.values(value).flatMap(wordsOf)];
}

describe.each(kinds)("the errors of a %s with many mistakes", (kind) => {
  const originals = documentsByKind[kind];
  const words = [...new Set(originals.flatMap(wordsOf))];

  it("are those of ajv", () => {
    let wrong = 0;
    fc.assert(
      fc.property(draws, (numbers) => {
        const draw = drawFrom(numbers);
        const document = structuredClone(originals[draw(originals.length)] ?? null);
        for (let edits = 1 + draw(8); edits > 0; edits--) edit(document, draw, words, originals);
        const expected = errorsOfAjv(kind, document);
        if (expected.length > 1) wrong++;
        expect(validate(schemaOf(kind), document)).toEqual(expected);
      }),
      runs(1_500),
    );
    expect(wrong).toBeGreaterThan(500);
  });
});

const TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"];

const scalars = fc.constantFrom<Json>(null, true, 0, 2, 0.5, -3, "", "a", "ab", "\u{1f600}", "ab c");
const values: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: "value" },
    { weight: 2, arbitrary: scalars },
    { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 4 }) },
    {
      weight: 2,
      arbitrary: fc.dictionary(fc.constantFrom("a", "b", "c/~"), tie("value"), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    },
  ),
})).value;

/** Schemas of all keywords but `contains`, which is not reported as ajv does, and `$ref` and `oneOf`. */
const schemas: fc.Arbitrary<SchemaNode> = fc.letrec<{ schema: SchemaNode }>((tie) => {
  const bound = fc.integer({ min: 0, max: 3 });
  return {
    schema: fc.oneof(
      { maxDepth: 3, depthIdentifier: "schema" },
      fc.constant({}),
      fc.record(
        {
          type: fc.oneof(
            fc.constantFrom(...TYPES),
            fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 3 }),
          ),
          const: values,
          enum: fc.array(values, { minLength: 1, maxLength: 3 }),
          maximum: bound,
          minimum: bound,
          exclusiveMinimum: bound,
          maxLength: bound,
          minLength: bound,
          pattern: fc.constantFrom("^a", "b$", "^.$"),
          maxItems: bound,
          minItems: bound,
          items: tie("schema"),
          uniqueItems: fc.boolean(),
          minProperties: bound,
          required: fc.uniqueArray(fc.constantFrom("a", "b", "c/~"), { maxLength: 2 }),
          propertyNames: tie("schema"),
          additionalProperties: fc.oneof(fc.boolean(), tie("schema")),
          properties: fc.dictionary(fc.constantFrom("a", "b"), tie("schema"), {
            maxKeys: 2,
            noNullPrototype: true,
          }),
          allOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }),
          if: tie("schema"),
          // biome-ignore lint/suspicious/noThenProperty: that is what the keyword is called.
          then: tie("schema"),
          else: tie("schema"),
        },
        { requiredKeys: [] },
      ),
    ),
  };
}).schema;

describe("the errors by any schema", () => {
  it("are those of ajv, in its order", () => {
    let wrong = 0;
    fc.assert(
      fc.property(schemas, fc.array(values, { minLength: 6, maxLength: 6 }), (schema, list) => {
        const errorsOfAjv = ajvBy(schema);
        for (const value of list) {
          const expected = errorsOfAjv(value);
          if (expected.length > 1) wrong++;
          expect(validate(schema, value)).toEqual(expected);
        }
      }),
      runs(300),
    );
    expect(wrong).toBeGreaterThan(200);
  });
});
