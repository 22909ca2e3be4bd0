/** The language server as a file that Node can run: the bundle that ships where it is fresh, else one made of the sources. */
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { serverPlugins } from "../../../scripts/replace-modules.mjs";

/** As scripts/build.mjs has it: the library of the protocol is CommonJS. */
const requireInEsm =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const root = path.resolve(import.meta.dirname, "../../..");
const shipped = path.join(root, "dist/server.js");
const own = path.join(root, "out/lsp/server.mjs");

/**
 * Never builds into `dist/`: other tests read that folder at the same time, and a developer may have it open in an
 * editor. Both bundles are of the same entry point with the same settings, but for being minified.
 */
export function serverBundle(): Promise<string> {
  bundle ??= makeBundle();
  return bundle;
}

/** Sessions of one process share it: all of them test the same server, whatever changes meanwhile. */
let bundle: Promise<string> | undefined;

async function makeBundle(): Promise<string> {
  const sources = newestOf("server/src", "schemas", "scripts/replace-modules.mjs", "package-lock.json");
  for (const made of [shipped, own]) if (existsSync(made) && statSync(made).mtimeMs > sources) return made;
  mkdirSync(path.dirname(own), { recursive: true });
  // Several test processes may bundle at once: each writes its own file, and the last one to finish stays.
  const mine = `${own}.${process.pid}`;
  await build({
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    banner: { js: requireInEsm },
    mainFields: ["module", "main"],
    entryPoints: ["server/src/lsp/server.node.ts"],
    outfile: mine,
    plugins: serverPlugins(path.join(root, "server/src")),
    logLevel: "error",
  });
  renameSync(mine, own);
  return own;
}

/** The newest time of change of what lies below these paths, in milliseconds. */
function newestOf(...names: readonly string[]): number {
  const times = names.flatMap((name) => {
    const from = path.join(root, name);
    if (!statSync(from).isDirectory()) return [statSync(from).mtimeMs];
    return readdirSync(from, { recursive: true, encoding: "utf8" }).map(
      (entry) => statSync(path.join(from, entry)).mtimeMs,
    );
  });
  return Math.max(...times);
}
