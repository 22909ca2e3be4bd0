/** What rules let their callers reach, by the names that rules use. */
import type { Rule, Target } from "../policy/model.ts";

/** A part of a resource that some allow rule opens, and whether all of those rules have a condition. */
export interface Reached {
  readonly name: string;
  readonly conditionally: boolean;
}

/**
 * What the allow rules among `rules` open, each once. Left out is what a deny rule among `denies` closes as a whole,
 * without a condition: deny overrides. Rules in audit mode decide nothing.
 */
export function reachedBy(rules: readonly Rule[], denies: readonly Rule[] = []): readonly Reached[] {
  const closed = new Set<string>();
  for (const rule of denies) {
    if (rule.effect !== "deny" || rule.mode !== "enforce" || rule.condition !== undefined) continue;
    for (const target of rule.on) for (const name of partsOf(target)) closed.add(name);
  }
  const reached = new Map<string, { readonly resource: string; readonly conditionally: boolean }>();
  for (const rule of rules) {
    if (rule.effect !== "allow" || rule.mode !== "enforce") continue;
    const conditional = rule.condition !== undefined;
    for (const target of rule.on) {
      const resource = target.resource.text;
      if (closed.has(resource)) continue;
      for (const name of partsOf(target)) {
        if (closed.has(name)) continue;
        const conditionally = (reached.get(name)?.conditionally ?? true) && conditional;
        reached.set(name, { resource, conditionally });
      }
    }
  }
  // A part says nothing where the whole is open.
  const isOpen = (resource: string): boolean => reached.get(resource)?.conditionally === false;
  return [...reached]
    .filter(([name, { resource }]) => name === resource || !isOpen(resource))
    .map(([name, { conditionally }]) => ({ name, conditionally }));
}

/** `payments-tools/refund` for each part that the target names, else `payments-tools`. */
export function partsOf(target: Target): readonly string[] {
  const { resource, events } = target;
  const { operations, rpcs, tools, prompts, mcpResources } = target;
  const lists = [operations, rpcs, tools, prompts, mcpResources];
  const named = lists.flatMap((one) => one ?? []);
  const narrowed = lists.some((one) => one !== undefined);
  if (events !== undefined) {
    const types = events.types?.map((one) => one.text) ?? [];
    const what = events.operation === undefined ? "" : `${events.operation} `;
    return types.length === 0
      ? [`${what}${resource.text}`]
      : types.map((type) => `${what}${resource.text}/${type}`);
  }
  return narrowed ? named.map((one) => `${resource.text}/${one.text}`) : [resource.text];
}
