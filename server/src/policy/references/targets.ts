/** What a target lists must be something that a resource of its type has. */

import { didYouMean } from "../../text/did-you-mean.ts";
import type { Problem } from "../../text/problem.ts";
import { child, items, text } from "../../text/tree.ts";
import type { PolicySet, Resource, ResourceType, Target } from "../model.ts";
import { openStart, shareUris } from "../uri-pattern.ts";
import { replacement } from "./replacement.ts";

const parts = ["operations", "rpcs", "tools", "prompts", "resources", "events"] as const;
type PartName = (typeof parts)[number];

/** What the model calls them. */
const listOf = (target: Target, part: PartName): unknown =>
  part === "resources" ? target.mcpResources : target[part];

/** What a target on a resource of this type may list. */
export function fittingParts(type: ResourceType): readonly PartName[] {
  switch (type) {
    case "api":
      return ["operations"];
    case "service":
      return ["operations", "rpcs"];
    case "mcp-server":
      return ["tools", "prompts", "resources"];
    case "model":
      return [];
    case "event-channel":
      return ["events"];
  }
}

/** The target lists only what a resource of this type cannot have: it matches nothing, as its finding says. */
export function namesNothingHere(target: Target, resource: Resource): boolean {
  const listed = parts.filter((part) => listOf(target, part) !== undefined);
  const fitting = fittingParts(resource.type);
  return listed.length > 0 && !listed.some((part) => fitting.includes(part));
}

export function targetProblems(set: PolicySet): readonly Problem[] {
  return set.policies.flatMap((policy) =>
    policy.rules.flatMap((rule) =>
      items(child(rule.node, "on")).flatMap((target): readonly Problem[] => {
        const resource = set.resources.get(text(child(target, "resource")) ?? "");
        if (resource === undefined || target.kind !== "map") return [];
        const fitting = fittingParts(resource.type);
        return parts.flatMap((part): readonly Problem[] => {
          const entry = target.byKey.get(part);
          if (entry === undefined || fitting.includes(part)) return [];
          const instead =
            fitting.length === 0
              ? "Remove it: such a target is the whole resource."
              : `Use ${fitting.join(" or ")}.`;
          return [
            {
              code: "reference/wrong-target",
              severity: "error",
              message: `${resource.name} has no ${part}, because it is of type ${resource.type}, so this target matches nothing. ${instead}`,
              place: entry.key.place,
              related: [{ place: resource.place, message: `${resource.name} is declared here.` }],
            },
          ];
        });
      }),
    ),
  );
}

/** Prompts that a server does not have, where the inventory says which it has. */
export function promptProblems(set: PolicySet): readonly Problem[] {
  return set.policies.flatMap((policy) =>
    policy.rules.flatMap((rule) =>
      rule.on.flatMap(({ resource: name, prompts = [] }): readonly Problem[] => {
        const declared = set.resources.get(name.text)?.prompts?.map((one) => one.text);
        if (declared === undefined) return [];
        return prompts
          .filter((prompt) => !declared.includes(prompt.text))
          .map((prompt) => {
            const meant = didYouMean(prompt.text, declared);
            return {
              code: "reference/unknown-prompt",
              severity: "error",
              message: `MCP server ${name.text} has no prompt "${prompt.text}". ${meant === undefined ? listed(declared, "prompts") : `Did you mean "${meant}"?`}`,
              place: prompt.place,
              ...(meant === undefined ? {} : { data: { replaceWith: meant } }),
            };
          });
      }),
    ),
  );
}

/**
 * URIs that a server does not have, where the inventory says which it has. All below a URI is there where something
 * declared is below it, or it is below something declared.
 */
export function mcpResourceProblems(set: PolicySet): readonly Problem[] {
  return set.policies.flatMap((policy) =>
    policy.rules.flatMap((rule) =>
      rule.on.flatMap(({ resource: name, mcpResources = [] }): readonly Problem[] => {
        const declared = set.resources.get(name.text)?.mcpResources?.map((one) => one.text);
        if (declared === undefined) return [];
        return mcpResources
          .filter((uri) => !declared.some((one) => shareUris(uri.text, one)))
          .map((uri) => {
            // Who named one resource did not mean all below one.
            const isOpen = openStart(uri.text) !== undefined;
            const alike = declared.filter((one) => (openStart(one) !== undefined) === isOpen);
            const meant = didYouMean(uri.text, alike);
            return {
              code: "reference/unknown-mcp-resource",
              severity: "error",
              message: `MCP server ${name.text} has no resource "${uri.text}". ${meant === undefined ? listed(declared, "resources") : `Did you mean "${meant}"?`}`,
              place: uri.place,
              ...(meant === undefined ? {} : { data: { replaceWith: replacement(uri.place, meant) } }),
            };
          });
      }),
    ),
  );
}

function listed(declared: readonly string[], what: "prompts" | "resources"): string {
  if (declared.length === 0)
    return `It is declared with none: add it to its \`${what}\`, or take it out of the rule.`;
  const shown = declared.slice(0, 8).join(", ");
  return `There is: ${shown}${declared.length > 8 ? ", ..." : ""}.`;
}
