/**
 * Kubernetes resources in exported or hand-written files: one a document, or the items of a `List` as `kubectl get`
 * writes it (also `AuthorizationPolicyList` and the like, whose items may leave `apiVersion` and `kind` out).
 *
 * Only what an adapter asks for is ever read, so that server-side noise (`status`, `managedFields`, `uid`,
 * `resourceVersion`, the last-applied annotation) cannot make two equal resources differ. `creationTimestamp` is
 * noise too, but it breaks ties between resources of which the oldest wins.
 */
import type { Place } from "../text/place.ts";
import type { Problem } from "../text/problem.ts";
import {
  child,
  entries,
  items,
  type MapNode,
  type ParsedFile,
  type ScalarNode,
  type TreeNode,
  text,
} from "../text/tree.ts";

export interface KubernetesResource {
  /** The API group, empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  /** `default` where the file does not say one, as kubectl has it. Meaningless for cluster-scoped kinds. */
  readonly namespace: string;
  /** `namespace/name`, as people know it. */
  readonly label: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, ScalarNode>;
  /** RFC 3339 text, only to break ties. */
  readonly createdAt: string | undefined;
  readonly node: MapNode;
  readonly spec: TreeNode | undefined;
  /** Where the resource is named: the place of `metadata.name`, else of the whole resource. */
  readonly place: Place;
}

/** Lists of lists do not exist in the API; the bound keeps a hostile file from nesting for ever. */
const deepestList = 4;

/** Every resource node of the file that has an `apiVersion` and a `kind`, its own or its list's. */
export function resourceNodes(
  file: ParsedFile,
): readonly { readonly node: MapNode; readonly apiVersion: string; readonly kind: string }[] {
  return file.documents.flatMap((document) => flatten(document.root, undefined, 0));
}

interface Inherited {
  readonly apiVersion: string;
  readonly kind: string;
}

function flatten(
  node: TreeNode | undefined,
  inherited: Inherited | undefined,
  depth: number,
): readonly { readonly node: MapNode; readonly apiVersion: string; readonly kind: string }[] {
  if (node?.kind !== "map" || depth > deepestList) return [];
  const apiVersion = text(child(node, "apiVersion")) ?? inherited?.apiVersion;
  const kind = text(child(node, "kind")) ?? inherited?.kind;
  if (apiVersion === undefined || kind === undefined || kind === "") return [];
  if (kind.endsWith("List") && child(node, "items") !== undefined) {
    const itemKind = kind.slice(0, -"List".length);
    const forItems = itemKind === "" ? undefined : { apiVersion, kind: itemKind };
    return items(child(node, "items")).flatMap((item) => flatten(item, forItems, depth + 1));
  }
  return [{ node, apiVersion, kind }];
}

export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/** Whether the file holds a resource of one of these API groups. */
export function holdsGroup(file: ParsedFile, group: string): boolean {
  return resourceNodes(file).some((one) => groupOf(one.apiVersion) === group);
}

/**
 * The resources of the files whose group is wanted, in file order. A cluster holds a resource once: of two with the
 * same kind, namespace and name the last counts, as after `kubectl apply`, and the first is a problem.
 */
export function readResources(
  files: readonly ParsedFile[],
  wanted: (group: string, kind: string) => boolean,
): { readonly resources: readonly KubernetesResource[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const byIdentity = new Map<string, KubernetesResource>();
  for (const file of files) {
    for (const { node, apiVersion, kind } of resourceNodes(file)) {
      const group = groupOf(apiVersion);
      if (!wanted(group, kind)) continue;
      const resource = readResource(node, apiVersion, kind);
      if (resource === undefined) {
        problems.push({
          code: "deployed/kubernetes-name",
          severity: "error",
          message: `This ${kind} has no metadata.name, so no cluster would accept it; it is left out of every comparison. Give it its name.`,
          place: node.place,
        });
        continue;
      }
      const identity = JSON.stringify([group, kind, resource.namespace, resource.name]);
      const earlier = byIdentity.get(identity);
      if (earlier !== undefined) {
        problems.push({
          code: "deployed/kubernetes-duplicate",
          severity: "warning",
          message: `${kind} ${resource.label} stands more than once in the deployed files; a cluster holds it once, so only the last one counts. Remove this one.`,
          place: earlier.place,
          related: [{ place: resource.place, message: `The ${kind} ${resource.label} that counts.` }],
        });
        byIdentity.delete(identity);
      }
      byIdentity.set(identity, resource);
    }
  }
  return { resources: [...byIdentity.values()], problems };
}

function readResource(node: MapNode, apiVersion: string, kind: string): KubernetesResource | undefined {
  const metadata = child(node, "metadata");
  const nameNode = child(metadata, "name");
  const name = scalarText(nameNode);
  if (nameNode === undefined || name === undefined) return undefined;
  const namespace = scalarText(child(metadata, "namespace")) ?? "default";
  const slash = apiVersion.indexOf("/");
  return {
    group: groupOf(apiVersion),
    version: slash < 0 ? apiVersion : apiVersion.slice(slash + 1),
    kind,
    name,
    namespace,
    label: `${namespace}/${name}`,
    labels: stringMap(child(metadata, "labels")),
    annotations: new Map(
      entries(child(metadata, "annotations")).flatMap((entry) =>
        entry.value.kind === "scalar" ? [[entry.key.text, entry.value] as const] : [],
      ),
    ),
    createdAt: scalarText(child(metadata, "creationTimestamp")),
    node,
    spec: child(node, "spec"),
    place: nameNode.place,
  };
}

/** The text of a scalar that is neither missing, null nor empty. */
export function scalarText(node: TreeNode | undefined): string | undefined {
  return node?.kind === "scalar" && node.value !== null && node.text !== "" ? node.text : undefined;
}

/** A map of strings (labels); values that are no scalars are left out. */
export function stringMap(node: TreeNode | undefined): ReadonlyMap<string, string> {
  return new Map(
    entries(node).flatMap((entry) =>
      entry.value.kind === "scalar" ? [[entry.key.text, entry.value.text] as const] : [],
    ),
  );
}

/** Whether a workload with these labels has every label of the selector. An empty selector selects everything. */
export function selects(selector: ReadonlyMap<string, string>, labels: ReadonlyMap<string, string>): boolean {
  for (const [key, value] of selector) if (labels.get(key) !== value) return false;
  return true;
}

/** The oldest first; without a timestamp last; then by namespace and name, so that the order never depends on files. */
export function byAge(a: KubernetesResourceAge, b: KubernetesResourceAge): number {
  const age = time(a) - time(b);
  return age !== 0 ? age : a.label < b.label ? -1 : a.label > b.label ? 1 : 0;
}

export interface KubernetesResourceAge {
  readonly label: string;
  readonly createdAt: string | undefined;
}

function time(resource: KubernetesResourceAge): number {
  const parsed = resource.createdAt === undefined ? Number.NaN : Date.parse(resource.createdAt);
  return Number.isNaN(parsed) ? Number.MAX_SAFE_INTEGER : parsed;
}
