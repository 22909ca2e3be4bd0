/** Scenarios documents. */
import type { Interaction } from "../../access/interaction.ts";
import { child, items, type MapNode, type TreeNode, text } from "../../text/tree.ts";
import type { Scenario, Written } from "../model.ts";
import { jsonRecord, oneOf, present, strings, written, writtenList } from "./read.ts";

export interface BuiltScenarios {
  readonly scenarios: readonly Scenario[];
  /** Names of scenarios that are there but could not be read. */
  readonly unreadable: readonly string[];
}

export function buildScenarios(uri: string, root: MapNode, suite: Written): BuiltScenarios {
  const spec = child(root, "spec");
  const defaults = { environment: written(child(spec, "environment")), now: text(child(spec, "now")) };
  const scenarios: Scenario[] = [];
  const unreadable: string[] = [];
  for (const node of items(child(spec, "scenarios"))) {
    const built = node.kind === "map" ? buildScenario(uri, node, suite.text, defaults) : undefined;
    if (built !== undefined) scenarios.push(built);
    else {
      const name = text(child(node, "name"));
      if (name !== undefined) unreadable.push(`${suite.text}/${name}`);
    }
  }
  return { scenarios, unreadable };
}

function buildScenario(
  uri: string,
  node: MapNode,
  suite: string,
  defaults: { readonly environment: Written | undefined; readonly now: string | undefined },
): Scenario | undefined {
  const name = written(child(node, "name"));
  const request = child(node, "request");
  const expect = node.byKey.get("expect");
  const decision = oneOf(child(expect?.value, "decision"), ["allow", "deny"] as const);
  if (name === undefined || request === undefined || expect === undefined || decision === undefined)
    return undefined;
  return {
    id: `${suite}/${name.text}`,
    name,
    suite,
    uri,
    place: name.place,
    now: text(child(node, "now")) ?? defaults.now,
    onBehalfOf: items(child(node, "onBehalfOf")).flatMap(buildDelegator),
    context: jsonRecord(child(node, "context")),
    request,
    expect: {
      decision,
      ...present({
        rule: written(child(expect.value, "rule")),
        listed: writtenList(child(expect.value, "listed")),
      }),
      place: expect.key.place,
    },
    node,
    ...present({
      environment: written(child(node, "environment")) ?? defaults.environment,
      as: written(child(node, "as")),
      credential: buildCredential(child(node, "credential")),
      source: buildSource(child(node, "source")),
      client: buildClient(child(node, "client")),
      jwt: buildToken(child(node, "jwt")),
    }),
  };
}

function buildDelegator(node: TreeNode): Scenario["onBehalfOf"] {
  const id = text(child(node, "id"));
  const issuer = text(child(node, "issuer"));
  return id === undefined || issuer === undefined
    ? []
    : [{ id, issuer, groups: strings(child(node, "groups")) }];
}

function buildCredential(node: TreeNode | undefined): Interaction["credential"] {
  if (node?.kind !== "map") return undefined;
  const kind = text(child(child(node, "boundTo"), "kind"));
  return present({
    type: text(child(node, "type")),
    ttl: text(child(node, "ttl")),
    age: text(child(node, "age")),
    boundTo:
      kind === undefined
        ? undefined
        : { kind, ...present({ id: text(child(child(node, "boundTo"), "id")) }) },
  });
}

function buildSource(node: TreeNode | undefined): Interaction["source"] {
  if (node?.kind !== "map") return undefined;
  return present({ principal: text(child(node, "principal")), ip: text(child(node, "ip")) });
}

function buildClient(node: TreeNode | undefined): Interaction["client"] {
  if (node?.kind !== "map") return undefined;
  return present({
    method: text(child(node, "method")),
    id: text(child(node, "id")),
    groups: list(child(node, "groups")),
  });
}

/** `aud` may be one string in a token (RFC 7519, 4.1.3); the interaction always has a list. */
function buildToken(node: TreeNode | undefined): Interaction["jwt"] {
  if (node?.kind !== "map") return undefined;
  const audience = text(child(node, "aud"));
  return present({
    iss: text(child(node, "iss")),
    sub: text(child(node, "sub")),
    aud: audience === undefined ? list(child(node, "aud")) : [audience],
    claims: child(node, "claims")?.kind === "map" ? jsonRecord(child(node, "claims")) : undefined,
  });
}

function list(node: TreeNode | undefined): readonly string[] | undefined {
  return node?.kind === "list" ? strings(node) : undefined;
}
