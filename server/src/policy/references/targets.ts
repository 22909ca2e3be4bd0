/** What a target lists must be something that a resource of its type has. */
import type { Problem } from "../../text/problem.ts";
import { child, items, text } from "../../text/tree.ts";
import type { PolicySet, Resource, ResourceType, Target } from "../model.ts";

const parts = ["operations", "rpcs", "tools", "prompts", "events"] as const;
type PartName = (typeof parts)[number];

/** What a target on a resource of this type may list. */
export function fittingParts(type: ResourceType): readonly PartName[] {
  switch (type) {
    case "api":
      return ["operations"];
    case "service":
      return ["operations", "rpcs"];
    case "mcp-server":
      return ["tools", "prompts"];
    case "model":
      return [];
    case "event-channel":
      return ["events"];
  }
}

/** The target lists only what a resource of this type cannot have: it matches nothing, as its finding says. */
export function namesNothingHere(target: Target, resource: Resource): boolean {
  const listed = parts.filter((part) => target[part] !== undefined);
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
