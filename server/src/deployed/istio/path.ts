import type { PathNormalization } from "./workload.ts";

/**
 * The path as authorization sees it, by the mesh's path normalisation
 * (istio.io/latest/docs/reference/config/security/normalization): NONE leaves it; BASE decodes unreserved characters
 * once, turns `\` into `/` and resolves dot segments; MERGE_SLASHES also merges slashes; DECODE_AND_MERGE_SLASHES
 * first decodes `%2F` and `%5C`. The query and fragment are taken off. The identity on canonical paths.
 */
export function normalizePath(target: string, normalization: PathNormalization = "BASE"): string {
  const path = target.split(/[?#]/, 1)[0] ?? "";
  if (normalization === "NONE") return path;
  const slashes = normalization === "DECODE_AND_MERGE_SLASHES" ? path.replace(/%(?:2f|5c)/gi, "/") : path;
  const decoded = slashes
    .replace(/%([0-9a-f]{2})/gi, (written, hex: string) => {
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return /[A-Za-z0-9\-._~]/.test(character) ? character : written;
    })
    .replaceAll("\\", "/");
  const resolved = removeDotSegments(decoded);
  return normalization === "BASE" ? resolved : resolved.replace(/\/{2,}/g, "/");
}

/** RFC 3986, 5.2.4, for a path that starts with a slash; any other is left alone. */
function removeDotSegments(path: string): string {
  if (!path.startsWith("/")) return path;
  const segments = path.slice(1).split("/");
  const kept: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === ".") {
      if (last) kept.push("");
    } else if (segment === "..") {
      kept.pop();
      if (last) kept.push("");
    } else kept.push(segment);
  }
  return `/${kept.join("/")}`;
}
