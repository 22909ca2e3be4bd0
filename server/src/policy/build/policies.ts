/** Policy documents. A rule that cannot be read is left out; it never blanks the others. */
import type { Problem } from "../../text/problem.ts";
import { child, entries, items, type MapNode, type TreeNode, text } from "../../text/tree.ts";
import type { Policy, Rule, Target, Written } from "../model.ts";
import type { ConditionCompiler } from "./conditions.ts";
import { boolean, duration, jsonRecord, oneOf, present, strings, written, writtenList } from "./read.ts";

export interface BuiltPolicy {
  readonly policy: Policy;
  readonly problems: readonly Problem[];
  /** `policy/rule` of rules that are there but could not be read; `policy/` where one does not even tell its name. */
  readonly unreadable: readonly string[];
  /** Names of conditions that rules ask for, where what stands there is no text. */
  readonly unreadableConditions: readonly string[];
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
  const named = namedConditions(child(spec, "conditions"));
  const rules: Rule[] = [];
  const problems: Problem[] = [];
  const unreadable: string[] = [];
  for (const node of items(child(spec, "rules"))) {
    const built = node.kind === "map" ? buildRule(node, name.text, mode, conditions, named) : undefined;
    if (built === undefined) {
      const ruleName = text(child(node, "name"));
      unreadable.push(`${name.text}/${ruleName ?? ""}`);
      continue;
    }
    rules.push(
      built.isIncomplete || isUnsound(built.rule.node) ? { ...built.rule, unsound: true } : built.rule,
    );
    problems.push(...built.problems);
  }
  return {
    policy: { name, uri, place: name.place, mode, rules, conditions: named },
    problems: [...problems, ...unusedProblems(named, rules, conditions)],
    unreadable,
    unreadableConditions: unreadableConditions(child(spec, "conditions"), named, rules),
  };
}

type NamedConditions = Policy["conditions"];

function namedConditions(node: TreeNode | undefined): NamedConditions {
  return new Map(
    entries(node).flatMap(({ key, value }) =>
      value.kind === "scalar" && text(value) !== undefined
        ? [[key.text, { place: key.place, node: value }] as const]
        : [],
    ),
  );
}

/** Where all of them together are no map, any name that a rule asks for may be meant to stand in it. */
function unreadableConditions(
  node: TreeNode | undefined,
  named: NamedConditions,
  rules: readonly Rule[],
): readonly string[] {
  if (node === undefined) return [];
  const names =
    node.kind === "map"
      ? node.entries.map(({ key }) => key.text)
      : rules.flatMap((rule) => strings(child(rule.node, "conditions")));
  return names.filter((name) => !named.has(name));
}

/** A condition is checked with the targets of the rules that ask for it; without any, as far as that is possible. */
function unusedProblems(
  named: NamedConditions,
  rules: readonly Rule[],
  conditions: ConditionCompiler,
): readonly Problem[] {
  const used = new Set(rules.flatMap((rule) => rule.condition?.parts.map((part) => part.node) ?? []));
  return [...named.values()].flatMap(({ node }) =>
    used.has(node) ? [] : conditions.compile([node], node.place, []).problems,
  );
}

function buildRule(
  node: MapNode,
  policy: string,
  mode: Rule["mode"],
  conditions: ConditionCompiler,
  named: NamedConditions,
):
  | { readonly rule: Rule; readonly problems: readonly Problem[]; readonly isIncomplete: boolean }
  | undefined {
  const name = written(child(node, "name"));
  const effect = oneOf(child(node, "effect"), ["allow", "deny"] as const);
  const on = child(node, "on");
  if (name === undefined || effect === undefined || on?.kind !== "list") return undefined;
  const targets = on.items.flatMap(buildTarget);
  const condition = child(node, "condition");
  const asked = child(node, "conditions");
  const names = writtenList(asked) ?? [];
  const parts = names.flatMap(({ text: name }) => named.get(name)?.node ?? []);
  if (condition?.kind === "scalar" && text(condition) !== undefined) parts.push(condition);
  const place = condition?.kind === "scalar" ? condition.place : asked?.place;
  const compiled =
    parts.length === 0 || place === undefined ? undefined : conditions.compile(parts, place, targets);
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
    // An unknown name has its finding; what the rule asks for then is more than can be told.
    isIncomplete: names.some(({ text: name }) => !named.has(name)),
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
        mcpResources: writtenList(child(node, "resources")),
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
