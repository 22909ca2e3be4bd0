import type { Place } from "../../text/place.ts";
import { at, child, type TreeNode, text } from "../../text/tree.ts";
import type { McpEndpoint, PathMatch, RouteMatch, ValueMatch } from "./model.ts";

/**
 * Either a whole URL as `host`, or `host`, `port` and `path`. Source: `McpBackendHost::process` in `types/local.rs`: a
 * URL without a port gets that of its scheme. A URL without a path is read as the default endpoint `/mcp`.
 */
export function endpointOf(host: string, port: number | undefined, path: string | undefined): McpEndpoint {
  if (port !== undefined)
    return { kind: "http", host: host.toLowerCase(), port, path: path ?? "/mcp", tls: false };
  const match = /^(?:(https?):\/\/)?(\[[^\]]*\]|[^:/?#]+)(?::(\d+))?([^?#]*)/i.exec(host);
  if (match === null) return { kind: "other", what: "an address that is none" };
  const [, scheme = "http", name = "", written, rest = ""] = match;
  const tls = scheme.toLowerCase() === "https";
  return {
    kind: "http",
    host: name.toLowerCase(),
    port: written === undefined ? (tls ? 443 : 80) : Number(written),
    path: rest === "" ? "/mcp" : rest,
    tls,
  };
}

export function pathMatch(node: TreeNode | undefined): PathMatch | undefined {
  if (node === undefined) return { kind: "prefix", path: "/" };
  const exact = text(child(node, "exact"));
  if (exact !== undefined) return { kind: "exact", path: exact };
  const prefix = text(child(node, "pathPrefix"));
  if (prefix !== undefined) return { kind: "prefix", path: prefix };
  // Older files write the expression with its length, `regex: ["/a.*", 4]`.
  const regex = child(node, "regex");
  const written = text(regex) ?? text(at(regex, 0));
  return written === undefined ? undefined : { kind: "regex", path: written };
}

export function valueMatch(node: TreeNode): readonly ValueMatch[] {
  const name = text(child(node, "name"));
  const exact = text(at(node, "value", "exact"));
  const regex = text(at(node, "value", "regex"));
  const value = exact ?? regex;
  if (name === undefined || value === undefined) return [];
  return [{ name, kind: exact === undefined ? "regex" : "exact", value }];
}

export function anyRequest(place: Place): RouteMatch {
  return { path: { kind: "prefix", path: "/" }, method: undefined, headers: [], query: [], place };
}

/** `*` and the empty name are every host. */
export function hostnameOf(name: string | undefined): string | undefined {
  return name === undefined || name === "" || name === "*" ? undefined : name.toLowerCase();
}

export function numberOf(node: TreeNode | undefined): number | undefined {
  return node?.kind === "scalar" && typeof node.value === "number" ? node.value : undefined;
}
