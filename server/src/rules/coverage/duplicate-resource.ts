import type { Resource } from "../../policy/model.ts";
import { child, text } from "../../text/tree.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const duplicateResource = lintRule({
  id: "duplicate-resource",
  category: "coverage",
  traffic: ["ai", "event"],
  controls: ["NIST-CSF-2.0:ID.AM-02", "NIST-CSF-2.0:PR.AA-05"],
  fixable: false,
  check,
});

/**
 * Of APIs and services it is not known which host leads to which, and of MCP servers each gateway says what it calls
 * them. A model is its provider and name, and a channel its broker, topic and types, wherever requests pass.
 */
function check({ set }: LintContext): readonly RuleFinding[] {
  const firsts = new Map<string, Resource[]>();
  return [...set.resources.values()].flatMap((resource): readonly RuleFinding[] => {
    const key = keyOf(resource);
    if (key === undefined) return [];
    const before = firsts.get(key);
    if (before === undefined) firsts.set(key, [resource]);
    const first = before?.find((one) => haveSameTypes(one, resource));
    if (before !== undefined && first === undefined) before.push(resource);
    return first === undefined ? [] : [finding(resource, first)];
  });
}

/** What requests to a resource say of it, and where they pass; undefined where the resource does not say it. */
function keyOf({ type, model, event, node, paths }: Resource): string | undefined {
  // On other paths other enforcement points decide: there each of them may stand for its own requests.
  const ways = paths.map((path) => path.map((one) => one.text).join(" ")).sort();
  if (model !== undefined) return JSON.stringify([type, model.provider, model.model, ways]);
  if (event === undefined) return undefined;
  return JSON.stringify([type, text(child(node, "broker")) ?? "", event.topic, ways]);
}

/** A channel without types carries every type. */
function haveSameTypes({ event: one }: Resource, { event: other }: Resource): boolean {
  if (one === undefined || other === undefined || one.types.length === 0 || other.types.length === 0)
    return true;
  return one.types.some((type) => other.types.includes(type));
}

function finding(resource: Resource, first: Resource): RuleFinding {
  return {
    place: resource.place,
    message: `${resource.name} and ${first.name} are the same ${said(resource, first)}: a deny on one does not stop what an allow on the other lets through, and a request that only says what it asks for is taken for one of them. Keep one, and name it in the rules of both.`,
    related: [{ place: first.place, message: `${first.name} is declared here.` }],
    data: { resource: resource.name, other: first.name },
  };
}

function said({ model, event }: Resource, first: Resource): string {
  if (model !== undefined) return `model, ${model.model} of ${model.provider}`;
  const shared = event?.types.filter((type) => first.event?.types.includes(type)) ?? [];
  const types = shared.length === 0 ? "" : ` with ${inWords(shared)}`;
  return `event channel, topic ${event?.topic}${types}`;
}
