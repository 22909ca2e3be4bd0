import { describe, expect, it } from "vitest";
import { kinds, type SchemaNode, schemaOf } from "../../../server/src/policy/schema-kinds.ts";
import { validate } from "../../../server/src/policy/schema-validator.ts";
import { ajv, documentsByKind, errorsOfAjv, type Json, readSchema, schemaFiles } from "./schema-oracle.ts";

/** What may stand where something else was meant. */
const WRONG: readonly Json[] = [
  null,
  true,
  -1,
  "",
  "a b",
  "x".repeat(300),
  [],
  ["x", "x"],
  {},
  { "a/b~c": 1 },
];

/** Every document with one thing wrong: a value replaced, left out, or joined by an unknown neighbour. */
function* mutations(value: Json): Generator<Json> {
  yield* WRONG;
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    yield [...value, ...value];
    for (const [index, item] of value.entries())
      for (const other of mutations(item)) yield value.with(index, other);
    return;
  }
  yield { ...value, "an/unknown~key": 1 };
  for (const [key, item] of Object.entries(value)) {
    const { [key]: _, ...without } = value;
    yield without;
    for (const other of mutations(item)) yield { ...value, [key]: other };
  }
}

/** How many members of a list or mapping stand in a piece. */
const FEW = 4;

/**
 * A long document as several, with some of its rules, identities or scenarios each: a mistake is then looked for among
 * few others, and what a test costs grows with what the examples hold, not with the square of it.
 */
function pieces(document: Json): readonly Json[] {
  if (!isMap(document) || !isMap(document.spec)) return [document];
  const sections = Object.entries(document.spec);
  const most = Math.max(1, ...sections.map(([, section]) => Math.ceil(sizeOf(section) / FEW)));
  return Array.from({ length: most }, (_, piece) => ({
    ...document,
    spec: Object.fromEntries(
      sections.flatMap(([key, section]) => {
        const part = partOf(section, piece);
        return part === undefined ? [] : [[key, part]];
      }),
    ),
  }));
}

function sizeOf(section: Json): number {
  return typeof section === "object" && section !== null ? Object.keys(section).length : 0;
}

/** What is short is in the first piece only. */
function partOf(section: Json, piece: number): Json | undefined {
  const [start, end] = [piece * FEW, (piece + 1) * FEW];
  if (start > 0 && start >= sizeOf(section)) return undefined;
  if (Array.isArray(section)) return section.slice(start, end);
  return isMap(section) ? Object.fromEntries(Object.entries(section).slice(start, end)) : section;
}

function isMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

describe.each(kinds)("the errors of a %s", (kind) => {
  it("are those of ajv, in every example and fixture and in each of them with any one mistake", () => {
    let wrong = 0;
    for (const document of documentsByKind[kind]) {
      for (const mutation of [document, ...pieces(document).flatMap((one) => [...mutations(one)])]) {
        const expected = errorsOfAjv(kind, mutation);
        if (expected.length > 0) wrong++;
        expect(validate(schemaOf(kind), mutation)).toEqual(expected);
      }
    }
    expect(wrong).toBeGreaterThan(500);
  });
});

/** What the validator does, and what says nothing of validity. */
const KEYWORDS: ReadonlySet<string> = new Set(
  `$schema $defs $ref title description type const enum allOf if then else oneOf discriminator
   maximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems items contains uniqueItems
   minProperties required propertyNames additionalProperties properties`.split(/\s+/),
);
const TYPES: ReadonlySet<string> = new Set("null boolean integer number string array object".split(" "));

/** Every schema in a schema. */
function* nodes(schema: SchemaNode | boolean | undefined): Generator<SchemaNode> {
  if (typeof schema !== "object") return;
  yield schema;
  const { $defs = {}, properties = {}, allOf = [], oneOf = [] } = schema;
  const named = [...Object.values($defs), ...Object.values(properties), ...allOf, ...oneOf];
  const { items, contains, propertyNames, additionalProperties } = schema;
  const single = [items, contains, schema.if, schema.then, schema.else, propertyNames, additionalProperties];
  for (const one of [...named, ...single]) yield* nodes(one);
}

describe.each(schemaFiles)("%s", (file) => {
  const schema = readSchema(file);
  const all = [...nodes(schema as SchemaNode)];

  it("is a JSON Schema that says only what the validator checks", () => {
    expect(ajv.validateSchema(schema)).toBe(true);
    for (const node of all) {
      expect(Object.keys(node).filter((keyword) => !KEYWORDS.has(keyword))).toEqual([]);
      expect([node.type ?? []].flat().filter((type) => !TYPES.has(type))).toEqual([]);
      // Of subschemas, `true` and `false` are known in place of other properties only.
      const { properties = {}, items, propertyNames, contains, allOf = [] } = node;
      const subschemas = [...Object.values(properties), ...allOf, items, propertyNames, contains];
      expect(subschemas.filter((one: unknown) => typeof one === "boolean")).toEqual([]);
    }
  });

  it("has a discriminator at every oneOf, and contains in conditions only", () => {
    const conditions = new Set(all.flatMap((node) => [...nodes(node.if)]));
    for (const node of all) {
      if (node.oneOf !== undefined) expect(node.discriminator).toBeDefined();
      if (node.contains !== undefined) expect(conditions).toContain(node);
    }
  });
});

/** Characters of which patterns could be made to try again and again. */
const PROBES = ["0", "a", "A", "_", ".", "-", "/", "*", ":", " ", "é", "\u{1f600}", "a.", "*.", "GET /"];

describe("the patterns of the schemas", () => {
  const patterns = [
    ...new Set(
      schemaFiles.flatMap((file) =>
        [...nodes(readSchema(file) as SchemaNode)].flatMap(({ pattern }) => pattern ?? []),
      ),
    ),
  ];

  it.each(patterns)("%s is tried at one place, and repeats nothing that repeats", (pattern) => {
    expect(pattern).toMatch(/^\^/);
    const withoutClasses = pattern.replace(/\\./g, "c").replace(/\[[^\]]*\]/g, "c");
    expect(withoutClasses).not.toMatch(/\([^()]*[*+{][^()]*\)[*+{]/);
    expect(withoutClasses).not.toMatch(/[*+][*+]/);
  });

  it.each(patterns)("%s takes linear time", (pattern) => {
    const expression = new RegExp(pattern, "u");
    const start = performance.now();
    for (const probe of PROBES) expression.test(`${probe.repeat(200_000)}\n`);
    // A million characters or so each; where the time were quadratic, it would be minutes.
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe("a list whose items may not be repeated", () => {
  const schema: SchemaNode = { type: "array", uniqueItems: true };

  it("is checked in linear time, whatever its items are", () => {
    const items = Array.from({ length: 100_000 }, (_, index) => ({ name: `n${index}`, of: [index] }));
    const start = performance.now();
    expect(validate(schema, items)).toEqual([]);
    expect(validate(schema, [...items, { of: [7], name: "n7" }])).toEqual([
      { instancePath: "", keyword: "uniqueItems", params: { i: 100_000, j: 7 } },
    ]);
    // Ten thousand million comparisons would take minutes.
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it("tells values apart that look alike", () => {
    for (const list of [
      [1, "1", true, "true", null, "null"],
      [[1], ["1"], [[1]], "[1]", { a: 1 }, '{"a":1}', { a: "1" }],
      [["a", "b"], ["a,b"], { a: "b" }, { "a:b": "c" }, {}, []],
    ])
      expect(validate(schema, list)).toEqual([]);
  });
});
