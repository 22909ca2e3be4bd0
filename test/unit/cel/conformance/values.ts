/** Values of the cel-spec test data, and how they compare with what our evaluator returns. */
import type { Value } from "@bufbuild/cel-spec/cel/expr/value_pb.js";
import { anyUnpack, DurationSchema, TimestampSchema, timestampDate } from "@bufbuild/protobuf/wkt";
import { Duration, UnsignedInt } from "@marcbachmann/cel-js/evaluator";

/** A value that is a protobuf message, which conditions do not have. */
export class NoMessages extends Error {}

/** The value as the evaluator has it: int is bigint, double number, a map literal a Map, a timestamp a Date. */
export function toNative(value: Value | undefined): unknown {
  const kind = value?.kind;
  switch (kind?.case) {
    case "nullValue":
      return null;
    case "boolValue":
    case "int64Value":
    case "doubleValue":
    case "stringValue":
    case "bytesValue":
      return kind.value;
    case "uint64Value":
      return new UnsignedInt(kind.value);
    case "listValue":
      return kind.value.values.map(toNative);
    case "mapValue":
      return new Map(kind.value.entries.map((entry) => [toNative(entry.key), toNative(entry.value)]));
    case "typeValue":
      return { type: kind.value };
    case "objectValue": {
      const duration = anyUnpack(kind.value, DurationSchema);
      if (duration !== undefined) return new Duration(duration.seconds, duration.nanos);
      const timestamp = anyUnpack(kind.value, TimestampSchema);
      if (timestamp !== undefined) return timestampDate(timestamp);
      throw new NoMessages(kind.value.typeUrl);
    }
    case "enumValue":
    case undefined:
      throw new NoMessages(`a value of kind ${kind?.case}`);
  }
}

/** One text for each CEL value, of whichever of its representations: equal texts are equal values. */
export function canonical(value: unknown): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "boolean":
      return String(value);
    case "bigint":
      return `int ${value}`;
    case "number":
      return `double ${Object.is(value, -0) ? "-0" : value}`;
    case "string":
      return `string ${JSON.stringify(value)}`;
    case "object":
      return canonicalObject(value);
    default:
      return `${typeof value} ${String(value)}`;
  }
}

function canonicalObject(value: object): string {
  if (value instanceof UnsignedInt) return `uint ${value.value}`;
  if (value instanceof Duration) return `duration ${value.seconds}.${value.nanos}`;
  if (value instanceof Date) return `timestamp ${value.toISOString()}`;
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(", ")}]`;
  if (value instanceof Map || Object.getPrototypeOf(value) === Object.prototype) {
    if ("type" in value && typeof value.type === "string") return `type ${value.type}`;
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    return `{${entries
      .map(([key, one]) => `${canonical(key)}: ${canonical(one)}`)
      .sort()
      .join(", ")}}`;
  }
  // The library's types have no class of their own to ask for.
  return "name" in value && typeof value.name === "string"
    ? `type ${value.name}`
    : `unknown ${String(value)}`;
}
