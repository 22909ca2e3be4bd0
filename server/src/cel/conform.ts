/** Values of requests, held to what is declared of them. */
import type { Json } from "../access/interaction.ts";
import type { VariableType } from "./condition.ts";
import { brokenKeyword } from "./constraints.ts";
import { Duration, LeafError } from "./engine.ts";
import type { Reference } from "./reference.ts";
import { constraintsOf } from "./schema-constraints.ts";

/** The CEL value of a JSON value. Throws `LeafError` where it is of another type than its schema says, or breaks it. */
export function conform(value: Json, reference: Reference): unknown {
  const { type } = reference;
  const typed = ofType(value, type);
  if (typed === undefined) throw LeafError.because(wrongType(value, reference));
  const constraints = constraintsOf(type);
  const broken = constraints && brokenKeyword(value, constraints);
  if (broken !== undefined) throw LeafError.because(violation(reference, broken.is, broken.wanted));
  return typed;
}

/** Undefined where it is of another type. What may be null stays as it is: CEL has no one type for it. */
function ofType(value: Json, type: VariableType): unknown {
  switch (type.type) {
    case "string":
      return typeof value === "string" ? value : undefined;
    case "int":
      return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : undefined;
    case "double":
      return typeof value === "number" ? value : undefined;
    case "bool":
      return typeof value === "boolean" ? value : undefined;
    case "timestamp":
      return typeof value === "number" ? new Date(value * 1000) : undefined;
    case "duration":
      return typeof value === "number" ? toDuration(value) : undefined;
    case "null":
      return value === null ? value : undefined;
    case "list":
      return Array.isArray(value) ? value : undefined;
    case "map":
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
    case "dyn": {
      const { unlessNull } = type;
      const fits = unlessNull === undefined || value === null || ofType(value, unlessNull) !== undefined;
      return fits ? value : undefined;
    }
  }
}

function toDuration(seconds: number): Duration {
  const whole = Math.trunc(seconds);
  return new Duration(BigInt(whole), Math.round((seconds - whole) * 1e9));
}

function wrongType(value: Json, reference: Reference): string {
  const { type } = reference;
  const isInt = type.type === "int" || (type.type === "dyn" && type.unlessNull?.type === "int");
  const is = typeof value === "number" && isInt ? `is ${value}` : `is ${jsonTypeName(value)}`;
  return violation(reference, is, schemaTypeName(type));
}

/** `argument "amount" is -5, the tool's schema says at least 0`. */
function violation({ source, path, type }: Reference, is: string, wanted: string): string {
  if (source.kind === "attribute") {
    const inside = source.attribute.keys.join(".");
    if (source.attribute.id === "mcp.tool.arguments")
      return `argument "${inside}" ${is}, the tool's schema says ${wanted}`;
    if (source.attribute.id === "request.body") {
      const what = inside === "" ? "the body" : `field "${inside}" of the body`;
      return `${what} ${is}, its schema says ${wanted}`;
    }
  }
  return constraintsOf(type) === undefined
    ? `${path} ${is}, not ${wanted}`
    : `${path} ${is}, its schema says ${wanted}`;
}

function jsonTypeName(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "a string";
    case "number":
      return "a number";
    case "boolean":
      return "a boolean";
    default:
      return "an object";
  }
}

/** The words of JSON Schema, which authors know from their tools: number, integer, object. */
export function schemaTypeName(type: VariableType): string {
  switch (type.type) {
    case "double":
      return "number";
    case "int":
      return "integer";
    case "bool":
      return "boolean";
    case "dyn":
      return type.unlessNull === undefined ? "any type" : `${schemaTypeName(type.unlessNull)} or null`;
    case "list":
      return type.of.type === "dyn" ? "list" : `list of ${schemaTypeName(type.of)}`;
    case "map":
      return "object";
    case "string":
    case "timestamp":
    case "duration":
    case "null":
    case "object":
      return type.type;
  }
}
