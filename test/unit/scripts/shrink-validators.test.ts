import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import * as validators from "../../../server/src/policy/generated/validators.js";

const root = path.resolve(import.meta.dirname, "../../..");

const EXPORTS: Readonly<Record<string, { schema: string; validate: validators.SchemaValidator }>> = {
  ControlPlane: { schema: "control-plane.schema.json", validate: validators.controlPlane },
  Inventory: { schema: "inventory.schema.json", validate: validators.inventory },
  Policy: { schema: "policy.schema.json", validate: validators.policy },
  Scenarios: { schema: "scenarios.schema.json", validate: validators.scenarios },
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

describe.each(Object.entries(EXPORTS))("the small validator of %s", (kind, { schema, validate }) => {
  const original = ajv.getSchema(schema);

  it("says of the example, and of the example with any one mistake, what ajv says", () => {
    let wrong = 0;
    for (const document of documents(kind)) {
      for (const mutation of [document, ...mutations(document)]) {
        const valid = original?.(mutation);
        expect(validate(mutation)).toBe(valid);
        if (valid !== true) wrong++;
        expect(essence(validate.errors)).toEqual(essence(original?.errors));
      }
    }
    expect(wrong).toBeGreaterThan(500);
  });
});
