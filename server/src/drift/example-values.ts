/** Values that look like what a parameter takes, from its schema where that says it, else from its name. */
import { budget } from "../access/budget.ts";
import { attribute } from "../access/catalogue.ts";
import type { Json } from "../access/interaction.ts";
import { holds } from "../access/predicate.ts";
import { isExpressibleRegex, matches } from "../access/text-language.ts";
import { search } from "../access/text-pattern.ts";
import { satisfy } from "../access/theory.ts";
import { isMap } from "../access/write-attribute.ts";
import type { Operation } from "../policy/model.ts";

const paths = new WeakMap<object, string>();

/** A path of the operation that looks like one: `/payments/{id}` becomes `/payments/pay_123`. */
export function examplePath(operation: Pick<Operation, "path" | "parameters">): string {
  const known = paths.get(operation) ?? filledPath(operation);
  paths.set(operation, known);
  return known;
}

function filledPath({ path, parameters }: Pick<Operation, "path" | "parameters">): string {
  return path.replace(/\{([^{}/]*)\}/g, (_, name: string) => {
    const schema = parameters.find((one) => one.in === "path" && one.name === name)?.schema;
    const text = exampleText(schema, name);
    // What a path cannot have as one segment does not help to read it.
    return /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/.test(text) ? text : byName(name);
  });
}

/** What the schema says itself comes first, then its format, its pattern, its type; the name says the rest. */
export function exampleText(schema: Json | undefined, name: string): string {
  const said = statedExamples(schema)[0];
  if (said !== undefined) return said;
  if (!isMap(schema)) return byName(name);
  const format = typeof schema.format === "string" ? formats.get(schema.format) : undefined;
  if (format !== undefined) return format;
  const matching = typeof schema.pattern === "string" ? matchingText(schema.pattern, name) : undefined;
  if (matching !== undefined) return matching;
  if (schema.type === "boolean") return "true";
  if (schema.type === "integer" || schema.type === "number")
    return String(typeof schema.minimum === "number" ? schema.minimum : 1);
  return byName(name);
}

/** `example`, `examples`, `default`, `const` and `enum` (OpenAPI 3.0 and 3.1, JSON Schema 2020-12, 9.2 and 9.5), as text. */
export function statedExamples(schema: Json | undefined): readonly string[] {
  if (!isMap(schema)) return [];
  const listed = [schema.examples, schema.enum].flatMap((one) => (Array.isArray(one) ? (one as Json[]) : []));
  return [schema.example, ...listed, schema.default, schema.const].flatMap((one) =>
    typeof one === "string" || typeof one === "number" || typeof one === "boolean" ? [String(one)] : [],
  );
}

const uuid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
/** Of the formats that JSON Schema 2020-12, validation, 7.3, names, those that fit in a segment or a value. */
const formats: ReadonlyMap<string, string> = new Map([
  ["date", "2026-01-15"],
  ["date-time", "2026-01-15T09:00:00Z"],
  ["time", "09:00:00Z"],
  ["uuid", uuid],
  ["email", "alice@example.com"],
  ["hostname", "www.example.com"],
  ["ipv4", "192.0.2.7"],
  ["ipv6", "2001:db8::7"],
  ["uri", "https://www.example.com/"],
]);

const names: readonly (readonly [RegExp, string])[] = [
  [/uuid$/i, uuid],
  [/(?:^|[_-])(?:id|ID|Id)$|[a-z]I[dD]$|[nN]umber$|^no$/, "123"],
  [/date$|^day$/i, "2026-01-15"],
  [/year$/i, "2026"],
  [/month$/i, "01"],
  [/version$/i, "v1"],
  [/page$|index$|limit$/i, "1"],
  [/lang(?:uage)?$|locale$/i, "en"],
  [/currency$/i, "EUR"],
  [/user(?:name)?$|owner$/i, "alice"],
];

function byName(name: string): string {
  const known = names.find(([pattern]) => pattern.test(name));
  return known?.[1] ?? `${name.replace(/[^A-Za-z0-9_-]/g, "") || "x"}-1`;
}

/** A text that the expression takes: what it begins with and a word, where that fits; else the shortest there is. */
function matchingText(regex: string, name: string): string | undefined {
  // Documents of a workspace are not trusted; nobody reads an example of a longer expression either.
  if (regex.length > 100 || isExpressibleRegex(regex) !== true) return undefined;
  const pattern = search(regex);
  const [, start = ""] = /^\^?((?:[A-Za-z0-9_-](?![*+?{|]))*)/.exec(regex) ?? [];
  const likely = ["123", "1", "abc", "ABC", "a1", uuid, byName(name)].flatMap((one) => [start + one, one]);
  const fitting = likely.find((one) => matches(pattern, one));
  if (fitting !== undefined) return fitting;
  const found = satisfy([holds(anyText, { test: "text", pattern })], { budget: budget(20_000) });
  return typeof found === "object" && found.kind === "text" ? found.value : undefined;
}

const anyText = attribute("jwt.sub");
