/**
 * Validates values against our own JSON Schemas (2020-12), which hover and messages read anyway: a checker is made of
 * closures from the schema itself, so that no validator needs to be generated and shipped beside it. The errors are
 * those of ajv with `allErrors` and `discriminator`, in its order; a test holds the two against each other.
 */

import { resolveSchemaReference, rootOfReference, type SchemaNode } from "./schema-kinds.ts";
import { hasType, isSame, repeatedItem, repeatedScalar } from "./schema-values.ts";

export interface SchemaError {
  /** A JSON pointer. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Where in the value a checker is; the pointer is written only for an error. */
type Trail = (string | number)[];
type Check = (value: unknown, at: Trail, errors: SchemaError[]) => void;

const checks = new WeakMap<SchemaNode, Check>();

/** Every error of the value; none: it is valid. */
export function validate(schema: SchemaNode, value: unknown): readonly SchemaError[] {
  const errors: SchemaError[] = [];
  checkOf(schema, schema)(value, [], errors);
  return errors;
}

/** A node belongs to one root, so that what its references mean does not depend on the way to it. */
function checkOf(schema: SchemaNode, root: SchemaNode): Check {
  const known = checks.get(schema);
  if (known !== undefined) return known;
  let made: Check | undefined;
  // Schemas refer to themselves: what is inside of a node is compiled when it is first asked.
  const check: Check = (value, at, errors) => {
    made ??= compile(schema, root);
    made(value, at, errors);
  };
  checks.set(schema, check);
  return check;
}

type Group = "number" | "string" | "array" | "object";

const groups: Readonly<Record<Group, (schema: SchemaNode, root: SchemaNode) => readonly Check[]>> = {
  number: ofNumbers,
  string: ofStrings,
  array: ofArrays,
  object: ofObjects,
};

/** As ajv has it: numbers and strings, what fits any type, arrays, objects. */
function compile(schema: SchemaNode, root: SchemaNode): Check {
  const types = schema.type === undefined ? [] : [schema.type].flat();
  const steps: Check[] = [];
  const wrongType: Check = (_value, at, errors) => fail(errors, at, "type", { type: schema.type });
  const [only] = types;
  const reportsInGroup = types.length === 1 && isGroup(only) && groups[only](schema, root).length > 0;
  if (types.length > 0 && !reportsInGroup)
    steps.push((value, at, errors) => {
      if (!types.some((type) => hasType(value, type))) wrongType(value, at, errors);
    });
  const group = (type: Group) => {
    const own = groups[type](schema, root);
    if (own.length === 0) return;
    steps.push((value, at, errors) => {
      if (hasType(value, type)) for (const step of own) step(value, at, errors);
      else if (reportsInGroup && only === type) wrongType(value, at, errors);
    });
  };
  group("number");
  group("string");
  steps.push(...ofAnyType(schema, root));
  group("array");
  group("object");
  const [first] = steps;
  if (steps.length === 1 && first !== undefined) return first;
  return (value, at, errors) => {
    for (const step of steps) step(value, at, errors);
  };
}

const isGroup = (type: string | undefined): type is Group =>
  type !== undefined && Object.hasOwn(groups, type);

function fail(errors: SchemaError[], at: Trail, keyword: string, params: SchemaError["params"]): void {
  const instancePath = at.map((key) => `/${String(key).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");
  errors.push({ instancePath, keyword, params });
}

/** A step that makes one error where the value does not pass. */
function rule(keyword: string, params: SchemaError["params"], passes: (value: unknown) => boolean): Check {
  return (value, at, errors) => {
    if (!passes(value)) fail(errors, at, keyword, params);
  };
}

function ofNumbers({ maximum, minimum, exclusiveMinimum }: SchemaNode): readonly Check[] {
  const steps: Check[] = [];
  if (maximum !== undefined)
    steps.push(rule("maximum", { comparison: "<=", limit: maximum }, (value) => Number(value) <= maximum));
  if (minimum !== undefined)
    steps.push(rule("minimum", { comparison: ">=", limit: minimum }, (value) => Number(value) >= minimum));
  if (exclusiveMinimum !== undefined) {
    const params = { comparison: ">", limit: exclusiveMinimum };
    steps.push(rule("exclusiveMinimum", params, (value) => Number(value) > exclusiveMinimum));
  }
  return steps;
}

function ofStrings({ maxLength, minLength, pattern }: SchemaNode): readonly Check[] {
  const steps: Check[] = [];
  if (maxLength !== undefined)
    steps.push(rule("maxLength", { limit: maxLength }, (value) => characters(value) <= maxLength));
  if (minLength !== undefined)
    steps.push(rule("minLength", { limit: minLength }, (value) => characters(value) >= minLength));
  if (pattern !== undefined) {
    const expression = new RegExp(pattern, "u");
    steps.push(rule("pattern", { pattern }, (value) => expression.test(String(value))));
  }
  return steps;
}

/** JSON Schema counts characters, not UTF-16 units. */
function characters(value: unknown): number {
  let count = 0;
  for (const _ of String(value)) count++;
  return count;
}

function ofAnyType(schema: SchemaNode, root: SchemaNode): readonly Check[] {
  const steps: Check[] = [];
  if (schema.$ref !== undefined) steps.push(referred(schema.$ref, root));
  if ("const" in schema)
    steps.push(rule("const", { allowedValue: schema.const }, (value) => isSame(value, schema.const)));
  const allowed = schema.enum;
  if (allowed !== undefined)
    steps.push(
      rule("enum", { allowedValues: allowed }, (value) => allowed.some((one) => isSame(value, one))),
    );
  for (const part of schema.allOf ?? []) steps.push(checkOf(part, root));
  if (schema.if !== undefined) steps.push(conditional(schema, checkOf(schema.if, root), root));
  return steps;
}

function referred(reference: string, root: SchemaNode): Check {
  const target = resolveSchemaReference(reference, root);
  if (target === undefined) throw new Error(`the schemas have no ${reference}`);
  return checkOf(target, rootOfReference(reference, root));
}

function conditional(schema: SchemaNode, condition: Check, root: SchemaNode): Check {
  const [first, second] = [schema.then, schema.else].map((one) =>
    one === undefined ? undefined : checkOf(one, root),
  );
  return (value, at, errors) => {
    const unmet: SchemaError[] = [];
    condition(value, at, unmet);
    const before = errors.length;
    const [chosen, failingKeyword] = unmet.length === 0 ? [first, "then"] : [second, "else"];
    chosen?.(value, at, errors);
    if (errors.length > before) fail(errors, at, "if", { failingKeyword });
  };
}

function ofArrays(schema: SchemaNode, root: SchemaNode): readonly Check[] {
  const { maxItems, minItems } = schema;
  const steps: Check[] = [];
  const size = (value: unknown) => (value as readonly unknown[]).length;
  if (maxItems !== undefined)
    steps.push(rule("maxItems", { limit: maxItems }, (value) => size(value) <= maxItems));
  if (minItems !== undefined)
    steps.push(rule("minItems", { limit: minItems }, (value) => size(value) >= minItems));
  if (schema.items !== undefined) {
    const item = checkOf(schema.items, root);
    steps.push((value, at, errors) => {
      for (const [index, one] of (value as readonly unknown[]).entries())
        within(at, index, item, one, errors);
    });
  }
  if (schema.contains !== undefined) {
    const wanted = checkOf(schema.contains, root);
    const isWanted = (one: unknown) => {
      const problems: SchemaError[] = [];
      wanted(one, [], problems);
      return problems.length === 0;
    };
    // What each item lacks is no news where one of them is wanted; the schemas use it in conditions only.
    steps.push(rule("contains", { minContains: 1 }, (value) => (value as readonly unknown[]).some(isWanted)));
  }
  if (schema.uniqueItems === true) {
    const itemTypes = schema.items?.type === undefined ? [] : [schema.items.type].flat();
    const areScalars =
      itemTypes.length > 0 && !itemTypes.some((type) => type === "object" || type === "array");
    const repeated = (items: readonly unknown[]) =>
      areScalars ? repeatedScalar(items, itemTypes) : repeatedItem(items);
    steps.push((value, at, errors) => {
      const found = repeated(value as readonly unknown[]);
      if (found !== undefined) fail(errors, at, "uniqueItems", found);
    });
  }
  return steps;
}

function ofObjects(schema: SchemaNode, root: SchemaNode): readonly Check[] {
  const steps: Check[] = [];
  const { minProperties, required, propertyNames, additionalProperties, properties = {} } = schema;
  if (minProperties !== undefined) {
    const params = { limit: minProperties };
    steps.push(
      rule("minProperties", params, (value) => Object.keys(value as object).length >= minProperties),
    );
  }
  if (required !== undefined)
    steps.push((value, at, errors) => {
      for (const name of required)
        if (propertyOf(value, name) === undefined) fail(errors, at, "required", { missingProperty: name });
    });
  if (propertyNames !== undefined) {
    const name = checkOf(propertyNames, root);
    steps.push((value, at, errors) => {
      for (const key of Object.keys(value as object)) {
        const before = errors.length;
        name(key, at, errors);
        if (errors.length > before) fail(errors, at, "propertyNames", { propertyName: key });
      }
    });
  }
  if (additionalProperties !== undefined && additionalProperties !== true) {
    const known = new Set(Object.keys(properties));
    const other = additionalProperties === false ? undefined : checkOf(additionalProperties, root);
    steps.push((value, at, errors) => {
      for (const key of Object.keys(value as object)) {
        if (known.has(key)) continue;
        if (other === undefined) fail(errors, at, "additionalProperties", { additionalProperty: key });
        else within(at, key, other, propertyOf(value, key), errors);
      }
    });
  }
  const named = Object.entries(properties).map(([key, one]) => [key, checkOf(one, root)] as const);
  if (named.length > 0)
    steps.push((value, at, errors) => {
      for (const [key, check] of named) {
        const own = propertyOf(value, key);
        if (own !== undefined) within(at, key, check, own, errors);
      }
    });
  if (schema.discriminator !== undefined)
    steps.push(discriminated(schema, schema.discriminator.propertyName, root));
  return steps;
}

/** The one of `oneOf` whose property has the value that the object has there. */
function discriminated(schema: SchemaNode, tag: string, root: SchemaNode): Check {
  const byTag = new Map<unknown, Check>();
  for (const one of schema.oneOf ?? []) {
    const target = one.$ref === undefined ? one : resolveSchemaReference(one.$ref, root);
    const property = target?.properties?.[tag];
    for (const value of property?.enum ?? [property?.const]) byTag.set(value, checkOf(one, root));
  }
  return (value, at, errors) => {
    const tagValue = propertyOf(value, tag);
    const chosen = typeof tagValue === "string" ? byTag.get(tagValue) : undefined;
    if (chosen !== undefined) chosen(value, at, errors);
    else {
      const error = typeof tagValue === "string" ? "mapping" : "tag";
      fail(errors, at, "discriminator", { error, tag, tagValue });
    }
  };
}

function within(at: Trail, key: string | number, check: Check, value: unknown, errors: SchemaError[]): void {
  at.push(key);
  check(value, at, errors);
  at.pop();
}

function propertyOf(value: unknown, key: string): unknown {
  return Object.hasOwn(value as object, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
