import type { Attribute } from "./attribute.ts";
import { catalogue } from "./catalogue.ts";
import { fails, holds, type Literal, type Term, type Test } from "./predicate.ts";

/**
 * Regions in which no interaction lies because of what an interaction is: a box has independent attributes, but
 * `claims.a.b` needs `claims.a` to be a map, and an MCP tool needs an MCP method. Only about the attributes given,
 * so that a comparison stays as small as its terms. What one attribute can be alone is `domain.ts`.
 */
export function impossibleByShape(attributes: readonly Attribute[]): readonly Term[] {
  const mentioned = new Map(attributes.map((one) => [one.key, one]));
  return attributes.flatMap((one) => [
    ...ancestors(one, attributes).map((parent) =>
      region(holds(one, present), fails(parent, { test: "type", type: "map" })),
    ),
    ...needs(one).flatMap((key) => {
      const needed = mentioned.get(key);
      return needed === undefined ? [] : [region(holds(one, present), fails(needed, present))];
    }),
  ]);
}

const present: Test = { test: "present" };

/** The mentioned attributes whose field `one` is inside. */
function ancestors(one: Attribute, attributes: readonly Attribute[]): readonly Attribute[] {
  if (catalogue.get(one.id)?.keys !== "path") return [];
  return attributes.filter(
    (other) =>
      other.id === one.id &&
      other.keys.length < one.keys.length &&
      other.keys.every((key, index) => key === one.keys[index]),
  );
}

/** What must be present for the attribute to be; all of these have no keys, so that key and id are the same. */
function needs({ id }: Attribute): readonly string[] {
  const needed: string[] = [];
  if (id === "request.query") needed.push("request.path");
  if (id.startsWith("mcp.") && id !== "mcp.methodName") needed.push("mcp.methodName");
  if (id === "mcp.tool.arguments") needed.push("mcp.tool.name");
  if (id === "credential.boundTo.id") needed.push("credential.boundTo.kind");
  return needed;
}

function region(...literals: readonly Literal[]): Term {
  return { literals, origins: [] };
}
