import { child, entries, isNull, items, type TreeNode } from "../../text/tree.ts";
import { type KubernetesResource, scalarText, stringMap } from "../kubernetes.ts";
import type { Action, AuthorizationPolicy, Constraint, Field, Rule, Scoped } from "./model.ts";
import { constraints, readsPeer, readsToken } from "./model.ts";
import { operationFields, readCondition, readFields, sourceFields } from "./read-constraint.ts";
import type { Report } from "./report.ts";

/** What all three kinds have: where they apply. */
export function readScope(resource: KubernetesResource, report: Report): Scoped {
  const selectorNode = child(resource.spec, "selector");
  const refs = child(resource.spec, "targetRefs");
  const ref = child(resource.spec, "targetRef");
  const targeted = items(refs).length > 0 || !isNull(ref);
  if (targeted && !isNull(selectorNode) && selectorNode !== undefined) {
    report.reject(
      selectorNode.place,
      "It has both a selector and targetRefs.",
      "Keep the selector for sidecars, or the targetRefs for gateways and waypoints.",
    );
  }
  report.onlyKeys(selectorNode, ["matchLabels"], "A workload selector");
  const labels = child(selectorNode, "matchLabels");
  for (const entry of entries(labels)) {
    if (entry.key.text === "" || entry.key.text.includes("*")) {
      report.reject(entry.key.place, "A selector's label has no wildcards and a name.", "Name the label.");
    } else if (entry.value.kind !== "scalar" || entry.value.text.includes("*")) {
      report.reject(
        entry.value.place,
        "A selector's value has no wildcards.",
        "Write the label's exact value.",
      );
    }
  }
  return {
    name: resource.name,
    namespace: resource.namespace,
    label: resource.label,
    place: resource.place,
    createdAt: resource.createdAt,
    selector: stringMap(labels),
    targeted,
  };
}

const actions: readonly string[] = ["ALLOW", "DENY", "AUDIT", "CUSTOM"] satisfies readonly Action[];

function isAction(text: string): text is Action {
  return actions.includes(text);
}

/** Values that Go's strconv.ParseBool takes for true. */
const trueTexts = ["1", "t", "T", "true", "TRUE", "True"];

export function readAuthorizationPolicy(resource: KubernetesResource, report: Report): AuthorizationPolicy {
  const { spec } = resource;
  report.onlyKeys(
    spec,
    ["selector", "targetRef", "targetRefs", "rules", "action", "provider"],
    "An AuthorizationPolicy",
  );
  const scope = readScope(resource, report);
  const action = readAction(spec, report);
  const rulesNode = child(spec, "rules");
  const rules = items(rulesNode).flatMap((node, index) => readRule(node, index, resource, report));
  if ((action === "DENY" || action === "CUSTOM") && items(rulesNode).length === 0) {
    report.reject(
      (child(spec, "action") ?? resource.node).place,
      `A ${action} policy without rules would never match.`,
      "Give it rules; an empty rule `{}` matches every request.",
    );
  }
  const providerNode = child(spec, "provider");
  const provider = scalarText(child(providerNode, "name"));
  if (action === "CUSTOM" && provider === undefined) {
    report.reject(
      (providerNode ?? child(spec, "action") ?? resource.node).place,
      "A CUSTOM policy has no provider.name.",
      "Name the extension provider of the mesh config that decides.",
    );
  }
  if (action !== "CUSTOM" && providerNode !== undefined && !isNull(providerNode)) {
    report.reject(
      providerNode.place,
      `A provider stands in a policy whose action is ${action}.`,
      "Remove it.",
    );
  }
  if (action === "CUSTOM") rejectForCustom(rules, report);
  const dryRun = resource.annotations.get("istio.io/dry-run");
  return {
    ...scope,
    action,
    rules,
    ...(dryRun !== undefined && trueTexts.includes(dryRun.text) ? { dryRun: dryRun.place } : {}),
    ...(provider === undefined ? {} : { provider }),
  };
}

function readAction(spec: TreeNode | undefined, report: Report): Action {
  const node = child(spec, "action");
  const text = scalarText(node);
  if (node === undefined || isNull(node)) return "ALLOW";
  if (text !== undefined && isAction(text)) return text;
  report.reject(node.place, `Istio has no action "${text ?? ""}".`, "Use ALLOW, DENY, AUDIT or CUSTOM.");
  return "ALLOW";
}

function readRule(
  node: TreeNode,
  index: number,
  resource: KubernetesResource,
  report: Report,
): readonly Rule[] {
  if (node.kind !== "map") {
    report.reject(
      node.place,
      "This rule is not a mapping.",
      "Use `{}` for a rule that matches every request.",
    );
    return [];
  }
  report.onlyKeys(node, ["from", "to", "when"], "A rule");
  const sources = sourceFields(resource.namespace);
  return [
    {
      label: `${resource.label} rule ${index + 1}`,
      place: node.place,
      from: readAlternatives(child(node, "from"), "from", "source", sources, report),
      to: readAlternatives(child(node, "to"), "to", "operation", operationFields, report),
      when: items(child(node, "when")).flatMap((item) => readCondition(item, resource.namespace, report)),
    },
  ];
}

/** `from` (of `source`) and `to` (of `operation`): alternatives, each of which is a conjunction. */
function readAlternatives(
  node: TreeNode | undefined,
  key: "from" | "to",
  inner: "source" | "operation",
  fields: ReadonlyMap<string, Field>,
  report: Report,
): readonly (readonly Constraint[])[] {
  if (node === undefined || isNull(node)) return [];
  if (node.kind !== "list" || node.items.length === 0) {
    report.reject(
      node.place,
      `\`${key}\` is empty.`,
      `Give it a ${inner}, or remove \`${key}\` to match any.`,
    );
    return [];
  }
  return node.items.map((item) => {
    report.onlyKeys(item, [inner], `An item of \`${key}\``);
    const value = child(item, inner);
    if (value?.kind === "map") return readFields(value, fields, inner, report);
    report.reject(
      item.place,
      `This item of \`${key}\` has no ${inner}.`,
      `Give it a ${inner}, or remove it.`,
    );
    return [];
  });
}

/** ValidateAuthorizationPolicy: the check for CUSTOM runs before peer and token are known. */
function rejectForCustom(rules: readonly Rule[], report: Report): void {
  for (const one of rules.flatMap(constraints)) {
    if (!readsPeer(one.field) && !readsToken(one.field)) continue;
    report.reject(
      one.place,
      "A CUSTOM policy cannot test who the peer is or what its token says.",
      "Select requests by operation, address or header, and leave identity to the provider.",
    );
  }
}
