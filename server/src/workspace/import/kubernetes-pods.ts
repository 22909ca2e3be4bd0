/** Kinds of Kubernetes that run pods: where each has its pod template, and what that says. */
import {
  groupOf,
  type KubernetesResource,
  resourceNodes,
  scalarText,
  stringMap,
} from "../../deployed/kubernetes.ts";
import { at, child, items, type ParsedFile, type TreeNode } from "../../text/tree.ts";

export interface Pods {
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly ports: ReadonlyMap<string, number>;
}

/** By group and kind, the path from `spec` to the pod template; that of a Pod is the resource itself. */
const podKinds: ReadonlyMap<string, readonly string[] | "self"> = new Map<string, readonly string[] | "self">(
  [
    ["apps/Deployment", ["template"]],
    ["apps/StatefulSet", ["template"]],
    ["apps/DaemonSet", ["template"]],
    ["apps/ReplicaSet", ["template"]],
    ["/ReplicationController", ["template"]],
    ["/Pod", "self"],
    ["batch/Job", ["template"]],
    ["batch/CronJob", ["jobTemplate", "spec", "template"]],
    ["argoproj.io/Rollout", ["template"]],
    ["apps.openshift.io/DeploymentConfig", ["template"]],
  ],
);

export function isPodKind(group: string, kind: string): boolean {
  return podKinds.has(`${group}/${kind}`);
}

export function isWorkload({ group, kind }: KubernetesResource): boolean {
  return isPodKind(group, kind);
}

/** The resource that made this one, as people know it: `ReplicaSet shop/checkout-6f`. Undefined where a person did. */
export function ownerOf({ node, namespace }: KubernetesResource): string | undefined {
  const [owner] = items(at(node, "metadata", "ownerReferences"));
  const [kind, name] = [scalarText(child(owner, "kind")), scalarText(child(owner, "name"))];
  return kind === undefined || name === undefined ? undefined : `${kind} ${namespace}/${name}`;
}

/** The service account of its pods. Undefined where it has no pods of its own: a Rollout of a Deployment's. */
export function podAccount(resource: KubernetesResource): string | undefined {
  const pod = child(templateOf(resource), "spec");
  if (pod === undefined && child(resource.spec, "workloadRef") !== undefined) return undefined;
  return (
    scalarText(child(pod, "serviceAccountName")) ?? scalarText(child(pod, "serviceAccount")) ?? "default"
  );
}

/** Notes on Rollouts whose pods are those of a Deployment that the files do not have. */
export function openRollouts(resources: readonly KubernetesResource[]): readonly string[] {
  const there = new Set(resources.map(({ kind, label }) => `${kind} ${label}`));
  return resources.flatMap((one) => {
    if (!isWorkload(one) || podAccount(one) !== undefined) return [];
    const reference = child(one.spec, "workloadRef");
    const name = scalarText(child(reference, "name")) ?? "";
    const runs = `${scalarText(child(reference, "kind")) ?? "Deployment"} ${one.namespace}/${name}`;
    return there.has(runs)
      ? []
      : [
          `${one.kind} ${one.label} runs the pods of ${runs}, which is not in the files, so its service account is not known: import that as well.`,
        ];
  });
}

/** The pods behind services: not those that end, nor those of which their owner says more (its labels are fewer). */
export function servingPods(resources: readonly KubernetesResource[]): readonly Pods[] {
  return resources
    .filter((one) => isWorkload(one) && one.group !== "batch" && ownerOf(one) === undefined)
    .map((resource) => {
      const template = templateOf(resource);
      const ports = items(at(template, "spec", "containers")).flatMap((container) =>
        items(child(container, "ports")),
      );
      return {
        namespace: resource.namespace,
        labels: stringMap(at(template, "metadata", "labels")),
        ports: new Map(
          ports.flatMap((port) => {
            const [name, number] = [
              scalarText(child(port, "name")),
              portNumber(child(port, "containerPort")),
            ];
            return name === undefined || number === undefined ? [] : [[name, number] as const];
          }),
        ),
      };
    });
}

function templateOf({ group, kind, node, spec }: KubernetesResource): TreeNode | undefined {
  const path = podKinds.get(`${group}/${kind}`);
  return path === "self" ? node : path && at(spec, ...path);
}

export function portNumber(node: TreeNode | undefined): number | undefined {
  const written = scalarText(node);
  if (written === undefined || !/^[0-9]{1,5}$/.test(written)) return undefined;
  const number = Number(written);
  return number >= 1 && number <= 65_535 ? number : undefined;
}

/**
 * Notes on service accounts that the files name where they are not read: kinds that run pods in ways of their own
 * (Knative, Argo Workflows), and pods that have no name before they run. `known`: `namespace/name`.
 */
export function unreadAccounts(files: readonly ParsedFile[], known: ReadonlySet<string>): readonly string[] {
  const byKind = new Map<string, { readonly isRead: boolean; readonly accounts: Set<string> }>();
  for (const { node, apiVersion, kind } of files.flatMap(resourceNodes)) {
    const group = groupOf(apiVersion);
    const isRead = isPodKind(group, kind);
    const metadata = child(node, "metadata");
    if (isRead && scalarText(child(metadata, "name")) !== undefined) continue;
    const namespace = scalarText(child(metadata, "namespace")) ?? "default";
    const own = accountsIn(child(node, "spec")).map((name) => `${namespace}/${name}`);
    const fresh = own.filter((one) => !known.has(one));
    if (fresh.length === 0) continue;
    const shown = group === "" ? kind : `${kind} (${group})`;
    const entry = byKind.get(shown) ?? { isRead, accounts: new Set<string>() };
    byKind.set(shown, entry);
    for (const one of fresh) entry.accounts.add(one);
  }
  return [...byKind].map(([kind, { isRead, accounts }]) => {
    const all = [...accounts];
    const shown = all.slice(0, 3).join(", ") + (all.length > 3 ? ` and ${all.length - 3} more` : "");
    const why = isRead ? "has no name here (generateName)" : "is a kind that is not read";
    return `${kind} ${why}, so the service ${all.length === 1 ? "account" : "accounts"} that it runs as ${all.length === 1 ? "was" : "were"} left out (${shown}): import the ${all.length === 1 ? "ServiceAccount" : "ServiceAccounts"} as well.`;
  });
}

/** What `serviceAccountName` is, wherever it stands. */
function accountsIn(spec: TreeNode | undefined): readonly string[] {
  const found: string[] = [];
  const pending: TreeNode[] = spec === undefined ? [] : [spec];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.kind === "list") for (const item of node.items) pending.push(item);
    if (node.kind !== "map") continue;
    for (const { key, value } of node.entries) {
      const name = key.text === "serviceAccountName" ? scalarText(value) : undefined;
      if (name !== undefined) found.push(name);
      else if (value.kind !== "scalar") pending.push(value);
    }
  }
  return found;
}
