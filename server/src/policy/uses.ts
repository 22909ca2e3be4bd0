/** Every place of a control plane's documents that says a name which is defined somewhere else. */
import { child, items, type TreeNode, text } from "../text/tree.ts";
import { enforcementPointTypes } from "./build/control-plane.ts";
import { written, writtenList } from "./build/read.ts";
import type { Identity, PolicySet, Resource, Rule, Scenario, Target, Written } from "./model.ts";
import type { SymbolKind } from "./symbol-key.ts";

export interface Use extends Written {
  readonly kind: SymbolKind;
  /** The resource that an operation, tool or event type is looked for in. */
  readonly container?: string;
  /** Names beside the symbols that may stand here: types of enforcement points in `deployedAs`. */
  readonly also?: readonly string[];
  /** What names it, for messages: `rule payments/read`, `identity checkout`. */
  readonly by: string;
}

export function uses(set: PolicySet): readonly Use[] {
  return [
    ...controlPlaneUses(set),
    ...[...set.identities.values()].flatMap(identityUses),
    ...[...set.resources.values()].flatMap(resourceUses),
    ...set.policies.flatMap((policy) => policy.rules.flatMap(ruleUses)),
    ...set.scenarios.flatMap(scenarioUses),
  ];
}

function all(
  kind: SymbolKind,
  by: string,
  names: readonly Written[] | undefined,
  container?: string,
): readonly Use[] {
  return (names ?? []).map(({ text: name, place }) => ({
    kind,
    text: name,
    place,
    by,
    ...(container === undefined ? {} : { container }),
  }));
}

function one(kind: SymbolKind, by: string, name: Written | undefined, container?: string): readonly Use[] {
  return name === undefined ? [] : all(kind, by, [name], container);
}

function controlPlaneUses({ controlPlane }: PolicySet): readonly Use[] {
  return [
    ...one("environment", "the control plane", controlPlane.defaultEnvironment),
    ...[...controlPlane.environments.values()].flatMap((environment) =>
      [...environment.enforcementPoints.values()].flatMap(({ name, identity }) =>
        one("identity", `enforcement point ${name}`, identity),
      ),
    ),
  ];
}

function identityUses(identity: Identity): readonly Use[] {
  const by = `identity ${identity.name}`;
  const credential = child(identity.node, "credential");
  const gateways = child(identity.node, "deployedAs");
  return [
    // Names as written: the model has the members of sets in their place.
    ...all("identity", by, writtenList(child(identity.node, "actsFor"))),
    ...all("identity", by, identity.members),
    ...one("identity", by, written(child(identity.node, "replacedBy"))),
    ...one("issuer", by, identity.issuer),
    ...one("issuer", by, written(child(credential, "issuer"))),
    ...one("secret-manager", by, written(child(credential, "secretManager"))),
    ...(gateways?.kind === "map" ? gateways.entries : [])
      .map(({ key }) => ({ text: key.text, place: key.place }))
      .filter(({ text: name }) => !enforcementPointTypes.some((type) => type === name))
      .flatMap((name) => one("enforcement-point", by, name))
      .map((use) => ({ ...use, also: enforcementPointTypes })),
  ];
}

function resourceUses(resource: Resource): readonly Use[] {
  const by = `resource ${resource.name}`;
  const bindings = [...resource.at].map(([name, { place }]) => ({ text: name, place }));
  return [...all("enforcement-point", by, resource.paths.flat()), ...all("enforcement-point", by, bindings)];
}

function ruleUses(rule: Rule): readonly Use[] {
  const by = `rule ${rule.id}`;
  const approval = child(child(rule.node, "obligations"), "approval");
  return [
    ...all("identity", by, writtenList(child(rule.node, "subjects"))),
    ...all("condition", by, writtenList(child(rule.node, "conditions")), rule.policy),
    ...all("identity", by, writtenList(child(rule.node, "onBehalfOf"))),
    ...rule.on.flatMap((target) => targetUses(target, by)),
    ...all("identity", by, writtenList(child(approval, "from"))),
  ];
}

function targetUses(target: Target, by: string): readonly Use[] {
  const container = target.resource.text;
  return [
    ...one("resource", by, target.resource),
    ...all("operation", by, target.operations, container),
    ...all("operation", by, target.rpcs, container),
    ...all("tool", by, target.tools, container),
    ...all("event-type", by, target.events?.types, container),
  ];
}

function scenarioUses(scenario: Scenario): readonly Use[] {
  const by = `scenario "${scenario.name.text}"`;
  const mcp = child(scenario.request, "mcp");
  const beside = written(child(scenario.request, "server")) ?? written(child(scenario.request, "resource"));
  const server = written(child(mcp, "server")) ?? beside;
  return [
    ...one("identity", by, scenario.as),
    ...one("environment", by, scenario.environment),
    ...issuerUses(scenario, by),
    ...one("resource", by, written(child(scenario.request, "resource"))),
    ...one("resource", by, written(child(scenario.request, "server"))),
    ...one("resource", by, written(child(mcp, "server"))),
    ...one("rule", by, scenario.expect.rule),
    ...(server === undefined ? [] : all("tool", by, scenario.expect.listed, server.text)),
    ...(server === undefined ? [] : one("tool", by, calledTool(mcp), server.text)),
  ];
}

/** Issuers are named, or given by the URL of a token that may well be a stranger's. */
function issuerUses(scenario: Scenario, by: string): readonly Use[] {
  return items(child(scenario.node, "onBehalfOf"))
    .flatMap((delegator) => written(child(delegator, "issuer")) ?? [])
    .filter((issuer) => !issuer.text.includes("://"))
    .flatMap((issuer) => one("issuer", by, issuer));
}

function calledTool(mcp: TreeNode | undefined): Written | undefined {
  return text(child(mcp, "method")) === "tools/call"
    ? written(child(child(mcp, "params"), "name"))
    : undefined;
}
