/**
 * The keywords of JSON Schema that speak of values of one type only: numbers, strings, arrays or objects. Each group is
 * a list of steps in the order in which ajv takes them, and its steps are only asked about values of its type.
 */

import type { SchemaNode } from "./schema-kinds.ts";
import { type Check, fail, passes, type Report, rule, type Step, within } from "./schema-report.ts";
import { type Fields, type Items, repeatedItem, repeatedScalar } from "./schema-values.ts";

/** Makes the check of a schema inside of the one at hand. */
export type Compile = (schema: SchemaNode) => Check;

export function numberSteps({ maximum, minimum, exclusiveMinimum }: SchemaNode): readonly Step<number>[] {
  const steps: Step<number>[] = [];
  const bound = (
    keyword: string,
    comparison: string,
    limit: number | undefined,
    holds: (value: number, limit: number) => boolean,
  ) => {
    if (limit !== undefined) steps.push(rule(keyword, { comparison, limit }, (value) => holds(value, limit)));
  };
  bound("maximum", "<=", maximum, (value, limit) => value <= limit);
  bound("minimum", ">=", minimum, (value, limit) => value >= limit);
  bound("exclusiveMinimum", ">", exclusiveMinimum, (value, limit) => value > limit);
  return steps;
}

export function stringSteps({ maxLength, minLength, pattern }: SchemaNode): readonly Step<string>[] {
  const steps: Step<string>[] = [];
  // JSON Schema counts characters. A text has at least half as many of them as UTF-16 units, and at most as many, so
  // that they hardly ever need to be counted.
  if (maxLength !== undefined)
    steps.push(
      rule(
        "maxLength",
        { limit: maxLength },
        (value) => value.length <= maxLength || characters(value) <= maxLength,
      ),
    );
  if (minLength !== undefined)
    steps.push(
      rule(
        "minLength",
        { limit: minLength },
        (value) => value.length >= 2 * minLength || characters(value) >= minLength,
      ),
    );
  if (pattern !== undefined) {
    const expression = new RegExp(pattern, "u");
    steps.push(rule("pattern", { pattern }, (value) => expression.test(value)));
  }
  return steps;
}

function characters(value: string): number {
  let count = 0;
  for (const _ of value) count++;
  return count;
}

export function arraySteps(schema: SchemaNode, compile: Compile): readonly Step<Items>[] {
  const { maxItems, minItems } = schema;
  const steps: Step<Items>[] = [];
  if (maxItems !== undefined)
    steps.push(rule("maxItems", { limit: maxItems }, ({ length }) => length <= maxItems));
  if (minItems !== undefined)
    steps.push(rule("minItems", { limit: minItems }, ({ length }) => length >= minItems));
  if (schema.items !== undefined) {
    const item = compile(schema.items);
    steps.push((list, report) => {
      for (let index = 0; index < list.length; index++) within(report, index, item, list[index]);
    });
  }
  if (schema.contains !== undefined) {
    const wanted = compile(schema.contains);
    // What each item lacks is no news where one of them is wanted; the schemas use it in conditions only.
    steps.push(rule("contains", { minContains: 1 }, (list) => list.some((one) => passes(wanted, one))));
  }
  if (schema.uniqueItems === true) {
    const types = schema.items?.type === undefined ? [] : [schema.items.type].flat();
    const areScalars = types.length > 0 && !types.includes("object") && !types.includes("array");
    steps.push((list, report) => {
      if (list.length < 2) return;
      const found = areScalars ? repeatedScalar(list, types) : repeatedItem(list);
      if (found !== undefined) fail(report, "uniqueItems", found);
    });
  }
  return steps;
}

export function objectSteps(schema: SchemaNode, compile: Compile): readonly Step<Fields>[] {
  const steps: Step<Fields>[] = [];
  const { minProperties, required, properties = {} } = schema;
  if (minProperties !== undefined)
    steps.push(
      rule("minProperties", { limit: minProperties }, (value) => Object.keys(value).length >= minProperties),
    );
  if (required !== undefined)
    steps.push((value, report) => {
      for (const name of required)
        if (value[name] === undefined) fail(report, "required", { missingProperty: name });
    });
  if (schema.propertyNames !== undefined) {
    const name = compile(schema.propertyNames);
    steps.push((value, report) => {
      for (const key of Object.keys(value)) {
        const before = report.count;
        name(key, report);
        if (report.count > before) fail(report, "propertyNames", { propertyName: key });
      }
    });
  }
  const other = otherProperties(schema.additionalProperties, compile);
  if (other !== undefined) {
    const known = new Set(Object.keys(properties));
    steps.push((value, report) => {
      for (const key of Object.keys(value)) if (!known.has(key)) other(key, value[key], report);
    });
  }
  const named = Object.entries(properties).map(([key, one]) => ({ key, check: compile(one) }));
  if (named.length > 0)
    steps.push((value, report) => {
      for (const { key, check } of named) {
        const own = value[key];
        if (own !== undefined) within(report, key, check, own);
      }
    });
  return steps;
}

function otherProperties(
  others: SchemaNode | boolean | undefined,
  compile: Compile,
): ((key: string, value: unknown, report: Report) => void) | undefined {
  if (others === undefined || others === true) return undefined;
  if (others === false)
    return (key, _value, report) => fail(report, "additionalProperties", { additionalProperty: key });
  const check = compile(others);
  return (key, value, report) => within(report, key, check, value);
}
