/**
 * Bundles everything that ships into `dist/`, and the editor tests into `out/test/`.
 *
 *   node scripts/build.mjs            minified bundles, as they ship
 *   node scripts/build.mjs --watch    unminified, rebuilt on change
 *
 * The web extension host cannot load ESM, and takes an entry point for ESM where the manifest says `"type": "module"`
 * and the name is not `.cjs`, a suffix that not every version of it knows. So the manifest says nothing,
 * `dist/web/extension.js` is CommonJS, and a `package.json` in `dist/` makes an ESM bundle of the CLI.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { clientPlugins, serverPlugins } from "./replace-modules.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const watch = process.argv.includes("--watch");

/** @type {import("esbuild").BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  minify: !watch,
  sourcemap: watch ? "linked" : false,
  legalComments: "none",
  logLevel: "warning",
  target: "es2023",
  // `yaml` and others ship ESM and CommonJS; the ESM form lets esbuild drop what is not used.
  mainFields: ["module", "main"],
};

/** @type {import("esbuild").BuildOptions} */
const node = { ...common, platform: "node", format: "cjs", target: "node20.19" };
/** @type {import("esbuild").BuildOptions} */
const web = { ...common, platform: "browser", mainFields: ["browser", "module", "main"] };

/** A CommonJS dependency inside an ESM bundle calls `require` for Node's built-in modules. */
const requireInEsm =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const server = serverPlugins(path.join(root, "server/src"));

/** @type {readonly import("esbuild").BuildOptions[]} */
const bundles = [
  {
    ...node,
    entryPoints: ["client/src/extension.ts"],
    outfile: "dist/extension.cjs",
    external: ["vscode"],
    plugins: clientPlugins(),
  },
  {
    ...web,
    format: "cjs",
    entryPoints: ["client/src/extension.web.ts"],
    outfile: "dist/web/extension.js",
    external: ["vscode"],
    plugins: clientPlugins(),
  },
  {
    // The server and the command line are one engine: what both load stands in chunks beside them, once. What they load
    // only when it is asked for (`import()`) is a chunk of its own.
    ...node,
    format: "esm",
    splitting: true,
    entryPoints: { server: "server/src/lsp/server.node.ts", cli: "server/src/cli/main.ts" },
    outdir: "dist",
    chunkNames: "chunks/[hash]",
    banner: { js: requireInEsm },
    plugins: server,
  },
  {
    // A classic worker script: the client starts it from a blob.
    ...web,
    format: "iife",
    entryPoints: ["server/src/lsp/server.web.ts"],
    outfile: "dist/web/server.js",
    plugins: server,
  },
  // The same suite for both hosts: CommonJS, as the extension host loads it, and without Node's built-ins.
  {
    ...web,
    format: "cjs",
    minify: false,
    sourcemap: "inline",
    entryPoints: ["test/editor/index.ts"],
    outfile: "out/test/index.js",
    external: ["vscode"],
    plugins: [suitePlugin()],
  },
];

/**
 * `virtual:suite` imports every test/editor/suite/*.test.ts, so that adding a test is adding a file.
 * @returns {import("esbuild").Plugin}
 */
function suitePlugin() {
  const folder = path.join(root, "test/editor/suite");
  return {
    name: "editor-suite",
    setup(build) {
      build.onResolve({ filter: /^virtual:suite$/ }, () => ({ path: "suite", namespace: "editor-suite" }));
      build.onLoad({ filter: /.*/, namespace: "editor-suite" }, () => ({
        contents: readdirSync(folder)
          .filter((name) => name.endsWith(".test.ts"))
          .sort()
          .map((name) => `import "./${name}";`)
          .join("\n"),
        resolveDir: folder,
        watchDirs: [folder],
      }));
    },
  };
}

/** @param {import("esbuild").BuildOptions} options */
function entryExists({ entryPoints = [] }) {
  return Object.values(entryPoints).every((entry) => existsSync(path.join(root, String(entry))));
}

async function main() {
  mkdirSync(path.join(root, "out/test"), { recursive: true });
  const present = bundles.filter(entryExists);
  if (watch) {
    for (const options of present) await (await esbuild.context(options)).watch();
    console.log("watching");
    return;
  }
  // All of them, so that one that fails does not take the others away.
  const results = await Promise.allSettled(
    present.map((options) => esbuild.build({ ...options, metafile: true })),
  );
  const outputs = Object.assign(
    {},
    ...results.map((result) => (result.status === "fulfilled" ? result.value.metafile.outputs : {})),
  );
  const failures = results.filter((result) => result.status === "rejected").length;
  if (failures === 0) removeStale(Object.keys(outputs));
  writeFileSync(path.join(root, "dist/package.json"), '{ "type": "module" }\n');
  for (const [file, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint === undefined) continue;
    const bytes = startOf(file, outputs).reduce((sum, one) => sum + outputs[one].bytes, 0);
    console.log(`${String(Math.round(bytes / 1000)).padStart(6)} kB  ${file}`);
  }
  if (failures > 0) {
    // esbuild has printed what is wrong.
    console.error(`${failures} of ${present.length} builds failed`);
    process.exitCode = 1;
  }
}

/**
 * What is loaded when an entry point is: itself and the chunks that it imports, but for what it loads when it is asked.
 * @param {string} file
 * @param {import("esbuild").Metafile["outputs"]} outputs
 * @param {readonly string[]} before
 * @returns {readonly string[]}
 */
function startOf(file, outputs, before = []) {
  if (before.includes(file)) return before;
  let all = [...before, file];
  for (const { path: chunk, kind, external } of outputs[file]?.imports ?? [])
    if (kind === "import-statement" && !external) all = [...startOf(chunk, outputs, all)];
  return all;
}

/**
 * What an earlier build left and this one does not make would ship, too.
 * @param {readonly string[]} outputs
 */
function removeStale(outputs) {
  const made = new Set([...outputs, "dist/package.json"].map((file) => path.normalize(file)));
  for (const entry of readdirSync(path.join(root, "dist"), { recursive: true, withFileTypes: true })) {
    const file = path.relative(root, path.join(entry.parentPath, entry.name));
    if (entry.isFile() && !made.has(file) && !file.endsWith(".map")) rmSync(path.join(root, file));
  }
}

await main();
