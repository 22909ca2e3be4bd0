import type { Resource, Rule, Target } from "../../policy/model.ts";
import type { Fix, FixEdit } from "../../text/fix.ts";
import { child, items } from "../../text/tree.ts";
import { type Denials, denialsOf } from "../analysis/callables.ts";
import { dataClassOf, enforcedAllows, targetsOf } from "../analysis/grants.ts";
import { type WildcardGrant, wildcardGrant as wildcardGrantOf } from "../analysis/wildcard-grants.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { shortList } from "../words.ts";

export const wildcardGrant = lintRule({
  id: "wildcard-grant",
  category: "privilege",
  traffic: ["api", "service", "ai"],
  controls: ["OWASP-NHI-2025:NHI5", "OWASP-LLM-2025:LLM06", "OWASP-ASI-2025:ASI02", "NIST-CSF-2.0:PR.AA-05"],
  fixable: true,
  letsThrough: "active",
  check,
});

function check({ set, allowed }: LintContext): readonly RuleFinding[] {
  const denials: Denials = denialsOf(set);
  return enforcedAllows(set).flatMap((rule) =>
    targetsOf(rule, set).flatMap(({ target, resource }) => {
      const grant = wildcardGrantOf(rule, target, resource, denials, allowed);
      return grant === undefined ? [] : [finding(rule, target, resource, grant)];
    }),
  );
}

const mostNamed = 3;

function finding(
  rule: Rule,
  target: Target,
  resource: Resource,
  { callables, risky, why }: WildcardGrant,
): RuleFinding {
  const kind = resource.type === "mcp-server" ? "tool" : "operation";
  const names = risky.map((one) => one.name);
  const named = shortList(names, mostNamed);
  const fact =
    why === "destructive"
      ? `among its ${callables.length} tools ${named} ${names.length > 1 ? "are" : "is"} destructive, as the server says itself`
      : `it is ${dataClassOf(resource)}, and ${named} may change what it holds`;
  return {
    place: target.resource.place,
    message: `${rule.id} allows all of ${resource.name}: ${fact}. Each ${kind} that is added later is allowed as well, before anybody has looked at it. List the ${kind}s that are needed.`,
    related: risky.slice(0, mostNamed + 1).map((one) => {
      const { place } = one.kind === "tool" ? one.tool : one.operation;
      return { place, message: `${one.name} is allowed.` };
    }),
    data: { rule: rule.id, resource: resource.name },
    fixes: fixesOf(rule, target, resource, callables),
  };
}

/** A longer list is for people to choose from, not to be written for them. */
const mostListed = 50;

/** Not safe: what is there now is a beginning, from which people take out what nobody needs. */
function fixesOf(
  rule: Rule,
  target: Target,
  resource: Resource,
  callables: WildcardGrant["callables"],
): readonly Fix[] {
  const node = items(child(rule.node, "on")).find((item) => item.place === target.place);
  if (node?.kind !== "map" || callables.length > mostListed) return [];
  const list = (key: string, names: readonly string[]): readonly FixEdit[] =>
    names.length === 0 ? [] : [{ edit: "set-property", map: node, key, value: names }];
  const named = (isMeant: (one: WildcardGrant["callables"][number]) => boolean): readonly string[] =>
    callables.filter(isMeant).map((one) => one.name);
  const isRpc = (one: WildcardGrant["callables"][number]): boolean =>
    one.kind === "operation" && one.operation.rpc !== undefined;
  const edits = [
    ...list(
      "tools",
      named((one) => one.kind === "tool"),
    ),
    ...list(
      "operations",
      named((one) => one.kind === "operation" && !isRpc(one)),
    ),
    ...list("rpcs", named(isRpc)),
    // With a list of tools the target would give no prompts and resources any more.
    ...list(
      "prompts",
      (resource.prompts ?? []).map((one) => one.text),
    ),
    ...list(
      "resources",
      (resource.mcpResources ?? []).map((one) => one.text),
    ),
  ];
  const what = resource.type === "mcp-server" ? "tools" : "operations";
  return [{ title: `List the ${what} that ${resource.name} has now`, isSafe: false, edits }];
}
