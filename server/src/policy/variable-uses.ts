/** The `${name}`s in strings of issuers and of the inventory, at their exact characters. Conditions and metadata take no variables. */
import type { MapNode, TreeNode } from "../text/tree.ts";
import type { PolicySet } from "./model.ts";
import { placeInScalar } from "./schema-path.ts";
import type { Use } from "./uses.ts";
import { variablesIn } from "./variables.ts";

/** Texts for people; a `${name}` there is no variable. */
const prose = new Set(["description", "killSwitch", "revocation", "owner"]);

export function variableUses(set: PolicySet): readonly Use[] {
  const found: Use[] = [];
  for (const { name, node } of set.controlPlane.issuers.values())
    if (node !== undefined) collect(node, `issuer ${name}`, found);
  for (const { name, node } of set.identities.values()) collect(node, `identity ${name}`, found);
  for (const { name, node } of set.resources.values()) collect(node, `resource ${name}`, found);
  return found;
}

function collect(node: MapNode, by: string, found: Use[]): void {
  const visit = (value: TreeNode): void => {
    switch (value.kind) {
      case "scalar":
        if (typeof value.value !== "string" || !value.text.includes("${")) return;
        for (const { name, start, end } of variablesIn(value.text)) {
          found.push({ kind: "variable", text: name, place: placeInScalar(value, start, end), by });
        }
        return;
      case "list":
        value.items.forEach(visit);
        return;
      case "map":
        for (const entry of value.entries) if (!prose.has(entry.key.text)) visit(entry.value);
        return;
    }
  };
  visit(node);
}
