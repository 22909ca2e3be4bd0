/**
 * `npm start`: builds what is missing, runs the command line on examples/acme, and says how to open it in VS Code.
 * Exits 0 when the example shows what examples/acme/expected.json says: for each command the exit code and a part
 * of its JSON output, which must be contained in what it prints.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ensureInstalled } from "./install.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const EXAMPLE = "examples/acme";
const COMMANDS = ["check", "test", "drift"];

/** @param {readonly string[]} args @param {"inherit" | "pipe"} stdout */
function node(args, stdout) {
  const { status, stdout: output } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ["ignore", stdout, "inherit"],
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status: status ?? 2, output: output ?? "" };
}

/**
 * Where `part` is not contained in `whole`: objects by the keys of `part`, lists by length and item.
 * @param {unknown} part @param {unknown} whole @param {string} place
 * @returns {string[]}
 */
function differences(part, whole, place) {
  if (typeof part !== "object" || part === null) {
    return Object.is(part, whole)
      ? []
      : [`${place}: expected ${JSON.stringify(part)}, was ${JSON.stringify(whole)}`];
  }
  if (typeof whole !== "object" || whole === null)
    return [`${place}: expected more than ${JSON.stringify(whole)}`];
  const sameLength = !Array.isArray(part) || (Array.isArray(whole) && part.length === whole.length);
  const count = sameLength ? [] : [`${place}: not the same number of items`];
  const other = /** @type {Record<string, unknown>} */ (whole);
  return [
    ...count,
    ...Object.entries(part).flatMap(([key, value]) => differences(value, other[key], `${place}.${key}`)),
  ];
}

function main() {
  ensureInstalled();
  if (node(["scripts/build.mjs"], "inherit").status !== 0) throw new Error("the build failed");
  if (!existsSync(path.join(root, "dist/cli.js")))
    throw new Error("there is no dist/cli.js: the command line is not built yet");
  for (const command of COMMANDS) {
    console.log(`\n$ plumbline ${command} ${EXAMPLE}`);
    node(["dist/cli.js", command, EXAMPLE], "inherit");
  }
  /** @type {Record<string, { exitCode: number, output: unknown }>} */
  const expected = JSON.parse(readFileSync(path.join(root, EXAMPLE, "expected.json"), "utf8"));
  const wrong = Object.entries(expected).flatMap(([command, { exitCode, output }]) => {
    const actual = node(["dist/cli.js", command, EXAMPLE, "--format", "json"], "pipe");
    const code =
      actual.status === exitCode ? [] : [`${command}: expected exit ${exitCode}, was ${actual.status}`];
    return actual.status === 2 ? code : [...code, ...differences(output, JSON.parse(actual.output), command)];
  });
  if (wrong.length > 0)
    throw new Error(`\nThe example does not show what it should:\n  ${wrong.join("\n  ")}`);
  console.log(`\nThe example shows what it should. Open it in VS Code:  npm run editor`);
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
