import type { Problem } from "../../text/problem.ts";
import {
  at,
  child,
  entries,
  items,
  type MapNode,
  type ParsedFile,
  type TreeNode,
  text,
  texts,
} from "../../text/tree.ts";
import type { KongAddress, KongModel, KongPlugin, KongRoute, KongService, KongUpstream } from "./model.ts";
import { asNetwork, booleanOf, maps, numberOf, placeOf, reference } from "./nodes.ts";
import { ConsumerReader } from "./read-consumers.ts";
import { readPlugin, type Writing } from "./read-plugins.ts";

/**
 * Reads decK files (several together are one config, as `deck gateway sync` has it). Ids, timestamps, tags,
 * timeouts and everything else that does not decide is never looked at; Kong's defaults are filled in.
 * Source: decK's file format and Kong's entity schemas (`kong/db/schema/entities/*.lua`).
 */
export function readKong(files: readonly ParsedFile[]): {
  readonly model: KongModel;
  readonly problems: readonly Problem[];
} {
  const reader = new Reader();
  for (const root of files.flatMap(kongRoots)) reader.read(root);
  return reader.finish();
}

/** The documents of a file that are decK's. */
export function kongRoots(file: ParsedFile): readonly MapNode[] {
  return file.documents.flatMap(({ root }) => (root?.kind === "map" && isKong(root) ? [root] : []));
}

function isKong(root: MapNode): boolean {
  const version = child(root, "_format_version");
  return version?.kind === "scalar" && /^[0-9]/.test(version.text);
}

class Reader {
  readonly #problems: Problem[] = [];
  readonly #services = new Map<string, { readonly service: KongService; readonly enabled: boolean }>();
  readonly #routes: { readonly node: MapNode; readonly service: string | undefined }[] = [];
  readonly #plugins: Writing[] = [];
  readonly #upstreams = new Map<string, KongUpstream>();
  readonly #consumers = new ConsumerReader();
  readonly #tags = new Set<string>();
  #unnamed = 0;

  read(root: MapNode): void {
    for (const tag of texts(at(root, "_info", "select_tags"))) this.#tags.add(tag);
    for (const node of maps(child(root, "services"))) this.#service(node);
    for (const node of maps(child(root, "routes"))) {
      this.#routes.push({ node, service: reference(child(node, "service")) });
    }
    for (const node of maps(child(root, "upstreams"))) this.#upstream(node);
    this.#consumers.read(root, this.#plugins);
    for (const node of maps(child(root, "plugins"))) this.#plugins.push({ node, scope: {} });
  }

  finish(): { readonly model: KongModel; readonly problems: readonly Problem[] } {
    const routes = this.#routes.flatMap(({ node, service }) => this.#route(node, service));
    const known = {
      routes: new Map(routes.flatMap((one) => one.names.map((name) => [name, one.route.key] as const))),
      services: new Map([...this.#services].map(([name, one]) => [name, one.service.key] as const)),
      consumers: this.#consumers.names(),
    };
    const plugins: KongPlugin[] = [];
    for (const writing of this.#plugins) {
      const read = readPlugin(writing, known);
      if (read.plugin !== undefined) plugins.push(read.plugin);
      this.#problems.push(...read.problems);
    }
    const model: KongModel = {
      routes: routes.filter((one) => one.enabled).map((one) => one.route),
      consumers: this.#consumers.consumers(),
      plugins,
      upstreams: this.#upstreams,
      selectTags: [...this.#tags],
    };
    return { model, problems: this.#problems };
  }

  #service(node: MapNode): void {
    const name = text(child(node, "name"));
    const id = text(child(node, "id"));
    const key = name ?? id ?? `service ${++this.#unnamed}`;
    const service = serviceOf(node, key);
    const enabled = booleanOf(child(node, "enabled"), true);
    for (const one of new Set([key, name, id])) {
      if (one !== undefined) this.#services.set(one, { service, enabled });
    }
    for (const route of maps(child(node, "routes"))) this.#routes.push({ node: route, service: key });
    for (const plugin of maps(child(node, "plugins"))) {
      this.#plugins.push({ node: plugin, scope: { service: key } });
    }
  }

  #upstream(node: MapNode): void {
    const name = text(child(node, "name"));
    if (name === undefined) return;
    const targets = maps(child(node, "targets")).flatMap((target) => {
      const written = text(child(target, "target"));
      return written === undefined ? [] : [splitTarget(written)];
    });
    this.#upstreams.set(name.toLowerCase(), { hostHeader: text(child(node, "host_header")), targets });
  }

  #route(
    node: MapNode,
    serviceName: string | undefined,
  ): readonly { readonly route: KongRoute; readonly names: readonly string[]; readonly enabled: boolean }[] {
    const found = serviceName === undefined ? undefined : this.#services.get(serviceName);
    if (serviceName !== undefined && found === undefined) {
      this.#problems.push({
        code: "deployed/kong-reference",
        severity: "warning",
        message: `The route refers to the service "${serviceName}", which these files do not define, so that it is not known where it leads. Add the service or correct the name.`,
        place: placeOf(child(node, "service")) ?? node.place,
      });
    }
    const name = text(child(node, "name"));
    const id = text(child(node, "id"));
    const key = name ?? id ?? `route ${++this.#unnamed}`;
    const route = routeOf(node, key, name, found?.service);
    for (const plugin of maps(child(node, "plugins"))) {
      this.#plugins.push({ node: plugin, scope: { route: key } });
    }
    const names = [key, name, id].filter((one): one is string => one !== undefined);
    return [{ route, names, enabled: found?.enabled ?? true }];
  }
}

function serviceOf(node: MapNode, key: string): KongService {
  const url = urlParts(text(child(node, "url")));
  const protocol = text(child(node, "protocol")) ?? url?.protocol ?? "http";
  const host = text(child(node, "host")) ?? url?.host ?? "";
  const path = text(child(node, "path")) ?? url?.path ?? "";
  return {
    key,
    name: key,
    protocol,
    host: host.toLowerCase(),
    port: numberOf(child(node, "port")) ?? url?.port ?? (protocol === "https" ? 443 : 80),
    path: path === "/" ? "" : path,
    place: placeOf(child(node, "name")) ?? node.place,
  };
}

/** Kong's shorthand `url: http://host:port/path`. */
function urlParts(
  url: string | undefined,
): { protocol: string; host: string; port: number | undefined; path: string } | undefined {
  const match = /^([a-z]+):\/\/(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?([^?#]*)/i.exec(url ?? "");
  if (match === null) return undefined;
  const [, protocol = "http", host = "", port, path = ""] = match;
  return {
    protocol: protocol.toLowerCase(),
    host,
    port: port === undefined ? undefined : Number(port),
    path,
  };
}

function routeOf(
  node: MapNode,
  key: string,
  name: string | undefined,
  service: KongService | undefined,
): KongRoute {
  const protocols = texts(child(node, "protocols"));
  const paths = items(child(node, "paths")).flatMap((path) =>
    path.kind === "scalar" && path.value !== null ? [{ text: path.text, place: path.place }] : [],
  );
  const expression = child(node, "expression");
  const written = text(expression);
  return {
    key,
    label: `route ${name ?? paths[0]?.text ?? "without a name"}`,
    place: placeOf(child(node, "name")) ?? paths[0]?.place ?? node.place,
    service,
    protocols: protocols.length > 0 ? protocols : ["http", "https"],
    methods: texts(child(node, "methods")).map((method) => method.toUpperCase()),
    hosts: texts(child(node, "hosts")).map((host) => host.toLowerCase()),
    paths,
    headers: entries(child(node, "headers")).map((entry) => ({
      name: entry.key.text.toLowerCase(),
      values: texts(entry.value),
    })),
    snis: texts(child(node, "snis")).map((sni) => sni.replace(/(.)\.$/, "$1")),
    sources: items(child(node, "sources")).map(addressOf),
    destinations: items(child(node, "destinations")).map(addressOf),
    expression:
      written === undefined || expression === undefined
        ? undefined
        : { text: written, priority: numberOf(child(node, "priority")) ?? 0, place: expression.place },
    stripPath: booleanOf(child(node, "strip_path"), true),
    preserveHost: booleanOf(child(node, "preserve_host"), false),
    regexPriority: numberOf(child(node, "regex_priority")) ?? 0,
    createdAt: numberOf(child(node, "created_at")) ?? 0,
    pathHandling: text(child(node, "path_handling")) === "v1" ? "v1" : "v0",
  };
}

function addressOf(node: TreeNode): KongAddress {
  const ip = text(child(node, "ip"));
  return { network: ip === undefined ? undefined : asNetwork(ip), port: numberOf(child(node, "port")) };
}

function splitTarget(target: string): { readonly host: string; readonly port: number } {
  const match = /^(.*?)(?::(\d+))?$/.exec(target);
  return { host: (match?.[1] ?? target).toLowerCase(), port: Number(match?.[2] ?? 8000) };
}
