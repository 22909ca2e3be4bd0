/** `npm run bench`: builds what ships and the benchmarks, and runs them. */
import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bundle = path.join(root, "out/bench/main.mjs");

await esbuild.build({
  absWorkingDir: root,
  entryPoints: ["test/bench/main.ts"],
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  outfile: bundle,
  mainFields: ["module", "main"],
  external: ["z3-solver", "vitest", "fast-check"],
  logLevel: "warning",
});
// z3 runs in a process of its own, whose script lies beside whoever starts it.
copyFileSync(
  path.join(root, "test/unit/access/oracle/z3-child.mjs"),
  path.join(root, "out/bench/z3-child.mjs"),
);
const built = spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "inherit" });
if (built.status !== 0) process.exit(built.status ?? 1);
const run = spawnSync(process.execPath, ["--expose-gc", bundle, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exit(run.status ?? 1);
