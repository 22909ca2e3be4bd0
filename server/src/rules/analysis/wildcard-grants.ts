/** Allows on a whole resource that has more than reading to give. */
import type { Resource, Rule, Target } from "../../policy/model.ts";
import { type Allowed, isLetThrough } from "./allowed.ts";
import { tellsCallable } from "./attribute-meanings.ts";
import { type Callable, type Denials, isDestructive, mayWrite, reachable, takesWhole } from "./callables.ts";
import { readsAttribute } from "./conditions.ts";
import { isSensitive } from "./grants.ts";

export interface WildcardGrant {
  /** What it allows now. */
  readonly callables: readonly Callable[];
  /** Those that make it a risk: the destructive tools, or else what may write. */
  readonly risky: readonly Callable[];
  readonly why: "destructive" | "sensitive";
}

/** Undefined where it is none, or where nobody knows what the resource has. */
export function wildcardGrant(
  rule: Rule,
  target: Target,
  resource: Resource,
  denials: Denials,
  allowed: Allowed,
): WildcardGrant | undefined {
  if (!takesWhole(target) || readsAttribute(rule, tellsCallable)) return undefined;
  const callables = reachable(rule, target, resource, denials);
  const isLet = (callable: Callable): boolean => isLetThrough(allowed, rule, { target, callable });
  const destructive = callables.filter((one) => one.kind === "tool" && isDestructive(one)).filter(isLet);
  // With a single tool the name of the server says as much as that of the tool.
  if (destructive.length > 0 && callables.length > 1)
    return { callables, risky: destructive, why: "destructive" };
  if (!isSensitive(resource)) return undefined;
  const writing = callables.filter(mayWrite).filter(isLet);
  return writing.length > 1 ? { callables, risky: writing, why: "sensitive" } : undefined;
}
