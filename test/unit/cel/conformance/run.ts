/** Runs one test of the cel-spec data on our evaluator, by the same steps as a condition takes. */
import type { Type } from "@bufbuild/cel-spec/cel/expr/checked_pb.js";
import { Type_PrimitiveType } from "@bufbuild/cel-spec/cel/expr/checked_pb.js";
import type { SimpleTest } from "@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js";
import type { Interaction, Json } from "../../../../server/src/access/interaction.ts";
import type { Binding } from "../../../../server/src/cel/binding.ts";
import { tooComplex } from "../../../../server/src/cel/bounds.ts";
import { compileCondition } from "../../../../server/src/cel/compile.ts";
import type { ObjectType, VariableType } from "../../../../server/src/cel/condition.ts";
import { check, parse } from "../../../../server/src/cel/engine.ts";
import { CelEnvironment } from "../../../../server/src/cel/environment.ts";
import { evaluateNode } from "../../../../server/src/cel/evaluate.ts";
import { resolve } from "../../../../server/src/cel/resolve.ts";
import { InteractionView } from "../../../../server/src/cel/view.ts";
import { canonical, NoMessages, toNative } from "./values.ts";

/** `undefined` where our evaluator does what the test expects, else what it did instead. */
export function failure(test: SimpleTest): string | undefined {
  try {
    return difference(test);
  } catch (error) {
    if (error instanceof NoMessages) return `the test has a protobuf message: ${error.message}`;
    throw error;
  }
}

function difference(test: SimpleTest): string | undefined {
  const { resultMatcher } = test;
  const { environment, interaction } = world(test);
  const got = evaluate(test, environment, interaction);
  switch (resultMatcher.case) {
    case "value":
      return compare(got, canonical(toNative(resultMatcher.value)));
    case "typedResult": {
      const { result, deducedType } = resultMatcher.value;
      const different = result === undefined ? undefined : compare(got, canonical(toNative(result)));
      if (different !== undefined) return different;
      const type = "type" in got ? got.type : undefined;
      return deducedType === undefined || type === typeText(deducedType)
        ? undefined
        : `the type is ${type ?? JSON.stringify(got)}, not ${typeText(deducedType)}`;
    }
    case "evalError":
    case "anyEvalErrors":
      return "error" in got ? undefined : `the value is ${got.value}, not an error`;
    case undefined:
      // The format's default: the value is `true`.
      return compare(got, "true");
    case "unknown":
    case "anyUnknowns":
      return "unknown values are not evaluated";
  }
}

type Outcome = { readonly value: string; readonly type: string } | { readonly error: string };

function compare(got: Outcome, wanted: string): string | undefined {
  if ("error" in got) return `an error (${got.error}), not ${wanted}`;
  return got.value === wanted ? undefined : `${got.value}, not ${wanted}`;
}

function evaluate(test: SimpleTest, environment: CelEnvironment, interaction: Interaction): Outcome {
  const complex = tooComplex(test.expr);
  if (complex !== undefined) return { error: complex.message };
  const parsed = parse(test.expr);
  if ("error" in parsed) return { error: parsed.error.summary };
  const [problem] = resolve(parsed.ast, environment).problems;
  if (problem !== undefined) return { error: problem.message };
  const checked = check(parsed.ast);
  if (!("type" in checked)) return { error: checked.summary };
  const result = evaluateNode(parsed.ast, new InteractionView(interaction));
  if ("reason" in result) return { error: result.reason };
  if (typeof result.value === "boolean") {
    // A whole condition must come to the same, in one piece.
    const condition = compileCondition(test.expr, environment).evaluate(interaction);
    if (condition.value !== String(result.value)) throw new Error(`the condition gives ${condition.value}`);
  }
  return { value: canonical(result.value), type: checked.type };
}

/** The variables of a test: maps are read as JSON is, other values are put in as they are. */
function world(test: SimpleTest): {
  readonly environment: CelEnvironment;
  readonly interaction: Interaction;
} {
  const bindings = new Map<string, Binding>();
  let variables: ObjectType = { type: "object", fields: new Map(), open: false };
  let body: Json | undefined;
  for (const [name, { kind }] of Object.entries(test.bindings)) {
    const value = toNative(kind.case === "value" ? kind.value : undefined);
    if (value instanceof Map) {
      body = Object.fromEntries(value) as Json;
      bindings.set(name, { kind: "attribute", id: "request.body", keys: "path" });
    } else {
      bindings.set(name, { kind: "fact", read: () => asRead(value), reason: "a value of the test" });
    }
    const declared = test.typeEnv.find((one) => one.name === name)?.declKind;
    const type = declared?.case === "ident" ? variableType(declared.value.type) : undefined;
    variables = declare(variables, name.split("."), type ?? { type: "dyn" });
  }
  return {
    environment: new CelEnvironment("plumbline", variables, bindings),
    interaction: { traffic: "api", http: { ...(body !== undefined && { body }) } },
  };
}

/** Integers of JSON are numbers, which variables that are declared an int are read from. */
function asRead(value: unknown): Json {
  return (typeof value === "bigint" ? Number(value) : value) as Json;
}

/** The types that variables of conditions can have; others are read as they are. */
function variableType(type: Type | undefined): VariableType | undefined {
  const kind = type?.typeKind;
  if (kind?.case === "listType") return { type: "list", of: { type: "dyn" } };
  if (kind?.case !== "primitive") return undefined;
  switch (kind.value) {
    case Type_PrimitiveType.STRING:
      return { type: "string" };
    case Type_PrimitiveType.INT64:
      return { type: "int" };
    case Type_PrimitiveType.BOOL:
      return { type: "bool" };
    case Type_PrimitiveType.DOUBLE:
      return { type: "double" };
    default:
      return undefined;
  }
}

function declare(at: ObjectType, [name = "", ...rest]: readonly string[], type: VariableType): ObjectType {
  const known = at.fields.get(name)?.type;
  const below: ObjectType =
    known?.type === "object" ? known : { type: "object", fields: new Map(), open: false };
  const inner = rest.length === 0 ? type : declare(below, rest, type);
  return { ...at, fields: new Map(at.fields).set(name, { type: inner, required: true }) };
}

/** A type of the test data as our library writes it. */
function typeText(type: Type | undefined): string {
  const kind = type?.typeKind;
  switch (kind?.case) {
    case "primitive":
      return Type_PrimitiveType[kind.value].toLowerCase().replace("int64", "int");
    case "listType":
      return `list<${typeText(kind.value.elemType)}>`;
    case "mapType":
      return `map<${typeText(kind.value.keyType)}, ${typeText(kind.value.valueType)}>`;
    case "null":
      return "null";
    case "type":
      return "type";
    case "wellKnown":
      return `google.protobuf.${{ 0: "?", 1: "Any", 2: "Timestamp", 3: "Duration" }[kind.value]}`;
    case "messageType":
      return kind.value;
    default:
      return "dyn";
  }
}
