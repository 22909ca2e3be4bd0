/**
 * `npm run package`: builds, and packs what ships into out/plumbline-VERSION.vsix. `.vscodeignore` says what ships.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ensureInstalled } from "./install.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** @returns {string} the path of the package, whether it exists or not */
export function packagePath() {
  const { name, version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  return path.join(root, `out/${name}-${version}.vsix`);
}

/** Packs what has been built. @returns {Promise<string>} the path of the package */
export async function pack() {
  const { createVSIX } = await import("@vscode/vsce");
  const file = packagePath();
  mkdirSync(path.dirname(file), { recursive: true });
  await createVSIX({
    cwd: root,
    packagePath: file,
    // Everything is in the bundles.
    dependencies: false,
    // There is no public repository yet that links of the README could be resolved against.
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  return file;
}

async function main() {
  ensureInstalled();
  const { status } = spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("scripts/build.mjs failed");
  const file = await pack();
  console.log(`${path.relative(root, file)}: ${Math.round(statSync(file).size / 1000)} kB`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
