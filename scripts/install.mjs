/** Installs the dependencies where they are missing or not those of package-lock.json. Needs nothing but Node. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** @returns {boolean} whether anything had to be installed */
export function ensureInstalled() {
  const reason = whyInstall();
  if (reason === undefined) return false;
  console.log(`npm ci (${reason}) ...`);
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: "inherit",
    // npm is a script on Windows, which only a shell can start.
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error("npm ci failed");
  return true;
}

/** npm leaves in node_modules/.package-lock.json what it has installed. */
function whyInstall() {
  const installedFile = path.join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedFile)) return "nothing is installed yet";
  /** @param {string} file @returns {Record<string, { version?: string }>} */
  const packagesOf = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
  const wanted = packagesOf(path.join(root, "package-lock.json"));
  for (const [name, { version }] of Object.entries(packagesOf(installedFile))) {
    if (wanted[name]?.version !== version) return `${name} is not the one of package-lock.json`;
  }
  const direct = wanted[""] ?? {};
  const { devDependencies = {}, dependencies = {} } = /** @type {Record<string, Record<string, string>>} */ (
    direct
  );
  const missing = Object.keys({ ...devDependencies, ...dependencies }).find(
    (name) => !existsSync(path.join(root, "node_modules", name)),
  );
  return missing === undefined ? undefined : `${missing} is missing`;
}
