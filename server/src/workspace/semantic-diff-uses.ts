/** The names that a rule depends on where it speaks of a resource, through identities to issuers and variables. */
import { operationSymbolName } from "../policy/definitions.ts";
import type { Environment, Identity, Issuer, PolicySet, Resource, Rule, Target } from "../policy/model.ts";
import { namesOperation } from "../policy/operation-names.ts";
import { variablesIn } from "../policy/variables.ts";
import { child, texts as names } from "../text/tree.ts";
import { definitionKey } from "./semantic-diff-definitions.ts";

/** Keys as `definitionKey` makes them. */
export function definitionsUsed(
  rule: Rule,
  set: PolicySet,
  resourceName: string,
  environment: Environment,
): ReadonlySet<string> {
  const identities = [...(rule.subjects ?? []), ...(rule.onBehalfOf ?? [])].map((name) => name.text);
  const known = identities.flatMap((name) => set.identities.get(name) ?? []);
  const issuers = issuersOf(rule, known, set);
  const resource = set.resources.get(resourceName);
  const targets = rule.on.filter((target) => target.resource.text === resourceName);
  const texts = [
    ...known.flatMap(textsOfIdentity),
    ...issuers.flatMap(({ url, audiences }) => [url, ...audiences]),
    ...(resource === undefined ? [] : textsOfResource(resource)),
  ];
  const variables = texts.flatMap(variablesIn).map((use) => use.name);
  return new Set([
    definitionKey({ kind: "environment", name: environment.name }),
    ...(rule.onBehalfOf === undefined ? [] : [definitionKey({ kind: "limit", name: "delegationDepth" })]),
    ...[...identities, ...setsNamed(rule, set)].map((name) => definitionKey({ kind: "identity", name })),
    ...names(child(rule.node, "conditions")).map((name) =>
      definitionKey({ kind: "condition", name, container: rule.policy }),
    ),
    ...issuers.map(({ name }) => definitionKey({ kind: "issuer", name })),
    ...variables.map((name) => definitionKey({ kind: "variable", name, container: environment.name })),
    definitionKey({ kind: "resource", name: resourceName }),
    ...targets.flatMap((target) => partsUsed(target, resource)),
  ]);
}

/** The sets that the rule names, and those in them; the model has their members in their place. */
function setsNamed({ node }: Rule, set: PolicySet): readonly string[] {
  const found = new Set<string>();
  const open = [...names(child(node, "subjects")), ...names(child(node, "onBehalfOf"))];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const members = set.identities.get(name)?.members;
    if (members === undefined || found.has(name)) continue;
    found.add(name);
    open.push(...members.map((member) => member.text));
  }
  return [...found];
}

/** A deny rule that names an agent stops what it does for others, whoever issued the token. */
function issuersOf(rule: Rule, identities: readonly Identity[], set: PolicySet): readonly Issuer[] {
  const { issuers } = set.controlPlane;
  if (rule.effect === "deny" && rule.subjects !== undefined) return [...issuers.values()];
  const names = identities.flatMap((one) => one.issuer?.text ?? []);
  return [...new Set(names)].flatMap((name) => issuers.get(name) ?? []);
}

function partsUsed(target: Target, resource: Resource | undefined): readonly string[] {
  const container = target.resource.text;
  const { operations = [], tools = [], event } = resource ?? {};
  const named = [...(target.operations ?? []), ...(target.rpcs ?? [])].map((name) => name.text);
  const isWhole = target.operations === undefined && target.rpcs === undefined;
  return [
    // What one rule names may go by another name on the other side, so both spellings count.
    ...named.map((name) => definitionKey({ kind: "operation", name, container })),
    ...operations
      .filter((one) => isWhole || named.some((name) => namesOperation(name, one)))
      .map((one) => definitionKey({ kind: "operation", name: operationSymbolName(one), container })),
    ...(target.tools?.map((tool) => tool.text) ?? tools.map((tool) => tool.name)).map((name) =>
      definitionKey({ kind: "tool", name, container }),
    ),
    ...(target.events?.types?.map((type) => type.text) ?? event?.types ?? []).map((name) =>
      definitionKey({ kind: "event-type", name, container }),
    ),
  ];
}

function textsOfIdentity({
  spiffeId,
  spiffeIdPattern,
  clientId,
  claims,
  deployedAs,
}: Identity): readonly string[] {
  return [
    ...[spiffeId, spiffeIdPattern, clientId].flatMap((written) => written?.text ?? []),
    ...[...claims.values()].flat(),
    ...[...deployedAs.values()].flatMap(({ consumer, groups = [] }) => [consumer ?? "", ...groups]),
  ];
}

function textsOfResource({ hosts, operations, mcpPath, model, event }: Resource): readonly string[] {
  return [
    ...hosts.map((host) => host.text),
    ...operations.map((one) => one.path),
    ...[mcpPath, model?.model, model?.provider, event?.topic].flatMap((text) => text ?? []),
    ...(event?.types ?? []),
  ];
}
