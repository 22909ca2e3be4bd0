import type { Place } from "../../text/place.ts";
import type { Problem } from "../../text/problem.ts";
import {
  at,
  child,
  entries,
  isNull,
  items,
  type MapNode,
  type ParsedFile,
  type TreeNode,
  text,
} from "../../text/tree.ts";
import { ruleProblems } from "./conditions.ts";
import type {
  AgentgatewayModel,
  Backend,
  Bind,
  Listener,
  McpEndpoint,
  McpTarget,
  Policies,
  Route,
  RouteMatch,
  Unread,
} from "./model.ts";
import { allRules, mergePolicies } from "./policies.ts";
import { anyRequest, endpointOf, hostnameOf, numberOf, pathMatch, valueMatch } from "./read-matches.ts";
import { readPolicies, readRules } from "./read-policies.ts";

/** The documents of a file that are agentgateway's own. */
export function agentgatewayRoots(file: ParsedFile): readonly MapNode[] {
  return file.documents.flatMap(({ root }) => (root?.kind === "map" && isAgentgateway(root) ? [root] : []));
}

function isAgentgateway(root: MapNode): boolean {
  if (root.byKey.has("apiVersion") || root.byKey.has("_format_version")) return false;
  return (
    items(child(root, "binds")).some((bind) => child(bind, "listeners") !== undefined) ||
    at(root, "mcp", "targets") !== undefined
  );
}

/** Reads agentgateway's file. Rules whose CEL does not parse are problems: agentgateway rejects the whole file. */
export function readAgentgateway(files: readonly ParsedFile[]): {
  readonly model: AgentgatewayModel;
  readonly problems: readonly Problem[];
} {
  const models = files.flatMap(agentgatewayRoots).map((root) => new Reader(root).read());
  const model: AgentgatewayModel = {
    binds: models.flatMap((one) => one.binds),
    network: models.map((one) => one.network).reduce(mergePolicies, readPolicies(undefined, "")),
    unread: models.flatMap((one) => one.unread),
  };
  return { model, problems: allRules(model).flatMap(ruleProblems) };
}

class Reader {
  readonly #unread: Unread[] = [];
  readonly #named: ReadonlyMap<string, TreeNode>;
  /** Policies of the top-level `policies` list that target a listener or a route. */
  readonly #attached: {
    readonly target: TreeNode | undefined;
    readonly policies: Policies;
    readonly gateway: boolean;
  }[];

  constructor(private readonly root: MapNode) {
    this.#named = new Map(
      items(child(root, "backends")).flatMap((backend) => {
        const name = text(child(backend, "name"));
        return name === undefined ? [] : [[name, backend] as const];
      }),
    );
    this.#attached = items(child(root, "policies")).map((one) => ({
      target: child(one, "target"),
      policies: readPolicies(
        child(one, "policy"),
        `policy ${text(at(one, "name", "name")) ?? text(child(one, "name")) ?? ""}`,
      ),
      gateway: text(child(one, "phase")) === "gateway",
    }));
  }

  read(): AgentgatewayModel {
    const binds = items(child(this.root, "binds")).map((node) => this.#bind(node));
    const simple = child(this.root, "mcp");
    const network = at(this.root, "frontendPolicies", "networkAuthorization");
    for (const section of ["llm", "routeGroups"]) {
      const node = child(this.root, section);
      if (isNull(node) || node === undefined) continue;
      this.#lose(`the section "${section}"`, "it is not read", node.place);
    }
    return {
      binds: isNull(simple) || simple === undefined ? binds : [...binds, this.#simple(simple)],
      network: {
        ...readPolicies(undefined, ""),
        ...(network === undefined ? {} : { authorization: readRules("networkAuthorization", network, "") }),
      },
      unread: this.#unread,
    };
  }

  /** The short form `mcp: { port, targets, policies }`: one listener with one route. */
  #simple(node: TreeNode): Bind {
    const label = "route default";
    const route: Route = {
      key: "internal/default",
      label,
      place: node.place,
      hostnames: [],
      matches: [anyRequest(node.place)],
      policies: readPolicies(child(node, "policies"), label),
      backends: [this.#mcp(node, readPolicies(undefined, ""), node.place)],
    };
    return {
      port: numberOf(child(node, "port")) ?? 3000,
      place: node.place,
      listeners: [{ hostname: undefined, policies: readPolicies(undefined, ""), routes: [route] }],
    };
  }

  #bind(node: TreeNode): Bind {
    return {
      port: numberOf(child(node, "port")),
      place: child(node, "port")?.place ?? node.place,
      listeners: items(child(node, "listeners")).map((listener, index) => this.#listener(listener, index)),
    };
  }

  #listener(node: TreeNode, index: number): Listener {
    const name = text(child(node, "name")) ?? `listener${index}`;
    const label = `listener ${name}`;
    const tcp = child(node, "tcpRoutes");
    if (tcp !== undefined) this.#lose(`tcpRoutes of ${label}`, "TCP routes are not read", tcp.place);
    const attached = this.#attached.filter(
      ({ target, gateway }) => gateway && this.#targets(target, name, undefined),
    );
    return {
      hostname: hostnameOf(text(child(node, "hostname"))),
      policies: [readPolicies(child(node, "policies"), label), ...attached.map((one) => one.policies)].reduce(
        mergePolicies,
      ),
      routes: items(child(node, "routes")).map((route, at) => this.#route(route, at, name)),
    };
  }

  #route(node: TreeNode, index: number, listener: string): Route {
    const name = text(child(node, "name")) ?? `route${index}`;
    const label = `route ${name}`;
    const matches = child(node, "matches");
    const attached = this.#attached.filter(
      ({ target, gateway }) => !gateway && this.#targets(target, listener, name),
    );
    return {
      key: `${text(child(node, "namespace")) ?? "default"}/${name}`,
      label,
      place: child(node, "name")?.place ?? node.place,
      hostnames: items(child(node, "hostnames")).flatMap((one) => hostnameOf(text(one)) ?? []),
      matches:
        matches === undefined ? [anyRequest(node.place)] : items(matches).flatMap((one) => this.#match(one)),
      policies: [readPolicies(child(node, "policies"), label), ...attached.map((one) => one.policies)].reduce(
        mergePolicies,
      ),
      backends: items(child(node, "backends")).map((backend) => this.#backend(backend)),
    };
  }

  /** Whether a top-level policy targets this listener (with its routes) or this route. */
  #targets(target: TreeNode | undefined, listener: string, route: string | undefined): boolean {
    const gateway = child(target, "gateway");
    if (gateway !== undefined) {
      const wanted = text(child(gateway, "listenerName"));
      return wanted === undefined || wanted === listener;
    }
    return route !== undefined && text(at(target, "route", "name")) === route;
  }

  #match(node: TreeNode): readonly RouteMatch[] {
    const path = pathMatch(child(node, "path"));
    if (path === undefined) {
      this.#lose("a match", "its path is of a kind that is not read", node.place);
      return [];
    }
    const method = child(node, "method");
    return [
      {
        path,
        method: (text(method) ?? text(child(method, "method")))?.toUpperCase(),
        headers: items(child(node, "headers")).flatMap(valueMatch),
        query: items(child(node, "query")).flatMap(valueMatch),
        place: node.place,
      },
    ];
  }

  #backend(node: TreeNode): Backend {
    const own = readPolicies(child(node, "policies"), "");
    const reference = text(child(node, "backend"));
    const named = reference === undefined ? undefined : this.#named.get(reference);
    if (named === undefined) return this.#backendSpec(node, own);
    return this.#backendSpec(
      named,
      mergePolicies(own, readPolicies(child(named, "policies"), `backend ${reference}`)),
    );
  }

  #backendSpec(node: TreeNode, policies: Policies): Backend {
    const mcp = child(node, "mcp");
    if (mcp !== undefined) return this.#mcp(mcp, policies, node.place);
    const host = child(node, "host");
    const written = text(host);
    if (host !== undefined && written !== undefined) {
      const match = /^(.*?)(?::(\d+))?$/.exec(written);
      const port = match?.[2];
      return {
        kind: "host",
        host: (match?.[1] ?? written).toLowerCase(),
        port: port === undefined ? undefined : Number(port),
        policies,
        place: host.place,
      };
    }
    const what = entries(node).find(
      ({ key }) => key.text !== "weight" && key.text !== "policies" && key.text !== "name",
    );
    return { kind: "other", what: what?.key.text ?? "nothing", policies, place: node.place };
  }

  #mcp(node: TreeNode, policies: Policies, place: Place): Backend {
    return {
      kind: "mcp",
      targets: items(child(node, "targets")).map((one) => this.#target(one)),
      policies,
      place,
    };
  }

  #target(node: TreeNode): McpTarget {
    const name = text(child(node, "name")) ?? "";
    return {
      name,
      place: child(node, "name")?.place ?? node.place,
      policies: readPolicies(child(node, "policies"), `target ${name}`),
      endpoint: this.#endpoint(node),
    };
  }

  #endpoint(node: TreeNode): McpEndpoint {
    const mcp = child(node, "mcp");
    if (mcp === undefined) {
      const kind = entries(node).find(({ key }) => ["stdio", "openapi", "sse"].includes(key.text));
      return { kind: "other", what: kind?.key.text ?? "another kind of target" };
    }
    const reference = text(child(mcp, "backend"));
    const path = text(child(mcp, "path"));
    if (reference !== undefined) {
      const named = text(child(this.#named.get(reference), "host"));
      const parts = /^(.*):(\d+)$/.exec(named ?? "");
      if (parts === null) return { kind: "other", what: `the backend ${reference}` };
      return { kind: "http", host: parts[1] ?? "", port: Number(parts[2]), path: path ?? "/mcp", tls: false };
    }
    return endpointOf(text(child(mcp, "host")) ?? "", numberOf(child(mcp, "port")), path);
  }

  #lose(what: string, reason: string, place: Place): void {
    this.#unread.push({ text: what, reason, place });
  }
}
