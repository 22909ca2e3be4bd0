/** Policy documents. A rule that cannot be read is left out; it never blanks the others. */
import type { Problem } from "../../text/problem.ts";
import { child, items, type MapNode, type TreeNode, text } from "../../text/tree.ts";
import type { Policy, Rule, Target, Written } from "../model.ts";
import type { ConditionCompiler } from "./conditions.ts";
import { boolean, duration, jsonRecord, oneOf, present, strings, written, writtenList } from "./read.ts";

export interface BuiltPolicy {
  readonly policy: Policy;
  readonly problems: readonly Problem[];
  /** Names of rules that are there but could not be read. */
  readonly unreadable: readonly string[];
}

export function buildPolicy(
  uri: string,
  root: MapNode,
  name: Written,
  conditions: ConditionCompiler,
  isUnsound: (rule: MapNode) => boolean,
): BuiltPolicy {
  const spec = child(root, "spec");
  const mode = oneOf(child(spec, "mode"), ["enforce", "audit"] as const) ?? "enforce";
  const rules: Rule[] = [];
  const problems: Problem[] = [];
  const unreadable: string[] = [];
  for (const node of items(child(spec, "rules"))) {
    const built = node.kind === "map" ? buildRule(node, name.text, mode, conditions) : undefined;
    if (built === undefined) {
      const ruleName = text(child(node, "name"));
      if (ruleName !== undefined) unreadable.push(`${name.text}/${ruleName}`);
      continue;
    }
    rules.push(isUnsound(built.rule.node) ? { ...built.rule, unsound: true } : built.rule);
    problems.push(...built.problems);
  }
  return { policy: { name, uri, place: name.place, mode, rules }, problems, unreadable };
}

function buildRule(
  node: MapNode,
  policy: string,
  mode: Rule["mode"],
  conditions: ConditionCompiler,
): { readonly rule: Rule; readonly problems: readonly Problem[] } | undefined {
  const name = written(child(node, "name"));
  const effect = oneOf(child(node, "effect"), ["allow", "deny"] as const);
  const on = child(node, "on");
  if (name === undefined || effect === undefined || on?.kind !== "list") return undefined;
  const targets = on.items.flatMap(buildTarget);
  const condition = child(node, "condition");
  const compiled =
    condition?.kind === "scalar" && text(condition) !== undefined
      ? conditions.compile(condition, targets)
      : undefined;
  return {
    rule: {
      id: `${policy}/${name.text}`,
      name,
      policy,
      mode,
      place: name.place,
      effect,
      subjects: writtenList(child(node, "subjects")),
      anonymous: boolean(child(node, "anonymous")) ?? false,
      onBehalfOf: writtenList(child(node, "onBehalfOf")),
      on: targets,
      ...present({ condition: compiled?.condition, requires: buildRequires(node) }),
      obligations: jsonRecord(child(node, "obligations")),
      node,
    },
    problems: compiled?.problems ?? [],
  };
}

function buildTarget(node: TreeNode): readonly Target[] {
  const resource = written(child(node, "resource"));
  if (resource === undefined) return [];
  return [
    {
      place: node.place,
      resource,
      ...present({
        operations: writtenList(child(node, "operations")),
        tools: writtenList(child(node, "tools")),
        prompts: writtenList(child(node, "prompts")),
        rpcs: writtenList(child(node, "rpcs")),
        events: buildEvents(child(node, "events")),
      }),
    },
  ];
}

function buildEvents(node: TreeNode | undefined): Target["events"] {
  if (node?.kind !== "map") return undefined;
  return present({
    types: writtenList(child(node, "types")),
    operation: oneOf(child(node, "operation"), ["publish", "consume"] as const),
  });
}

function buildRequires(node: MapNode): Rule["requires"] {
  const entry = node.byKey.get("requires");
  const credential = child(entry?.value, "credential");
  if (entry === undefined || credential?.kind !== "map") return undefined;
  const type = child(credential, "type");
  const one = text(type);
  return {
    place: entry.key.place,
    ...present({
      credentialTypes: one === undefined ? (type?.kind === "list" ? strings(type) : undefined) : [one],
      maxTtl: duration(child(credential, "maxTtl")),
      maxAge: duration(child(credential, "maxAge")),
      boundTo: text(child(credential, "boundTo")),
    }),
  };
}
