/**
 * `npm test`: everything that must hold, from a fresh clone. Prints what each step took; the last line is
 * `N passed, N failed`, where a step that runs no tests (lint, typecheck, build) counts as one.
 *
 *   npm test -- --only unit,editor    some steps only
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensureInstalled } from "./install.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const unitReport = path.join(root, "out/unit.json");
const started = Date.now();

/**
 * @typedef {object} Outcome
 * @property {string} name
 * @property {number} passed
 * @property {number} failed
 * @property {number} milliseconds
 */

/** @typedef {{ name: string, run: () => Promise<{ passed: number, failed: number }> }} Step */

/** @type {readonly Step[]} */
const steps = [
  { name: "lint", run: () => command("node_modules/@biomejs/biome/bin/biome", "check", ".") },
  { name: "typecheck", run: () => command("node_modules/typescript/bin/tsc", "-p", "tsconfig.json") },
  { name: "typecheck web", run: () => command("node_modules/typescript/bin/tsc", "-p", "tsconfig.web.json") },
  // Before the unit tests, which look at the bundles, too.
  { name: "build", run: () => command("scripts/build.mjs") },
  { name: "unit", run: unit },
  { name: "editor", run: () => counted("scripts/vscode-host/run.mjs", "--host", "desktop") },
  { name: "web", run: () => counted("scripts/vscode-host/run.mjs", "--host", "web") },
  { name: "package", run: () => counted("scripts/vscode-host/packed.mjs") },
  { name: "trust", run: () => counted("scripts/vscode-host/run.mjs", "--host", "untrusted") },
];

/**
 * Runs a Node script of the project; what it prints goes to the terminal and into `output`.
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, output: string }>}
 */
function node(args) {
  return new Promise((resolve, reject) => {
    const env = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: "1" };
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const [source, target] of /** @type {const} */ ([
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ])) {
      source.on("data", (chunk) => {
        output += chunk;
        target.write(chunk);
      });
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** @param {readonly string[]} args */
async function command(...args) {
  const { code } = await node(args);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** A step whose last line says how many passed and failed. @param {readonly string[]} args */
async function counted(...args) {
  const { code, output } = await node(args);
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  const [passed, failed] = [Number(last?.[1] ?? 0), Number(last?.[2] ?? 0)];
  // A step that fails without saying which test did has failed once.
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

async function unit() {
  mkdirSync(path.dirname(unitReport), { recursive: true });
  rmSync(unitReport, { force: true });
  const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${unitReport}`];
  const { code } = await node(["node_modules/vitest/vitest.mjs", "run", ...reporters]);
  if (!existsSync(unitReport)) return { passed: 0, failed: 1 };
  const report = JSON.parse(readFileSync(unitReport, "utf8"));
  const [passed, failed] = [Number(report.numPassedTests), Number(report.numFailedTests)];
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

/** @param {number} milliseconds */
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`.padStart(8);

async function main() {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  const only = values.only?.split(",");
  ensureInstalled();
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const { name, run } of steps) {
    if (only !== undefined && !only.includes(name)) continue;
    console.log(`\n== ${name}`);
    const from = Date.now();
    outcomes.push({ name, ...(await run()), milliseconds: Date.now() - from });
  }
  console.log("\n== summary");
  for (const { name, passed, failed, milliseconds } of outcomes) {
    console.log(
      `${failed === 0 ? "ok  " : "FAIL"} ${seconds(milliseconds)}  ${name}: ${passed} passed, ${failed} failed`,
    );
  }
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
  console.log(`     ${seconds(Date.now() - started)}  in all`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

await main();
