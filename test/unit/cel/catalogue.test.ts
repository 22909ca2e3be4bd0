import { describe, expect, test } from "vitest";
import common from "../../../schemas/common.schema.json" with { type: "json" };
import { catalogue } from "../../../server/src/access/catalogue.ts";
import { compileCondition } from "../../../server/src/cel/compile.ts";
import type { VariableType } from "../../../server/src/cel/condition.ts";
import { plumblineEnvironment } from "../../../server/src/cel/environment.ts";

const environment = plumblineEnvironment();

/** What is no variable of conditions, and what it is called there where that differs from the catalogue. */
const notVariables = new Set(["transport"]);
const roots: Readonly<Record<string, string>> = { "jwt.claims": "jwt" };

function words(type: VariableType): string {
  switch (type.type) {
    case "list":
      return `list(${words(type.of)})`;
    case "map":
      return words(type.of);
    default:
      return type.type;
  }
}

/** A condition that reads the attribute; keys where it needs them. */
function reading(path: string, keys: "none" | "one" | "path", type: string): string {
  const read = keys === "none" ? path : `${path}["x"]`;
  switch (type) {
    case "int":
      return `${read} > 5`;
    case "duration":
      return `${read} > duration("5m")`;
    case "timestamp":
      return `${read} > timestamp("2026-01-15T09:00:00Z")`;
    case "list(string)":
      return `"a" in ${read}`;
    default:
      return `${read} == "a"`;
  }
}

describe("every attribute of the catalogue", () => {
  test.each([...catalogue.values()].filter(({ id }) => !notVariables.has(id)))(
    "$id is a variable of its type, described, and lowered",
    ({ id, keys, celType, description }) => {
      const path = roots[id] ?? id;
      const variable = environment.list().find((one) => one.path === path);
      expect(variable, path).toBeDefined();
      // Open objects have fields of any type.
      const type = variable === undefined ? "" : words(variable.type);
      expect(type === "object" ? "dyn" : type).toBe(celType);
      expect(variable?.description.length).toBeGreaterThan(10);
      const plain = id === "source.ip" ? "10.0.0.1" : "a";
      const [value = plain] = (variable?.type.type === "string" && variable.type.values) || [];
      const source = reading(path, keys, celType).replace('"a"', JSON.stringify(value));
      const compiled = compileCondition(source, environment);
      expect(compiled.problems).toEqual([]);
      expect(compiled.attributes.map(({ attribute }) => attribute.id)).toEqual([id]);
      expect(compiled.partition.opaque).toEqual([]);
      expect(compiled.partition.true.length).toBeGreaterThan(0);
      expect(description).toMatch(/\.$/);
    },
  );
});

test("every variable that can be read alone is described", () => {
  const undescribed = environment.list().filter(({ type, description }) => {
    const isGroup = type.type === "object" && type.fields.size > 0;
    return !isGroup && description === "";
  });
  expect(undescribed.map(({ path }) => path)).toEqual([]);
});

test("credential types are those of the schema", () => {
  const type = environment.list().find(({ path }) => path === "credential.type")?.type;
  expect(type).toEqual({ type: "string", values: common.$defs.credentialType.enum });
});

test("names of headers have no case, in brackets and in `in`", () => {
  const request = {
    traffic: "api",
    http: { headers: { "X-Team": ["blue"] }, path: "/a?q=1&Q=2&q=3" },
  } as const;
  for (const source of [
    'request.headers["x-team"] == ["blue"]',
    'request.headers["X-TEAM"].exists(v, v == "blue")',
    '"X-teaM" in request.headers',
    'request.query["q"] == ["1", "3"]',
  ]) {
    expect(compileCondition(source, environment).evaluate(request), source).toEqual({ value: "true" });
  }
});
