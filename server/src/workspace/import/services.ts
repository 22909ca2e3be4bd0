/** Services of a mesh, against the resources that are bound at it. */
import { selects, stringMap } from "../../deployed/kubernetes.ts";
import type { FixEdit, FixValue } from "../../text/fix.ts";
import { child, entries as entriesOf, type MapNode, text } from "../../text/tree.ts";
import type { Environments } from "./environments.ts";
import type { Change, Entry, Imported, ImportOptions } from "./imported.ts";
import type { Port, Service } from "./kubernetes-facts.ts";
import { nameOf } from "./names.ts";

/** Where an entry is bound at a mesh. */
export interface Bound {
  readonly entry: Entry;
  readonly binding: MapNode;
  readonly namespaces: readonly string[];
  readonly service: string | undefined;
  readonly labels: ReadonlyMap<string, string>;
  readonly port: number | undefined;
}

export function boundEntries(entries: readonly Entry[], environments: Environments): readonly Bound[] {
  const { meshes } = environments;
  return entries.flatMap((entry) =>
    entriesOf(child(entry.node, "at")).flatMap(({ key, value: binding }): readonly Bound[] => {
      const namespace = text(child(binding, "namespace"));
      if (!meshes.includes(key.text) || binding.kind !== "map" || namespace === undefined) return [];
      const labels = stringMap(child(binding, "labels"));
      const port = child(binding, "port");
      return [
        {
          entry,
          binding,
          namespaces: environments.values(namespace),
          service: text(child(binding, "service")) ?? labels.get("app"),
          labels,
          port: port?.kind === "scalar" && typeof port.value === "number" ? port.value : undefined,
        },
      ];
    }),
  );
}

/** One resource for each port: what a port serves is a thing of its own. */
export function importedServices(
  service: Service,
  bound: readonly Bound[],
  entries: readonly Entry[],
  environments: Environments,
  options: ImportOptions,
): readonly Imported[] {
  const ports = service.ports.length === 0 ? [undefined] : service.ports;
  const { namespace, name } = service;
  return ports.map((port, index): Imported => {
    const suffix = index === 0 ? "" : `-${port?.name ?? port?.target ?? index + 1}`;
    const names = [name + suffix, `${namespace}-${name}${suffix}`].flatMap((one) => nameOf(one) ?? []);
    const shown = port?.name ?? port?.target;
    const isOnly = ports.length === 1;
    const same = sameBindings(service, port, bound, isOnly, names);
    return {
      section: "resources",
      names,
      label: `Service ${namespace}/${name}${isOnly || shown === undefined ? "" : ` port ${shown}`}`,
      value: entryFor(service, port, environments.meshes, options),
      present:
        same.length > 0
          ? same.map((one) => ({ entry: one.entry, changes: changesOf(one, service, port) }))
          : // Where nothing is bound, a service is known by its name alone.
            entries
              .filter((entry) => names.includes(entry.key.text) && isUnboundService(entry))
              .slice(0, 1)
              .map((entry) => ({ entry, changes: bindChanges(entry, service, port, environments.meshes) })),
    };
  });
}

function entryFor(
  service: Service,
  port: Port | undefined,
  meshes: readonly string[],
  { owner }: ImportOptions,
): Imported["value"] {
  return {
    type: "service",
    ...(port?.protocol === undefined ? {} : { protocol: port.protocol }),
    ...(owner === undefined ? {} : { owner }),
    ...(meshes.length === 0 ? {} : { at: bindings(service, port, meshes) }),
  };
}

function bindings(
  { namespace, name, labels }: Service,
  port: Port | undefined,
  meshes: readonly string[],
): FixValue {
  const binding: FixValue = {
    namespace,
    labels: Object.fromEntries(labels),
    ...(labels.get("app") === name ? {} : { service: name }),
    ...(port?.target === undefined ? {} : { port: port.target }),
  };
  return Object.fromEntries(meshes.map((mesh) => [mesh, binding]));
}

/** The bindings that are this port of the service: of the same port, else one without a port, else the only one. */
function sameBindings(
  service: Service,
  port: Port | undefined,
  bound: readonly Bound[],
  isOnlyPort: boolean,
  names: readonly string[],
): readonly Bound[] {
  const near = bound.filter((one) => one.namespaces.includes(service.namespace));
  const byName = near.filter((one) => one.service === service.name || names.includes(one.entry.key.text));
  const byLabels = near.filter((one) => one.labels.size > 0 && selects(one.labels, service.labels));
  const all = [...new Set([...byName, ...byLabels])];
  const exact = all.filter((one) => one.port !== undefined && one.port === port?.target);
  if (exact.length > 0) return exact;
  const open = all.filter((one) => one.port === undefined || port?.target === undefined);
  if (open.length > 0) return open;
  // Its one port has another number now.
  return isOnlyPort && byName.length === 1 ? byName : [];
}

function changesOf(
  { binding, labels: own, port: ownPort }: Bound,
  service: Service,
  port: Port | undefined,
): readonly Change[] {
  const changes: Change[] = [];
  const node = child(binding, "labels");
  // Fewer labels than the workload has are no mistake: they are those that somebody found telling.
  const wrong = [...own].filter(([key, value]) => {
    const today = service.labels.get(key);
    return today !== value && (today !== undefined || service.isComplete) && !value.includes("${");
  });
  if (wrong.length > 0 && node?.kind === "map") {
    const kept = [...own.keys()].some((key) => service.labels.has(key));
    const now = (key: string): string | undefined => service.labels.get(key);
    const edits = wrong.map(([key]): FixEdit => {
      const value = now(key);
      return value === undefined
        ? { edit: "remove-property", map: node, key }
        : { edit: "set-property", map: node, key, value };
    });
    changes.push({
      what: "labels",
      from: inWords(new Map(wrong)),
      to: inWords(new Map(kept ? wrong.map(([key]) => [key, now(key)]) : service.labels)),
      // Where none is left, its labels of today take their place.
      edits: kept
        ? edits
        : [{ edit: "set-property", map: binding, key: "labels", value: Object.fromEntries(service.labels) }],
    });
  }
  if (port?.target !== undefined && ownPort !== undefined && port.target !== ownPort)
    changes.push({
      what: "port",
      from: String(ownPort),
      to: String(port.target),
      edits: [{ edit: "set-property", map: binding, key: "port", value: port.target }],
    });
  return changes;
}

function isUnboundService({ node }: Entry): boolean {
  return text(child(node, "type")) === "service" && child(node, "at") === undefined;
}

function bindChanges(
  { node }: Entry,
  service: Service,
  port: Port | undefined,
  meshes: readonly string[],
): readonly Change[] {
  if (meshes.length === 0) return [];
  return [
    {
      what: "at",
      to: `${meshes.join(", ")}: ${service.namespace}/${service.name}`,
      edits: [{ edit: "set-property", map: node, key: "at", value: bindings(service, port, meshes) }],
    },
  ];
}

function inWords(labels: ReadonlyMap<string, string | undefined>): string {
  return [...labels]
    .map(([key, value]) => (value === undefined ? `no ${key}` : `${key}=${value}`))
    .join(", ");
}
