/** Kubernetes manifests and exports: service accounts are identities, services are resources. */
import {
  type KubernetesResource,
  readResources,
  resourceNodes,
  scalarText,
} from "../../deployed/kubernetes.ts";
import { at, type ParsedFile } from "../../text/tree.ts";
import type { Environments } from "./environments.ts";
import { Identities, pathOf, type Workload } from "./identities.ts";
import { type Entry, ImportError, type Imported, type ImportOptions, type Reading } from "./imported.ts";
import { type Account, accountsOf, isGateway, type Service, serviceOf } from "./kubernetes-facts.ts";
import { isPodKind, openRollouts, servingPods, unreadAccounts } from "./kubernetes-pods.ts";
import { nameOf } from "./names.ts";
import { boundEntries, importedServices } from "./services.ts";
import { isTemplate, wrongKind } from "./source.ts";

interface Source {
  readonly file: ParsedFile;
  readonly name: string;
}

export function readKubernetes(
  sources: readonly Source[],
  entries: readonly Entry[],
  environments: Environments,
  options: ImportOptions,
): Reading {
  for (const { file, name } of sources)
    if (resourceNodes(file).length === 0) throw wrongKind(file, name, "kubernetes");
  const { resources, problems } = readResources(
    sources.map((one) => one.file),
    (group, kind) =>
      (group === "" && (kind === "ServiceAccount" || kind === "Service")) ||
      isPodKind(group, kind) ||
      (group === "gateway.networking.k8s.io" && kind === "Gateway"),
  );
  const generated = generatedPlaces(sources);
  const nameless = problems.find(
    ({ code, place }) => code === "deployed/kubernetes-name" && !generated.has(place),
  );
  if (nameless !== undefined)
    throw new ImportError(`${whereOf(nameless.place, sources)}: ${nameless.message}`);
  for (const one of resources)
    if (one.label.includes("{{")) throw isTemplate(whereOf(one.place, sources), one.label);

  const accounts = accountsOf(resources);
  const pods = servingPods(resources);
  const services = resources.filter((one) => one.group === "" && one.kind === "Service");
  const unread = unreadAccounts(
    sources.map((one) => one.file),
    new Set(accounts.map((one) => `${one.namespace}/${one.name}`)),
  );
  if (resources.length === 0) throw nothingIn(sources, unread);

  const notes: string[] = [
    ...leftOutDefaults(resources, accounts),
    ...leftOutGateways(resources),
    ...sharedAccounts(accounts),
    ...unread,
    ...openRollouts(resources),
  ];
  const known = entries.filter((one) => one.section === "identities");
  const identities = new Identities(known, environments);
  const trustDomain = accounts.length === 0 ? "" : environments.own(options.trustDomain);
  const workloads = accounts.flatMap((account): readonly Imported[] => {
    const imported = identities.imported(workloadOf(account, trustDomain), options);
    if (imported === undefined)
      notes.push(`${account.labels[0]} has no name that a SPIFFE ID can hold, so it was left out.`);
    return imported === undefined ? [] : [imported];
  });

  const bindable = entries.filter((one) => one.section === "resources");
  const bound = boundEntries(bindable, environments);
  const read = services.flatMap((one): readonly Service[] => {
    const service = serviceOf(one, pods);
    if (service === undefined)
      notes.push(`Service ${one.label} selects no pods (no selector, or ExternalName), so it was left out.`);
    return service === undefined ? [] : [service];
  });
  const resourcesRead = read.flatMap((service) =>
    importedServices(service, bound, bindable, environments, options),
  );
  if (read.length > 0 && environments.meshes.length === 0)
    notes.push(
      "The control plane has no enforcement point of type istio, so services were not bound: no `at` was written.",
    );

  // Only a namespace of which the source has accounts, or services, can be missing some.
  const exported = (kind: string): ReadonlySet<string> =>
    new Set(resources.flatMap((one) => (one.group === "" && one.kind === kind ? [one.namespace] : [])));
  const [withAccounts, withServices] = [exported("ServiceAccount"), exported("Service")];
  const isThere = new Set(workloads.flatMap((one) => one.present.map(({ entry }) => entry)));
  const paths = new Set(accounts.map((one) => pathFor(one)));
  const goneIdentities = known.flatMap((entry) => {
    const own = identities.idsOf(entry).map(pathOf);
    const namespace = /^\/ns\/([^/]+)\/sa\/[^/]+$/.exec(own[0] ?? "")?.[1];
    const isOfSource = namespace !== undefined && withAccounts.has(namespace);
    return !isOfSource || isThere.has(entry) || own.some((path) => paths.has(path))
      ? []
      : [{ entry, why: `there is no service account ${namespace}/${own[0]?.split("/").at(-1)}` }];
  });
  const served = new Set(resourcesRead.flatMap((one) => one.present.map(({ entry }) => entry)));
  const goneResources = bound.flatMap(({ entry, namespaces: own, service }) =>
    served.has(entry) || !own.some((one) => withServices.has(one))
      ? []
      : [{ entry, why: `no Service of ${own.join(" or ")} leads to ${service ?? "its labels"}` }],
  );
  const gone = [...new Map([...goneIdentities, ...goneResources].map((one) => [one.entry, one])).values()];
  return { things: [...workloads, ...resourcesRead], gone, goneParts: [], notes };
}

/** Istio and the Kubernetes registrar of SPIRE write SPIFFE IDs so. */
function pathFor({ namespace, name }: Pick<Account, "namespace" | "name">): string {
  return `/ns/${namespace}/sa/${name}`;
}

function workloadOf(account: Account, trustDomain: string): Workload {
  const { namespace, name, labels } = account;
  // Every namespace has a `default`: alone it would name nobody.
  const short = name === "default" ? [] : [name];
  return {
    trustDomain,
    path: pathFor(account),
    names: [...short, `${namespace}-${name}`].flatMap((one) => nameOf(one) ?? []),
    label: labels.find((label) => !label.startsWith("ServiceAccount ")) ?? labels[0] ?? name,
    ttls: {},
  };
}

function sharedAccounts(accounts: readonly Account[]): readonly string[] {
  return accounts.flatMap(({ namespace, name, labels }) => {
    const users = labels.filter((label) => !label.startsWith("ServiceAccount "));
    if (users.length < 2) return [];
    const shown =
      users.length > 3 ? `${users.slice(0, 3).join(", ")} and ${users.length - 3} more` : users.join(" and ");
    return [
      `${shown} run as one service account, ${namespace}/${name}: they are one identity here, and no rule can tell them apart.`,
    ];
  });
}

/** Every namespace has one, whether anything runs as it or not. */
function leftOutDefaults(
  resources: readonly KubernetesResource[],
  accounts: readonly Account[],
): readonly string[] {
  const used = new Set(accounts.map((one) => pathFor(one)));
  const unused = resources.filter(
    ({ group, kind, name, namespace }) =>
      group === "" &&
      kind === "ServiceAccount" &&
      name === "default" &&
      !used.has(pathFor({ namespace, name })),
  );
  return unused.length === 0
    ? []
    : [
        `The service account default of ${unused
          .map((one) => one.namespace)
          .slice(0, 3)
          .join(
            ", ",
          )}${unused.length > 3 ? ` and ${unused.length - 3} more` : ""} was left out: every namespace has one, and no workload here runs as it.`,
      ];
}

function leftOutGateways(resources: readonly KubernetesResource[]): readonly string[] {
  return resources
    .filter((one) => isGateway(one) && accountsOf([one]).length === 0)
    .map(
      (one) =>
        `Gateway ${one.label} does not tell which service account its proxies run as: import the Deployment that its controller made.`,
    );
}

/** The places of resources that get their names when they run (`generateName`), which Jobs and Pods may. */
function generatedPlaces(sources: readonly Source[]): ReadonlySet<KubernetesResource["place"]> {
  const generated = sources
    .flatMap((one) => resourceNodes(one.file))
    .filter(({ node }) => scalarText(at(node, "metadata", "generateName")) !== undefined);
  return new Set(generated.map(({ node }) => node.place));
}

function nothingIn(sources: readonly Source[], unread: readonly string[]): ImportError {
  const kinds = new Map<string, number>();
  for (const { file } of sources)
    for (const { kind } of resourceNodes(file)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const held = [...kinds].slice(0, 5).map(([kind, count]) => `${count} ${kind}`);
  const names = sources.map((one) => one.name).join(", ");
  return new ImportError(
    `${names} ${sources.length === 1 ? "holds" : "hold"} no ServiceAccount, Service, Gateway or workload that is read (Deployment, StatefulSet, DaemonSet, ReplicaSet, CronJob, Job, Pod, Rollout, DeploymentConfig); ${sources.length === 1 ? "it holds" : "they hold"} ${held.join(", ")}.${unread.map((one) => `\n${one}`).join("")}`,
  );
}

function whereOf(place: KubernetesResource["place"], sources: readonly Source[]): string {
  const source = sources.find((one) => one.file.layout.has(place.block));
  if (source === undefined) throw new Error("a resource of no source");
  return `${source.name}:${source.file.layout.range(place).start.line + 1}`;
}
