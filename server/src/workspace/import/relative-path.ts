/** Paths from one file to another, as documents write references. */

/** `../specs/a.yaml`; undefined where the files are not of one tree. Both are URIs of files. */
export function relativePath(from: string, to: string): string | undefined {
  const [fromScheme, fromPath] = split(from);
  const [toScheme, toPath] = split(to);
  if (fromScheme !== toScheme) return undefined;
  const folders = fromPath.split("/").slice(0, -1);
  const target = toPath.split("/");
  let shared = 0;
  while (shared < folders.length && shared < target.length - 1 && folders[shared] === target[shared])
    shared++;
  const up = folders.slice(shared).map(() => "..");
  return [...up, ...target.slice(shared)].map(decodeURIComponent).join("/");
}

/** Scheme with authority, and path. */
function split(uri: string): readonly [string, string] {
  const [, root = "", path = uri] = /^([a-z][a-z0-9+.-]*:\/\/[^/]*)(\/.*)$/i.exec(uri) ?? [];
  return [root, path];
}
