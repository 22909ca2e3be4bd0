/**
 * Validates values against our own JSON Schemas (2020-12), which hover and messages read anyway: a check is made of
 * closures from the schema itself, so that no validator needs to be generated and shipped beside it. The errors are
 * those of ajv with `allErrors` and `discriminator`, in its order; a test holds the two against each other.
 *
 * The work is linear in the size of the value, times the depth of the schema at it; our patterns are linear, too.
 */

import { arraySteps, type Compile, numberSteps, objectSteps, stringSteps } from "./schema-groups.ts";
import { resolveSchemaReference, rootOfReference, type SchemaNode } from "./schema-kinds.ts";
import { type Check, fail, passes, type Report, rule, type SchemaError, type Step } from "./schema-report.ts";
import { type Fields, hasType, isArray, isNumber, isObject, isSame, isString } from "./schema-values.ts";

/** Every error of the value; none: it is valid. Throws where the schema is not one that `SchemaNode` describes. */
export function validate(schema: SchemaNode, value: unknown): readonly SchemaError[] {
  const errors: SchemaError[] = [];
  checkOf(schema, schema)(value, { trail: [], count: 0, errors });
  return errors;
}

const checks = new WeakMap<SchemaNode, Check>();

/** A node belongs to one root, so that what its references mean does not depend on the way to it. */
function checkOf(schema: SchemaNode, root: SchemaNode): Check {
  const known = checks.get(schema);
  if (known !== undefined) return known;
  let made: Check | undefined;
  // Schemas refer to themselves: what is inside of a node is compiled when it is first asked.
  const check: Check = (value, report) => {
    made ??= compile(schema, root);
    made(value, report);
  };
  checks.set(schema, check);
  return check;
}

const groups = ["number", "string", "array", "object"] as const;
type Group = (typeof groups)[number];

/** The keywords of each group, which decide where a wrong type is reported; those of any type are in `anySteps`. */
const groupKeywords: Readonly<Record<Group, readonly (keyof SchemaNode)[]>> = {
  number: ["maximum", "minimum", "exclusiveMinimum"],
  string: ["maxLength", "minLength", "pattern"],
  array: ["maxItems", "minItems", "items", "contains", "uniqueItems"],
  object: [
    "minProperties",
    "required",
    "propertyNames",
    "additionalProperties",
    "properties",
    "discriminator",
  ],
};

/**
 * The steps of a schema as ajv orders them: what fits any type, then numbers, strings, arrays, objects. A wrong type
 * comes first, but in place of the group where the schema has keywords for its only type.
 */
function compile(schema: SchemaNode, root: SchemaNode): Check {
  const types = schema.type === undefined ? [] : [schema.type].flat();
  const inside: Compile = (one) => checkOf(one, root);
  const reporting = groups.find(
    (group) =>
      types.length === 1 &&
      types[0] === group &&
      groupKeywords[group].some((keyword) => schema[keyword] !== undefined),
  );
  const wrongType = (report: Report) => fail(report, "type", { type: schema.type });
  const steps: Check[] = [];
  if (types.length > 0 && reporting === undefined)
    steps.push((value, report) => {
      if (!types.some((type) => hasType(value, type))) wrongType(report);
    });
  steps.push(...anySteps(schema, root));
  const add = <T>(group: Group, isOfGroup: (value: unknown) => value is T, own: readonly Step<T>[]) => {
    if (own.length === 0 && group !== reporting) return;
    steps.push((value, report) => {
      if (isOfGroup(value)) for (const step of own) step(value, report);
      else if (group === reporting) wrongType(report);
    });
  };
  add("number", isNumber, numberSteps(schema));
  add("string", isString, stringSteps(schema));
  add("array", isArray, arraySteps(schema, inside));
  add("object", isObject, [...objectSteps(schema, inside), ...discriminated(schema, root)]);
  const [first] = steps;
  if (steps.length === 1 && first !== undefined) return first;
  return (value, report) => {
    for (const step of steps) step(value, report);
  };
}

function anySteps(schema: SchemaNode, root: SchemaNode): readonly Check[] {
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
  const branch = (one: SchemaNode | undefined) => (one === undefined ? undefined : checkOf(one, root));
  const met = branch(schema.then);
  const unmet = branch(schema.else);
  return (value, report) => {
    const before = report.count;
    const isMet = passes(condition, value);
    (isMet ? met : unmet)?.(value, report);
    if (report.count > before) fail(report, "if", { failingKeyword: isMet ? "then" : "else" });
  };
}

/** The one of `oneOf` whose property has the value that the object has there. */
function discriminated({ discriminator, oneOf = [] }: SchemaNode, root: SchemaNode): readonly Step<Fields>[] {
  if (discriminator === undefined) return [];
  const tag = discriminator.propertyName;
  const byTag = new Map<unknown, Check>();
  for (const one of oneOf) {
    const target = one.$ref === undefined ? one : resolveSchemaReference(one.$ref, root);
    const property = target?.properties?.[tag];
    for (const value of property?.enum ?? [property?.const]) byTag.set(value, checkOf(one, root));
  }
  return [
    (value, report) => {
      const tagValue = value[tag];
      const chosen = typeof tagValue === "string" ? byTag.get(tagValue) : undefined;
      if (chosen !== undefined) chosen(value, report);
      else {
        const error = typeof tagValue === "string" ? "mapping" : "tag";
        fail(report, "discriminator", { error, tag, tagValue });
      }
    },
  ];
}
