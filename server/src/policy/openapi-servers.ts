import { child, items, type TreeNode, text } from "../text/tree.ts";

/**
 * The distinct base paths of the first list of servers that is there (that of the operation, then of the path, then
 * of the document), without trailing slash: `""` where there is none. Server variables take their defaults.
 */
export function basePathsOf(candidates: readonly (TreeNode | undefined)[]): readonly string[] {
  const servers = candidates.find((node) => node?.kind === "list" && node.items.length > 0);
  const paths = items(servers).flatMap((server) => {
    const url = text(child(server, "url"));
    return url === undefined ? [] : [basePath(url, child(server, "variables"))];
  });
  return paths.length === 0 ? [""] : [...new Set(paths)];
}

function basePath(url: string, variables: TreeNode | undefined): string {
  const resolved = url.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    const value = child(child(variables, name), "default");
    return value?.kind === "scalar" ? value.text : whole;
  });
  const withoutHost = resolved
    .replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/, "")
    .replace(/^\/\/[^/?#]*/, "");
  const path = withoutHost.replace(/[?#].*$/s, "").replace(/\/+$/, "");
  return path === "" || path.startsWith("/") ? path : `/${path}`;
}
