import { describe, expect, test } from "vitest";
import { schemaDoc, schemaProperties } from "../../../server/src/policy/schema-docs.ts";
import {
  kinds,
  resolveSchemaReference,
  type SchemaNode,
  schemaOf,
} from "../../../server/src/policy/schema-kinds.ts";
import { policyFile } from "./support.ts";

/** Every property of a schema, with what describes it: itself, or what it refers to. */
function* properties(
  schema: SchemaNode,
  root: SchemaNode,
  path: string,
): Generator<[string, string | undefined]> {
  for (const [name, value] of Object.entries(schema.properties ?? {})) {
    const target = value.$ref === undefined ? undefined : resolveSchemaReference(value.$ref, root);
    // The conditions of `if` only compare.
    if (!path.endsWith("/if")) yield [`${path}/${name}`, value.description ?? target?.description];
  }
  for (const [key, value] of Object.entries(schema)) {
    if (key === "then" && schema.if !== undefined && path.includes("allOf")) continue;
    if (typeof value === "object" && value !== null)
      yield* properties(value as SchemaNode, root, `${path}/${key}`);
  }
}

test.each(kinds)("every property of %s is described", (kind) => {
  const schema = schemaOf(kind);
  const silent = [...properties(schema, schema, kind)].filter(([, text]) => (text ?? "").length < 8);
  expect(silent.map(([path]) => path)).toEqual([]);
});

const text = `apiVersion: plumbline/v1
kind: Inventory
metadata: { name: shop }
spec:
  identities:
    bot: { type: agent, spiffeId: "spiffe://a/b", credential: { type: x509-svid, maxTtl: 15m } }
    who: { type: nobody }
  resources:
    tools: { type: mcp-server, tools: a.json }
`;
const tree = policyFile(text).documents[0]?.root;

describe("the doc at a path", () => {
  test("a property of a branch that the type decides", () => {
    expect(schemaDoc("Inventory", ["spec", "identities", "bot", "killSwitch"], tree)?.description).toMatch(
      /switched off/,
    );
    expect(schemaDoc("Inventory", ["spec", "resources", "tools", "tools"], tree)?.description).toMatch(
      /tools\/list/,
    );
    expect(schemaDoc("Inventory", ["spec", "resources", "tools", "openapi"], tree)).toBeUndefined();
  });

  test("what is expected and allowed", () => {
    const ttl = schemaDoc("Inventory", ["spec", "identities", "bot", "credential", "maxTtl"], tree);
    expect(ttl?.expected).toMatch(/duration/);
    expect(schemaDoc("Policy", ["spec", "rules", 0, "effect"], undefined)).toMatchObject({
      values: ["allow", "deny"],
      required: true,
    });
  });

  test("the properties that fit the type, for completion", () => {
    const names = schemaProperties("Inventory", ["spec", "resources", "tools"], tree).map(({ name }) => name);
    expect(names).toContain("target");
    expect(names).not.toContain("openapi");
    expect(
      schemaProperties("Inventory", ["spec", "identities", "who"], tree).map(({ name }) => name),
    ).toEqual(["type"]);
  });

  test("names of Object's prototype are no properties", () => {
    expect(schemaDoc("Policy", ["spec", "constructor"], undefined)).toBeUndefined();
  });
});
