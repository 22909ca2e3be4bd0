import { readFileSync, statSync } from "node:fs";
import path from "node:path";

/** A bundle in `folder` and the chunks that are loaded with it, without those that it loads when they are asked for. */
export function loadedWith(folder: string, name: string, before: readonly string[] = []): readonly string[] {
  if (before.includes(name)) return before;
  const code = readFileSync(path.join(folder, name), "utf8");
  const chunks = [...code.matchAll(/\bimport(?:\{[^}]*\}from)?"(\.[^"]+)"/g)];
  return chunks.reduce<readonly string[]>(
    (all, [, chunk = ""]) => loadedWith(folder, path.posix.join(path.posix.dirname(name), chunk), all),
    [...before, name],
  );
}

/** What they come to. */
export function loadedBytes(folder: string, name: string): number {
  return loadedWith(folder, name).reduce((sum, one) => sum + statSync(path.join(folder, one)).size, 0);
}
