/** `npm run bench`: what performance.md asks for, as far as it exists. `-- --format json` for machines. */
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import path from "node:path";
import { loadedBytes } from "../support/loaded-with.ts";
import { adversaryRows, measureAdversary } from "./adversaries.ts";
import { comparisonRows, measure, peakMemory } from "./comparison.ts";
import { type Row, toJson, toMarkdown } from "./row.ts";
import type { Change, Shape } from "./workload.ts";
import { z3Rows } from "./z3.ts";

const root = process.cwd();
const [, script = "", task, shape, size, change] = process.argv;

if (task === "compare") print(measure(shape as Shape, Number(size), change as Change));
else if (task === "memory") print(peakMemory(shape as Shape, Number(size)));
else if (task === "adversary") print(measureAdversary(shape));
else await everything();

function print(value: unknown): void {
  process.stdout.write(JSON.stringify(value));
}

async function everything(): Promise<void> {
  const asJson = process.argv.includes("json");
  const comparison = comparisonRows(script);
  const rows = [...comparison.rows, ...adversaryRows(script), ...(await z3Rows()), ...startAndSize()].map(
    toJson,
  );
  const results = [
    "# The last run of `npm run bench`",
    "",
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), ${platform()} ${arch()}. Absolute numbers drift by a fifth and more from run to run.`,
    "",
    toMarkdown(rows),
    "",
    "## Comparison: milliseconds by number of terms a side",
    "",
    "Growth: the time grows as the number of terms to this power, from 1,000 to 30,000.",
    "",
    comparison.curves,
    "",
  ].join("\n");
  writeFileSync(path.join(root, "test/bench/RESULTS.md"), results);
  process.stdout.write(asJson ? `${JSON.stringify(rows, undefined, 2)}\n` : results);
}

/** Whole processes and bundles, as they ship. */
function startAndSize(): readonly Row[] {
  const bundle = (name: string, file: string, most: number): Row => ({
    name: `bundle: ${name}`,
    ours: loadedBytes(path.join(root, "dist"), file) / 1_000,
    unit: "kB",
    goal: { of: "ours", value: most },
  });
  const cli = path.join(root, "dist/cli.js");
  if (!existsSync(cli)) throw new Error("dist/ is not built");
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    const { status } = spawnSync(process.execPath, [cli, "check", "examples/acme"], { cwd: root });
    if (status === null || status > 1) throw new Error("plumbline check failed");
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return [
    {
      name: "plumbline check examples/acme, a whole process",
      ours: times[3] ?? Number.NaN,
      unit: "ms",
      goal: { of: "ours", value: 400 },
    },
    bundle("server", "server.js", 1_200),
    bundle("client", "extension.cjs", 450),
  ];
}
