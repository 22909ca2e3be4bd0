/** Ajv, which compiles the schemas at run time, and the documents of the project that it and we are asked about. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020, type AnySchemaObject } from "ajv/dist/2020.js";
import { parseAllDocuments } from "yaml";
import { isKind, type Kind, kinds } from "../../../server/src/policy/schema-kinds.ts";
import type { SchemaError } from "../../../server/src/policy/schema-report.ts";

const root = path.resolve(import.meta.dirname, "../../..");

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export const schemaFiles = readdirSync(path.join(root, "schemas"));
export const readSchema = (name: string): AnySchemaObject =>
  JSON.parse(readFileSync(path.join(root, "schemas", name), "utf8")) as AnySchemaObject;

const options = { allErrors: true, messages: false, strict: false, discriminator: true };
export const ajv = new Ajv2020(options);
for (const name of schemaFiles) ajv.addSchema(readSchema(name), name);

const FILES: Readonly<Record<Kind, string>> = {
  ControlPlane: "control-plane.schema.json",
  Inventory: "inventory.schema.json",
  Policy: "policy.schema.json",
  Scenarios: "scenarios.schema.json",
};

const essence = ({ instancePath, keyword, params }: SchemaError): SchemaError => ({
  instancePath,
  keyword,
  params,
});

/** What ajv says of a value. */
export function errorsOfAjv(kind: Kind, value: unknown): readonly SchemaError[] {
  const validator = ajv.getSchema(FILES[kind]);
  if (validator === undefined) throw new Error(`ajv has no schema of ${kind}`);
  validator(value);
  return (validator.errors ?? []).map(essence);
}

/** What ajv says of values by a schema that stands alone. */
export function ajvBy(schema: object): (value: unknown) => readonly SchemaError[] {
  const validator = new Ajv2020({ ...options, validateSchema: false }).compile(schema);
  return (value) => {
    validator(value);
    return (validator.errors ?? []).map(essence);
  };
}

/** Every document of our kinds in the examples and fixtures, those with mistakes included. */
export function documents(): readonly { readonly kind: Kind; readonly value: Json }[] {
  return ["examples", "test"]
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" }).map((name) =>
        path.join(root, folder, name),
      ),
    )
    .filter((file) => /\.plumb\.ya?ml$/.test(file))
    .flatMap((file) => parseAllDocuments(readFileSync(file, "utf8")))
    .flatMap((document) => {
      const value = document.errors.length > 0 ? undefined : (document.toJS() as Json);
      const kind = typeof value === "object" && value !== null && !Array.isArray(value) && value.kind;
      return value !== undefined && typeof kind === "string" && isKind(kind) ? [{ kind, value }] : [];
    });
}

/** Those of one kind; every kind has some, or the tests would look at nothing. */
export const documentsByKind: Readonly<Record<Kind, readonly Json[]>> = (() => {
  const all = documents();
  const of = (kind: Kind) => all.flatMap((one) => (one.kind === kind ? [one.value] : []));
  const missing = kinds.find((kind) => of(kind).length === 0);
  if (missing !== undefined) throw new Error(`no example or fixture is a ${missing}`);
  return {
    ControlPlane: of("ControlPlane"),
    Inventory: of("Inventory"),
    Policy: of("Policy"),
    Scenarios: of("Scenarios"),
  };
})();
