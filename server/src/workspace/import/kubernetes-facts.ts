/** What Kubernetes resources say of workloads and services, in the terms of Kubernetes. */
import { type KubernetesResource, scalarText, selects, stringMap } from "../../deployed/kubernetes.ts";
import { child, items, type TreeNode } from "../../text/tree.ts";
import { isWorkload, ownerOf, type Pods, podAccount, portNumber } from "./kubernetes-pods.ts";

export interface Account {
  readonly namespace: string;
  readonly name: string;
  /** The resources that run as it, or itself: `Deployment shop/checkout`. */
  readonly labels: readonly string[];
}

export interface Port {
  readonly name: string | undefined;
  /** Of the workload, where it is known. */
  readonly target: number | undefined;
  /** What it speaks, where the Service says so. */
  readonly protocol: "http" | "grpc" | "tcp" | undefined;
}

export interface Service {
  readonly namespace: string;
  readonly name: string;
  /** Of every workload behind it, as far as the files tell; else its selector. */
  readonly labels: ReadonlyMap<string, string>;
  /** Whether the workloads are known, so that they have no label beyond `labels`. */
  readonly isComplete: boolean;
  readonly ports: readonly Port[];
}

/** The service accounts of the files, in order. That of `default` counts only where a workload runs as it. */
export function accountsOf(resources: readonly KubernetesResource[]): readonly Account[] {
  const accounts = new Map<
    string,
    { namespace: string; name: string; labels: string[]; owners: Set<string>; isUsed: boolean }
  >();
  for (const resource of resources) {
    const { namespace, kind } = resource;
    const name = accountName(resource);
    if (name === undefined) continue;
    const fresh = { namespace, name, labels: [], owners: new Set<string>(), isUsed: false };
    const known = accounts.get(`${namespace}/${name}`) ?? fresh;
    accounts.set(`${namespace}/${name}`, known);
    const owner = ownerOf(resource);
    if (owner === undefined || kind === "ServiceAccount") known.labels.push(`${kind} ${resource.label}`);
    else known.owners.add(owner);
    if (kind !== "ServiceAccount") known.isUsed = true;
  }
  return [...accounts.values()]
    .filter((one) => one.isUsed || one.name !== "default")
    .map(({ namespace, name, labels, owners }) => {
      // The pods of a Deployment and its ReplicaSet are the Deployment; without it they are what made them.
      const isNamed = labels.some((label) => !label.startsWith("ServiceAccount "));
      return { namespace, name, labels: isNamed ? labels : [...labels, ...owners] };
    });
}

/** The service account that a resource is, or that its pods run as. */
function accountName(resource: KubernetesResource): string | undefined {
  if (resource.group === "" && resource.kind === "ServiceAccount") return resource.name;
  if (isWorkload(resource)) return podAccount(resource);
  return isGateway(resource) ? gatewayAccount(resource) : undefined;
}

/** A Gateway of the Kubernetes Gateway API, whose controller runs it. */
export function isGateway({ group, kind }: KubernetesResource): boolean {
  return group === "gateway.networking.k8s.io" && kind === "Gateway";
}

/**
 * The service account that Istio makes for a Gateway (Istio, "Kubernetes Gateway API", automated deployment): named by
 * it and its class, of a waypoint by it alone. Other controllers choose names that no Gateway tells.
 */
function gatewayAccount({ name, annotations, spec }: KubernetesResource): string | undefined {
  const written = annotations.get("gateway.istio.io/service-account")?.text;
  if (written !== undefined && written !== "") return written;
  const gatewayClass = scalarText(child(spec, "gatewayClassName"));
  if (gatewayClass === "istio-waypoint") return name;
  return gatewayClass === "istio" ? `${name}-istio` : undefined;
}

/** Undefined for a Service that leads to no pods of its own choice: without a selector, or a name of another host. */
export function serviceOf(resource: KubernetesResource, pods: readonly Pods[]): Service | undefined {
  const { namespace, name, spec } = resource;
  const selector = stringMap(child(spec, "selector"));
  if (selector.size === 0 || scalarText(child(spec, "type")) === "ExternalName") return undefined;
  const own = pods.filter((one) => one.namespace === namespace && selects(selector, one.labels));
  const ports = items(child(spec, "ports")).filter(
    (port) => (scalarText(child(port, "protocol")) ?? "TCP") === "TCP",
  );
  return {
    namespace,
    name,
    labels: own.length === 0 ? selector : shared(own),
    isComplete: own.length > 0,
    ports: ports.map((port) => ({
      name: scalarText(child(port, "name")),
      target: targetPort(port, own),
      protocol: protocolOf(port),
    })),
  };
}

/** The labels that all of them have with the same value. */
function shared([first, ...others]: readonly Pods[]): ReadonlyMap<string, string> {
  return new Map(
    [...(first?.labels ?? [])].filter(([key, value]) => others.every((one) => one.labels.get(key) === value)),
  );
}

function targetPort(port: TreeNode, pods: readonly Pods[]): number | undefined {
  const target = child(port, "targetPort");
  const name = scalarText(target);
  if (name === undefined) return portNumber(child(port, "port"));
  const number = portNumber(target);
  if (number !== undefined) return number;
  const numbers = new Set(pods.flatMap((one) => one.ports.get(name) ?? []));
  return numbers.size === 1 ? [...numbers][0] : undefined;
}

/** As Istio reads it (Istio, "Protocol Selection"): `appProtocol`, else the port's name up to its first dash. */
function protocolOf(port: TreeNode): Port["protocol"] {
  const app = scalarText(child(port, "appProtocol"))?.toLowerCase();
  const name = scalarText(child(port, "name"))?.toLowerCase();
  const written = app === undefined ? name?.split("-")[0] : app.replace(/^kubernetes\.io\//, "");
  switch (written) {
    case "http":
    case "http2":
    case "h2c":
    case "ws":
      return "http";
    case "grpc":
      return "grpc";
    case "tcp":
    case "tls":
    case "mongo":
    case "mysql":
    case "redis":
      return "tcp";
    default:
      return undefined;
  }
}
