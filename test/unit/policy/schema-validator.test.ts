import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { type Kind, type SchemaNode, schemaOf } from "../../../server/src/policy/schema-kinds.ts";
import { validate } from "../../../server/src/policy/schema-validator.ts";

const root = path.resolve(import.meta.dirname, "../../..");

const FILES: Readonly<Record<Kind, string>> = {
  ControlPlane: "control-plane.schema.json",
  Inventory: "inventory.schema.json",
  Policy: "policy.schema.json",
  Scenarios: "scenarios.schema.json",
};

/** Ajv as it is, which compiles at run time. */
const ajv = new Ajv2020({ allErrors: true, messages: false, strict: false, discriminator: true });
for (const name of readdirSync(path.join(root, "schemas")))
  ajv.addSchema(JSON.parse(readFileSync(path.join(root, "schemas", name), "utf8")), name);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

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

function documents(kind: string): readonly Json[] {
  const folder = path.join(root, "examples/acme");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.plumb\.ya?ml$/.test(name))
    .flatMap((name) => parseAllDocuments(readFileSync(path.join(folder, name), "utf8")))
    .map((document) => document.toJS() as { kind: string } & Json)
    .filter((document) => document.kind === kind);
}

const essence = (errors: readonly ErrorObject[] | null | undefined) =>
  (errors ?? []).map(({ instancePath, keyword, params }) => ({ instancePath, keyword, params }));

describe.each(Object.entries(FILES) as readonly [Kind, string][])("errors of %s", (kind, file) => {
  const original = ajv.getSchema(file);

  it("are, in the example and in the example with any one mistake, those of ajv", () => {
    let wrong = 0;
    for (const document of documents(kind)) {
      for (const mutation of [document, ...mutations(document)]) {
        const valid = original?.(mutation);
        const errors = validate(schemaOf(kind), mutation);
        if (valid !== true) wrong++;
        expect(errors).toEqual(essence(original?.errors));
      }
    }
    expect(wrong).toBeGreaterThan(500);
  });
});

/** What `schema-validator.ts` knows, and what says nothing of validity. */
const KEYWORDS = new Set([
  ...[
    "$schema",
    "$id",
    "$defs",
    "$ref",
    "title",
    "description",
    "type",
    "const",
    "enum",
    "allOf",
    "if",
    "then",
  ],
  ...[
    "else",
    "maximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
  ],
  ...[
    "uniqueItems",
    "items",
    "contains",
    "minProperties",
    "required",
    "propertyNames",
    "additionalProperties",
  ],
  ...["properties", "discriminator", "oneOf"],
]);

function* nodes(schema: unknown): Generator<SchemaNode> {
  if (typeof schema !== "object" || schema === null) return;
  yield schema as SchemaNode;
  for (const [keyword, value] of Object.entries(schema)) {
    if (["$defs", "properties"].includes(keyword)) for (const one of Object.values(value)) yield* nodes(one);
    else if (["allOf", "oneOf"].includes(keyword)) for (const one of value as unknown[]) yield* nodes(one);
    else if (
      ["items", "contains", "if", "then", "else", "propertyNames", "additionalProperties"].includes(keyword)
    )
      yield* nodes(value);
  }
}

describe("the schemas", () => {
  const files = ["common.schema.json", ...Object.values(FILES)];

  it.each(files)("%s uses only keywords that are checked", (file) => {
    const schema: unknown = JSON.parse(readFileSync(path.join(root, "schemas", file), "utf8"));
    for (const node of nodes(schema)) {
      expect(Object.keys(node).filter((keyword) => !KEYWORDS.has(keyword))).toEqual([]);
      // `oneOf` is read by its discriminator, and what is inside of `contains` is not reported.
      if (node.oneOf !== undefined) expect(node.discriminator).toBeDefined();
      const reported = [node.then, node.else, node.items, ...Object.values(node.properties ?? {})];
      for (const one of reported) expect(one?.contains).toBeUndefined();
    }
    expect(ajv.validateSchema(schema as object)).toBe(true);
  });
});
