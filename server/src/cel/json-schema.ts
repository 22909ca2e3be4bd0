import type { Json } from "../access/interaction.ts";
import type { VariableType } from "./condition.ts";
import {
  constrained,
  constraintsIn,
  constraintsOf,
  loosen,
  orNullToo,
  tighten,
} from "./schema-constraints.ts";

/** Schemas come from a workspace and are not trusted: they are interpreted, never compiled, and within bounds. */
const maximumDepth = 12;
const maximumFields = 2_000;
/** Over all schemas that are typed together. */
const maximumTogether = 100_000;

export const dyn: VariableType = { type: "dyn" };

type Schema = { readonly [key: string]: Json };

/**
 * The type that a JSON Schema (2020-12 or older) gives to values: objects with their properties, lists, scalars.
 * What cannot be told (cycles of `$ref`, remote references, mixtures of types, null, too much of it) is `dyn`.
 */
export function jsonSchemaType(schema: Json | undefined): VariableType {
  return isSchema(schema) ? read(schema, start(schema), 0) : dyn;
}

/** The type of values of any of the schemas; `dyn` where they are too much together. */
export function jsonSchemasType(schemas: readonly (Json | undefined)[]): VariableType {
  const types: VariableType[] = [];
  let count = 0;
  for (const schema of schemas) {
    const context = isSchema(schema) ? start(schema) : undefined;
    types.push(context === undefined ? dyn : read(context.root, context, 0));
    count += context?.fields.count ?? 1;
    if (count > maximumTogether) return dyn;
  }
  return merge(types);
}

/** Why a schema is not read as a whole, as a clause; undefined where it is. */
export function schemaExcess(schema: Json | undefined): string | undefined {
  if (!isSchema(schema)) return undefined;
  const context = start(schema);
  read(schema, context, 0);
  return context.fields.excess;
}

function start(root: Schema): Context {
  return { root, fields: { count: 0 }, following: [] };
}

interface Context {
  readonly root: Schema;
  /** Counts over the whole schema, so that references that multiply (a bomb) stay bounded. */
  readonly fields: { count: number; excess?: string };
  readonly following: readonly string[];
}

function read(schema: Json | undefined, context: Context, depth: number): VariableType {
  if (!isSchema(schema)) return dyn;
  if (depth > maximumDepth) {
    context.fields.excess ??= `it is nested deeper than ${maximumDepth} levels`;
    return dyn;
  }
  if (++context.fields.count > maximumFields) {
    context.fields.excess ??= `it describes more than ${maximumFields} fields, references followed`;
    return dyn;
  }
  const reference = schema.$ref;
  if (typeof reference === "string") {
    const target = resolve(reference, context.root);
    if (target === undefined || context.following.includes(reference)) return dyn;
    return read(target, { ...context, following: [...context.following, reference] }, depth + 1);
  }
  const [alternatives] = [schema.oneOf, schema.anyOf].filter(isJsonList);
  if (alternatives !== undefined) {
    return merge(alternatives.map((one) => read(one, context, depth + 1)));
  }
  const parts = schema.allOf;
  if (isJsonList(parts)) return intersect([...parts, { ...schema, allOf: null }], context, depth);
  return readTyped(schema, context, depth);
}

function readTyped(schema: Schema, context: Context, depth: number): VariableType {
  return constrained(readBare(schema, context, depth), constraintsIn(schema));
}

function readBare(schema: Schema, context: Context, depth: number): VariableType {
  // OpenAPI 3.0 writes null beside the type.
  if (schema.nullable === true) return orNull(readTyped({ ...schema, nullable: false }, context, depth));
  const { type } = schema;
  if (isJsonList(type) && type.includes("null")) {
    const others = type.filter((name) => name !== "null");
    const [only] = others;
    if (others.length === 1 && only !== undefined)
      return orNull(readTyped({ ...schema, type: only }, context, depth));
  }
  switch (typeName(schema)) {
    case "string": {
      const values = textsOf(schema);
      return { type: "string", ...(values !== undefined && { values }) };
    }
    case "integer":
      return { type: "int" };
    case "number":
      return { type: "double" };
    case "boolean":
      return { type: "bool" };
    case "null":
      return { type: "null" };
    case "array":
      return { type: "list", of: read(schema.items, context, depth + 1) };
    case "object":
      return readObject(schema, context, depth);
    default:
      return dyn;
  }
}

/** A value that may be null has no one type of CEL. */
function orNull(type: VariableType): VariableType {
  if (type.type === "dyn") return type;
  return constrained({ type: "dyn", unlessNull: type }, orNullToo(constraintsOf(type)));
}

/** The type alone: of a field that only one of several schemas has, another one asks nothing. */
function unconstrained(type: VariableType): VariableType {
  switch (type.type) {
    case "list":
      return { type: "list", of: unconstrained(type.of) };
    case "map":
      return { type: "map", of: unconstrained(type.of) };
    case "object": {
      const fields = [...type.fields].map(
        ([name, { type: inner, required }]) => [name, { type: unconstrained(inner), required }] as const,
      );
      return { ...type, fields: new Map(fields) };
    }
    case "dyn":
      return type.unlessNull === undefined
        ? dyn
        : { type: "dyn", unlessNull: unconstrained(type.unlessNull) };
    default:
      return constrained(type, undefined);
  }
}

function readObject(schema: Schema, context: Context, depth: number): VariableType {
  const properties = schema.properties;
  const additional = schema.additionalProperties;
  if (!isSchema(properties)) {
    if (isSchema(additional)) return { type: "map", of: read(additional, context, depth + 1) };
    return { type: "object", fields: new Map(), open: additional !== false };
  }
  const required = schema.required;
  const names = new Set(isJsonList(required) ? required : []);
  const fields = new Map<string, { type: VariableType; required: boolean }>();
  for (const [name, property] of Object.entries(properties)) {
    // What follows is not known: were it listed, references to a wide object would multiply what they are worth.
    if (context.fields.count > maximumFields) return { type: "object", fields, open: true };
    fields.set(name, { type: read(property, context, depth + 1), required: names.has(name) });
  }
  // Closed unless the schema says otherwise: authors list every argument, and a typing error is far more likely
  // than a use of the default of JSON Schema, by which anything more is allowed.
  return { type: "object", fields, open: additional === true || isSchema(additional) };
}

/** The fields of all parts of an `allOf`; a type that any part gives, with what all of them ask of it. */
function intersect(parts: readonly Json[], context: Context, depth: number): VariableType {
  const all = parts.map((part) => read(part, context, depth + 1));
  const types = all.filter((type) => type.type !== "dyn");
  const objects = types.filter((type) => type.type === "object");
  if (objects.length === 0) {
    const mayBeNull = all.find((type) => type.type === "dyn" && type.unlessNull !== undefined);
    return constrained(types[0] ?? mayBeNull ?? dyn, tighten(all.map(constraintsOf)));
  }
  const fields = new Map<string, { type: VariableType; required: boolean }>();
  for (const object of objects) {
    for (const [name, field] of object.fields) {
      const known = fields.get(name);
      fields.set(name, { type: field.type, required: field.required || known?.required === true });
    }
  }
  return { type: "object", fields, open: objects.some((object) => object.open && object.fields.size > 0) };
}

/** One type for values of any of the types: what they agree on; optional where only some have it; else `dyn`. */
export function merge(types: readonly VariableType[]): VariableType {
  const [first, ...rest] = types;
  if (first === undefined) return dyn;
  return rest.reduce(mergeTwo, first);
}

function mergeTwo(a: VariableType, b: VariableType): VariableType {
  if (a.type === "null" || b.type === "null")
    return a.type === b.type ? a : nullBeside(a.type === "null" ? b : a);
  if (a.type === "dyn" || b.type === "dyn") {
    const [left, right] = [a, b].map((one) => (one.type === "dyn" ? one.unlessNull : one));
    const both = left && right && mergeTwo(left, right);
    if (both === undefined || both.type === "dyn") return dyn;
    return constrained(orNull(both), loosen(constraintsOf(a), constraintsOf(b)));
  }
  const asked = loosen(constraintsOf(a), constraintsOf(b));
  return constrained(mergeTypes(a, b), asked);
}

/** Of a value that is of the type or null, by whatever schema says null. */
function nullBeside(type: VariableType): VariableType {
  return type.type === "dyn" ? constrained(type, orNullToo(type.constraints)) : orNull(type);
}

function mergeTypes(a: VariableType, b: VariableType): VariableType {
  if (a.type === "object" && b.type === "object") {
    const fields = new Map<string, { type: VariableType; required: boolean }>();
    for (const name of new Set([...a.fields.keys(), ...b.fields.keys()])) {
      const left = a.fields.get(name);
      const right = b.fields.get(name);
      const type =
        left && right ? mergeTwo(left.type, right.type) : unconstrained((left ?? right)?.type ?? dyn);
      fields.set(name, { type, required: left?.required === true && right?.required === true });
    }
    return { type: "object", fields, open: a.open || b.open };
  }
  if (a.type === "list" && b.type === "list") return { type: "list", of: mergeTwo(a.of, b.of) };
  if (a.type === "map" && b.type === "map") return { type: "map", of: mergeTwo(a.of, b.of) };
  if (a.type === "string" && b.type === "string") {
    if (a.values === undefined || b.values === undefined) return { type: "string" };
    return { type: "string", values: [...new Set([...a.values, ...b.values])] };
  }
  const numbers = ["int", "double"];
  if (a.type !== b.type && numbers.includes(a.type) && numbers.includes(b.type)) return { type: "double" };
  return a.type === b.type ? a : dyn;
}

function typeName(schema: Schema): string | undefined {
  const declared = schema.type;
  if (typeof declared === "string") return declared;
  if (isJsonList(declared)) {
    const names = declared.filter((name) => name !== "null");
    return names.length === 1 && typeof names[0] === "string" && !declared.includes("null")
      ? names[0]
      : undefined;
  }
  const values = "const" in schema ? [schema.const] : schema.enum;
  if (isJsonList(values) && values.length > 0 && values.every((value) => typeof value === "string"))
    return "string";
  return isSchema(schema.properties) ? "object" : undefined;
}

/** The texts that an `enum` or `const` allows. */
function textsOf(schema: Schema): readonly string[] | undefined {
  const values = "const" in schema ? [schema.const] : schema.enum;
  if (!isJsonList(values) || values.length === 0 || values.length > maximumFields) return undefined;
  const texts = values.filter((value) => typeof value === "string");
  return texts.length === values.length ? texts : undefined;
}

/** Follows `#/a/b` in the same document; everything else is undefined. */
function resolve(reference: string, root: Schema): Json | undefined {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return undefined;
  let current: Json | undefined = root;
  for (const step of reference.slice(2).split("/")) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (isJsonList(current)) current = current[Number(key)];
    else current = isSchema(current) && Object.hasOwn(current, key) ? current[key] : undefined;
  }
  return current;
}

function isSchema(value: Json | undefined): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isJsonList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
