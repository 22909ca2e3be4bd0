/** The keywords of JSON Schema that say more of a scalar than its type: read, and several schemas of one value joined. */
import type { Json } from "../access/interaction.ts";
import type { Bound, Constraints, Scalar, VariableType } from "./condition.ts";

/** Schemas are not trusted: more than this is no constraint at all. */
const mostValues = 2_000;
const mostOfMany = 8;
const longestPattern = 1_000;
const mostRepeats = 2_000;

type Schema = { readonly [key: string]: Json };

/**
 * What a schema asks of scalars (2020-12, Validation, sections 6.1 to 6.3; exclusive bounds also as draft 4 and OpenAPI
 * 3.0 write them, as booleans). Undefined for nothing. A pattern that RE2 refuses is kept here, and asks nothing.
 */
export function constraintsIn(schema: Schema): Constraints | undefined {
  const values = valuesIn(schema);
  const minimum = boundIn(schema.minimum, schema.exclusiveMinimum, tighterMinimum);
  const maximum = boundIn(schema.maximum, schema.exclusiveMaximum, tighterMaximum);
  const { multipleOf, pattern } = schema;
  const [minLength, maxLength] = [lengthIn(schema.minLength), lengthIn(schema.maxLength)];
  return constraints({
    values,
    minimum,
    maximum,
    multipleOf: isNumber(multipleOf) && multipleOf > 0 ? [multipleOf] : undefined,
    minLength: minLength === 0 ? undefined : minLength,
    maxLength,
    patterns: typeof pattern === "string" && isModest(pattern) ? [pattern] : undefined,
  });
}

/** What the schema of a scalar asks beyond its type. */
export function constraintsOf(type: VariableType): Constraints | undefined {
  switch (type.type) {
    case "string":
    case "int":
    case "double":
    case "bool":
    case "dyn":
      return type.constraints;
    case "timestamp":
    case "duration":
    case "null":
    case "list":
    case "map":
    case "object":
      return undefined;
  }
}

/** With these constraints instead of its own, where it is a type of scalars. */
export function constrained(type: VariableType, constraints: Constraints | undefined): VariableType {
  switch (type.type) {
    case "string":
    case "int":
    case "double":
    case "bool":
    case "dyn": {
      const { constraints: _own, ...bare } = type;
      return constraints === undefined ? bare : { ...bare, constraints };
    }
    case "timestamp":
    case "duration":
    case "null":
    case "list":
    case "map":
    case "object":
      return type;
  }
}

/** What all of them ask. */
export function tighten(all: readonly (Constraints | undefined)[]): Constraints | undefined {
  return all.reduce((a, b) => {
    if (a === undefined || b === undefined) return a ?? b;
    return constraints({
      values: both(a.values, b.values, inBoth),
      minimum: both(a.minimum, b.minimum, tighterMinimum),
      maximum: both(a.maximum, b.maximum, tighterMaximum),
      multipleOf: both(a.multipleOf, b.multipleOf, joined),
      minLength: both(a.minLength, b.minLength, Math.max),
      maxLength: both(a.maxLength, b.maxLength, Math.min),
      patterns: both(a.patterns, b.patterns, joined),
    });
  }, undefined);
}

/** What a value of either keeps to: what only one of them asks is dropped. */
export function loosen(a: Constraints | undefined, b: Constraints | undefined): Constraints | undefined {
  if (a === undefined || b === undefined) return undefined;
  const values = either(a.values, b.values, (one, other) => [...new Set([...one, ...other])]);
  return constraints({
    values: values !== undefined && values.length > mostValues ? undefined : values,
    minimum: either(a.minimum, b.minimum, looserMinimum),
    maximum: either(a.maximum, b.maximum, looserMaximum),
    multipleOf: either(a.multipleOf, b.multipleOf, inBoth),
    minLength: either(a.minLength, b.minLength, Math.min),
    maxLength: either(a.maxLength, b.maxLength, Math.max),
    patterns: either(a.patterns, b.patterns, inBoth),
  });
}

/** The same of a value that may be null besides. */
export function orNullToo(one: Constraints | undefined): Constraints | undefined {
  if (one?.values === undefined || one.values.includes(null)) return one;
  return { ...one, values: [...one.values, null] };
}

type Loose = { readonly [Key in keyof Constraints]: Constraints[Key] | undefined };

/** Without what is undefined, and undefined where nothing is left. */
function constraints(parts: Loose): Constraints | undefined {
  const given = Object.entries(parts).filter(
    ([name, part]) => part !== undefined && !(name !== "values" && Array.isArray(part) && part.length === 0),
  );
  return given.length === 0 ? undefined : (Object.fromEntries(given) as Constraints);
}

function both<T>(a: T | undefined, b: T | undefined, join: (a: T, b: T) => T): T | undefined {
  return a === undefined || b === undefined ? (a ?? b) : join(a, b);
}

function either<T>(a: T | undefined, b: T | undefined, join: (a: T, b: T) => T): T | undefined {
  return a === undefined || b === undefined ? undefined : join(a, b);
}

function joined<T>(a: readonly T[], b: readonly T[]): readonly T[] {
  return [...new Set([...a, ...b])].slice(0, mostOfMany);
}

/** `enum`, `const`, or what is in both. Lists and objects in them are left out: no scalar is one of them. */
function valuesIn(schema: Schema): readonly Scalar[] | undefined {
  const list = schema.enum;
  const isModestList = Array.isArray(list) && list.length > 0 && list.length <= mostValues;
  const listed: readonly Scalar[] | undefined = isModestList
    ? [...new Set(list.filter(isScalar))]
    : undefined;
  const only = "const" in schema ? [schema.const].filter((value) => value !== undefined) : undefined;
  return both(listed, only?.filter(isScalar), inBoth);
}

function inBoth<T>(a: readonly T[], b: readonly T[]): readonly T[] {
  return a.filter((one) => b.includes(one));
}

function boundIn(
  inclusive: Json | undefined,
  exclusive: Json | undefined,
  tighter: (a: Bound, b: Bound) => Bound,
): Bound | undefined {
  const own = isNumber(inclusive) ? { value: inclusive, isOpen: exclusive === true } : undefined;
  const open = isNumber(exclusive) ? { value: exclusive, isOpen: true } : undefined;
  return both<Bound>(own, open, tighter);
}

function tighterMinimum(a: Bound, b: Bound): Bound {
  return a.value === b.value ? (a.isOpen ? a : b) : a.value > b.value ? a : b;
}

function tighterMaximum(a: Bound, b: Bound): Bound {
  return a.value === b.value ? (a.isOpen ? a : b) : a.value < b.value ? a : b;
}

function looserMinimum(a: Bound, b: Bound): Bound {
  return a.value === b.value ? (a.isOpen ? b : a) : a.value < b.value ? a : b;
}

function looserMaximum(a: Bound, b: Bound): Bound {
  return a.value === b.value ? (a.isOpen ? b : a) : a.value > b.value ? a : b;
}

/** A whole number, which JSON Schema lets be written as 2.0. */
function lengthIn(value: Json | undefined): number | undefined {
  return isNumber(value) && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** RE2 writes repeats out, so that what they count adds up to the size of what it compiles. */
function isModest(pattern: string): boolean {
  if (pattern.length > longestPattern) return false;
  let repeats = 0;
  for (const [, least = "", most = ""] of pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g))
    repeats += Math.max(Number(least), Number(most));
  return repeats <= mostRepeats;
}

function isScalar(value: Json): value is Scalar {
  return typeof value !== "object" || value === null;
}

function isNumber(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
